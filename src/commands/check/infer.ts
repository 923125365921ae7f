/** `scarf-cli check --infer`: a line of --map and --type, proposed from the first rows of the files. */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Input } from '../../contracts/input.ts';
import { withFailureContext } from '../../disk/errno.ts';
import type { Machine } from '../../machine.ts';
import type { InputHead } from '../../formats/json/layout.ts';
import { createFormat } from '../../formats/options.ts';
import { INFERRED_FIELDS, proposeOptions, writeProposal } from '../../shaping/reshape/infer.ts';
import { columnsOfRows, sampleRows } from '../../shaping/reshape/sample.ts';
import { openInputs } from '../../sources/inputs.ts';
import type { RowSettings } from '../../application/delivery/setup/rows.ts';

/** Enough to tell a number that is sometimes text. */
const maxRows = 1_000;
const maxHeadBytes = 64 * 1024;

/** Prints a proposal for each input on stdout. */
export async function inferOptions(
  patterns: readonly string[],
  settings: RowSettings,
  { machine, signal }: { machine: Machine; signal: AbortSignal },
): Promise<void> {
  const { temporaryDirectory } = machine;
  // What is read of a pipe holds rows: nobody else may find it, or have prepared the place.
  const spoolDirectory = await withFailureContext(`write to ${temporaryDirectory}`, () =>
    mkdtemp(join(temporaryDirectory, 'scarf-cli-')),
  );
  const inputs: Input[] = [];
  try {
    inputs.push(...(await openInputs(patterns, machine, { spoolDirectory, encoding: settings.encoding })));
    // A pipe may be silent for hours: who waits for it is told that it ended.
    signal.addEventListener('abort', () => {
      for (const input of inputs) void input.close();
    });
    for (const input of inputs) {
      const head = await readBeginning(input);
      signal.throwIfAborted();
      const format = createFormat(settings, { path: input.path, head });
      for (const note of format.notes ?? []) machine.stdout.write(`# ${note}\n`);
      const columns = columnsOfRows(sampleRows(format, head.bytes, maxRows));
      const proposed = proposeOptions(columns, INFERRED_FIELDS);
      for (const note of proposed.notes ?? []) machine.stdout.write(`# ${note}\n`);
      const proposal = writeProposal(proposed);
      machine.stdout.write(`${proposal === '' ? '# nothing to propose' : proposal}\n`);
    }
  } finally {
    for (const input of inputs) await input.close();
    await rm(spoolDirectory, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** As many bytes as rows are looked for in; of a pipe too, however slowly they come. */
async function readBeginning(input: Input): Promise<InputHead> {
  let bytes = Buffer.alloc(0);
  for await (const slot of input.read(0, maxHeadBytes)) {
    bytes = Buffer.concat([bytes, slot.bytes]);
    slot.release();
    if (bytes.length >= maxHeadBytes) return { bytes, isWhole: false };
  }
  return { bytes, isWhole: true };
}
