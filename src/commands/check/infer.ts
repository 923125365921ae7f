/** `scarf-cli check --infer`: a line of --map and --type, proposed from the first rows of the files. */
import type { Machine } from '../../machine.ts';
import { createFormat } from '../../formats/options.ts';
import { INFERRED_FIELDS, proposeOptions, writeProposal } from '../../shaping/reshape/infer.ts';
import { columnsOfRows, sampleRows } from '../../shaping/reshape/sample.ts';
import { openInputs } from '../../sources/inputs.ts';
import { firstBytes, type RowSettings } from '../../application/delivery/setup/rows.ts';

/** Enough to tell a number that is sometimes text. */
const maxRows = 1_000;

/** Prints a proposal for each input on stdout. */
export async function inferOptions(
  patterns: readonly string[],
  settings: RowSettings,
  { machine, signal }: { machine: Machine; signal: AbortSignal },
): Promise<void> {
  const inputs = await openInputs(patterns, machine, { spoolDirectory: machine.temporaryDirectory });
  // A pipe may be silent for hours: who waits for it is told that it ended.
  signal.addEventListener('abort', () => {
    for (const input of inputs) void input.close();
  });
  try {
    for (const input of inputs) {
      const head = await firstBytes(input);
      signal.throwIfAborted();
      const format = createFormat(settings, { path: input.path, head });
      for (const note of format.notes ?? []) machine.stdout.write(`# ${note}\n`);
      const columns = columnsOfRows(sampleRows(format, head.bytes, maxRows));
      const proposal = writeProposal(proposeOptions(columns, INFERRED_FIELDS));
      machine.stdout.write(`${proposal === '' ? '# nothing to propose' : proposal}\n`);
    }
  } finally {
    for (const input of inputs) await input.close();
  }
}
