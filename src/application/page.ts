/** Puts a page where an option wants it. */
import { unlessAborted } from '../concurrency.ts';
import { asFailure, Failure } from '../failure.ts';
import { processMask } from '../masking/process-mask.ts';
import { putOutput, type PutContext } from './put-output.ts';

/**
 * Writes the page, whole or not at all. Gives back the Failure of what cannot be made or written. Once `outOfTime` is
 * aborted, no file is replaced any more.
 */
export async function putPage(
  path: string,
  make: () => Promise<string>,
  context: PutContext,
): Promise<Failure | undefined> {
  const { outOfTime } = context;
  const write = async () => {
    const text = processMask.text(await make());
    await putOutput(path, text, context);
  };
  try {
    await unlessAborted(write(), outOfTime);
    return undefined;
  } catch (error) {
    if (outOfTime.aborted) return new Failure('local', `cannot write ${path}: writing took too long`);
    return asFailure(error);
  }
}
