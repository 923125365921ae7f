/** Looks over the program's shoulder: whether its ledgers ever plan to send again what they call settled. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeLedger } from '../../src/delivery/ledger-records.ts';
import { foldRun } from '../../src/delivery/run-state.ts';

/** Every range that was settled and then sent again, in words. */
export async function sentAgain(stateDirectory: string): Promise<string[]> {
  const problems: string[] = [];
  for (const run of await readdir(join(stateDirectory, 'runs')).catch(() => [])) {
    const bytes = await readFile(join(stateDirectory, 'runs', run, 'ledger.ndjson')).catch(() => undefined);
    if (bytes !== undefined) problems.push(...sentAgainIn(bytes).map((problem) => `${run}: ${problem}`));
  }
  return problems;
}

function sentAgainIn(bytes: Uint8Array): string[] {
  const text = decodeLedger(bytes);
  if (text.kind === 'damaged') return [`damaged at line ${text.line}`];
  const problems: string[] = [];
  text.records.forEach((record, index) => {
    if (record.type !== 'intent') return;
    const before = foldRun(text.records.slice(0, index));
    for (const { input, range } of record.pieces) {
      const known = before?.inputs.get(input)?.ranges ?? [];
      const again = known.find((one) => !one.inDoubt && one.from < range.to && range.from < one.to);
      if (again)
        problems.push(`chunk ${record.chunk} sends ${range.from}-${range.to} of input ${input} again`);
    }
  });
  return problems;
}
