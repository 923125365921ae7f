/** Real files, of which each step is noted: what is written, and what is made durable, in which order. */
import { open, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import type { OpenFile } from '../../src/disk/open-file.ts';

export interface FileJournal {
  openFile: OpenFile;
  /** Steps that are done: `write log`, `datasync log`. */
  steps: string[];
  /** Steps of this name fail from now on, and are noted all the same. */
  breakStep: (name: string) => void;
}

const noted = ['write', 'writev', 'appendFile', 'datasync', 'sync', 'truncate', 'close'];

export function fileJournal(): FileJournal {
  const steps: string[] = [];
  const broken = new Set<string>();

  function watch(handle: FileHandle, path: string): FileHandle {
    return new Proxy(handle, {
      get(target, name) {
        const value = Reflect.get(target, name, target) as unknown;
        if (typeof value !== 'function') return value;
        const call = value as (...given: unknown[]) => Promise<unknown>;
        if (typeof name !== 'string' || !noted.includes(name)) return call.bind(target);
        return async (...given: unknown[]) => {
          if (broken.has(name)) {
            steps.push(`${name} failed`);
            throw Object.assign(new Error('EIO'), { code: 'EIO' });
          }
          const result = await call.apply(target, given);
          steps.push(`${name} ${basename(path)}`);
          return result;
        };
      },
    });
  }

  return {
    steps,
    breakStep: (name) => void broken.add(name),
    openFile: async (path, flags, mode) => watch(await open(path, flags, mode), path),
  };
}
