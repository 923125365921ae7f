/** Puts a page where the user wants it. */
import { outputPath } from '../../disk/output/output-path.ts';
import { STANDARD_OUTPUT } from '../../disk/output/output-stream.ts';
import { writeOutput, writeStream } from '../../disk/output/write-output.ts';
import type { Machine } from '../../machine.ts';

/** `-` is standard output. A file is there as a whole or not at all. */
export async function writePage(
  output: string,
  page: string,
  writing: { machine: Machine; signal: AbortSignal },
): Promise<void> {
  if (output === '-') await writeStream(STANDARD_OUTPUT, page, writing);
  else await writeOutput(outputPath(output, writing.machine.workingDirectory), page, writing);
}
