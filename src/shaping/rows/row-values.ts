/** What the values of a scanned row are, told from its bytes. Probes are those of the scan. */
import type { ObjectScan } from '../json/scan.ts';
import type { RequiredType } from './row-rules.ts';

const QUOTE = 0x22;
const LOWER_N = 0x6e;
const OPEN_OBJECT = 0x7b;
const INTEGER = /^-?\d+$/;

export function isThere({ keyAt }: ObjectScan, probe: number): boolean {
  return keyAt[probe]! >= 0;
}

export function hasValue(scan: ObjectScan, probe: number): boolean {
  return isThere(scan, probe) && !isNull(scan, probe);
}

/** Here and below, the key must be there. */
export function isNull({ bytes, valueAt }: ObjectScan, probe: number): boolean {
  return bytes[valueAt[probe]!] === LOWER_N;
}

/** Whether the value is a text that is not empty. */
export function isText({ bytes, valueAt, valueEnd }: ObjectScan, probe: number): boolean {
  const from = valueAt[probe]!;
  return bytes[from] === QUOTE && valueEnd[probe]! > from + 2;
}

export function isEmptyText(scan: ObjectScan, probe: number): boolean {
  return scan.bytes[scan.valueAt[probe]!] === QUOTE && !isText(scan, probe);
}

export function isOfType(scan: ObjectScan, probe: number, type: RequiredType): boolean {
  if (type === 'string') return isText(scan, probe);
  const { bytes } = scan;
  const from = scan.valueAt[probe]!;
  if (type === 'object') return bytes[from] === OPEN_OBJECT;
  return INTEGER.test(bytes.toString('latin1', from, scan.valueEnd[probe]));
}

/** Whether the value is this JSON text, or a string that reads the same with other escapes. */
export function valueEquals({ bytes, valueAt, valueEnd }: ObjectScan, probe: number, text: Buffer): boolean {
  const from = valueAt[probe]!;
  const to = valueEnd[probe]!;
  if (bytes.compare(text, 0, text.length, from, to) === 0) return true;
  return bytes[from] === QUOTE && JSON.parse(bytes.toString('utf8', from, to)) === JSON.parse(String(text));
}
