/** What the kernel exports for records of tables; addresses are offsets in its memory. */
export interface RecordExports {
  setDialect(delimiter: number, quote: number, comment: number, trims: boolean): void;
  beginMembers(emptyCells: number): void;
  addMember(prefix: number, length: number, column: number): number;
  addNull(text: number, length: number): number;
  beginChecks(oldBeforeMs: number, takesOld: boolean, futureFromMs: number): void;
  addCheck(column: number, demands: number, member: number): number;
  setZone(isUtc: boolean): void;
  lastRecordEnd(from: number, to: number, quote: number): number;
  setFixed(oneOf: number, hasId: boolean): void;
  setTable(columns: number, uses: number, missingIds: number): void;
  limitRecords(rows: number, rowBytes: number): void;
  writeTo(out: number, limitAt: number): void;
  takeRecords(from: number, to: number, offset: number, digestHoldsUntil: number): void;
  records: Global;
  recordLines: Global;
  recordsEnd: Global;
  recordsOutEnd: Global;
  recordsWithoutId: Global;
  recordsFilled: Global;
  recordsOld: Global;
  fromNumber: Global;
  zoneAssumed: Global;
  rewritten: Global;
}

interface Global {
  readonly value: number;
}
