/** Small files that this program wrote itself: what stands in their place and is no file is never read. */
import { open, stat } from 'node:fs/promises';
import { Failure } from '../failure.ts';

/**
 * The bytes of a regular file. A device, a FIFO or a directory is a Failure `local`: reading it could take for ever.
 * What the system says (ENOENT) is thrown as it is.
 */
export async function readRegularFile(path: string): Promise<Buffer> {
  await refuseIrregular(path);
  const handle = await open(path, 'r');
  try {
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** Throws a Failure `local` for what is there and is no regular file, links followed. */
async function refuseIrregular(path: string): Promise<void> {
  if ((await stat(path)).isFile()) return;
  throw new Failure('local', `${path} is no regular file`, { hint: 'move it away' });
}
