/** Small files of our own. Whatever has taken their place and is not a regular file is never read. */
import { open, stat } from 'node:fs/promises';
import { Failure } from '../failure.ts';

/**
 * The bytes of a regular file. Throws a Failure `local` for a device, a FIFO or a directory, because reading
 * it could block for ever. System errors (ENOENT) are thrown as they are.
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

/** Throws a Failure `local` for an existing path that is not a regular file. Follows links. */
async function refuseIrregular(path: string): Promise<void> {
  if ((await stat(path)).isFile()) return;
  throw new Failure('local', `${path} is no regular file`, { hint: 'move it away' });
}
