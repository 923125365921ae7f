import { stat } from 'node:fs/promises';
import { withFailureContext, systemCode } from '../../../disk/errno.ts';

/** Size and modification time of a file; undefined when there is none. */
export async function statFile(path: string): Promise<{ bytes: number; changedMs: number } | undefined> {
  return withFailureContext(`read ${path}`, async () => {
    try {
      const { mtimeMs, size } = await stat(path);
      return { bytes: size, changedMs: mtimeMs };
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  });
}
