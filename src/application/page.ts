/** Puts a page where an option wants it. */
import { unlessAborted } from '../concurrency.ts';
import { outputPath } from '../disk/output/output-path.ts';
import { writeOutput } from '../disk/output/write-output.ts';
import { asFailure, Failure } from '../failure.ts';
import type { Machine } from '../machine.ts';
import { processMask } from '../masking/process-mask.ts';

/**
 * Writes the page, whole or not at all. Gives back the Failure of what cannot be made or written. Once `outOfTime` is
 * aborted, no file is replaced any more.
 */
export async function putPage(
  path: string,
  make: () => Promise<string>,
  { machine, outOfTime }: { machine: Machine; outOfTime: AbortSignal },
): Promise<Failure | undefined> {
  const write = async () => {
    const text = processMask.text(await make());
    await writeOutput(outputPath(path, machine.workingDirectory), text, machine, outOfTime);
  };
  try {
    await unlessAborted(write(), outOfTime);
    return undefined;
  } catch (error) {
    if (outOfTime.aborted) return new Failure('local', `cannot write ${path}: writing took too long`);
    return asFailure(error);
  }
}
