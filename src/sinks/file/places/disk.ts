/** A directory of this machine as the place of an output. Locks keep other runs away. */
import { createReadStream } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { OutputPlace } from '../../../contracts/place.ts';
import { syncDirectory } from '../../../disk/directory.ts';
import { systemCode, withFailureContext } from '../../../disk/errno.ts';
import { publishFile, writeWhole } from '../../../disk/output/replace-file.ts';
import { readRegularFile } from '../../../disk/read-file.ts';
import { statFile } from './stat-file.ts';

const readBytes = 1024 * 1024;

export const diskPlace: OutputPlace = {
  // Parts are renamed, and so lie beside what they become.
  ownStem: (name) => join(dirname(name), `.${basename(name)}.scarf-cli`),
  look: statFile,
  namesIn: (directory, beginning) =>
    withFailureContext(`read ${directory}`, async () => {
      const names = await readdir(directory);
      return names.filter((name) => name.startsWith(beginning)).sort();
    }),
  read: (name) => createReadStream(name, { highWaterMark: readBytes }),
  async readText(name) {
    const found = await statFile(name);
    if (found === undefined) return undefined;
    return withFailureContext(`read ${name}`, async () => {
      try {
        const text = (await readRegularFile(name)).toString('utf8');
        return { text, changedMs: found.changedMs, version: undefined };
      } catch (error) {
        if (systemCode(error) === 'ENOENT') return undefined;
        throw error;
      }
    });
  },
  async writeText(name, text) {
    await writeWhole(name, text);
    return undefined;
  },
  async publish(partial, name) {
    await withFailureContext(`write ${name}`, () => mkdir(dirname(name), { recursive: true }));
    await publishFile(partial, name);
  },
  async remove(name) {
    await withFailureContext(`remove ${name}`, () => rm(name, { force: true }));
    await syncDirectory(dirname(name));
  },
  clear: async () => undefined,
};
