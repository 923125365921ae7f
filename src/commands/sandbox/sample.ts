/** `scarf-cli sandbox sample`: creates the files of the README's examples. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { localFailure } from '../../disk/errno.ts';
import { replaceFile } from '../../disk/output/replace-file.ts';
import { EXIT, Failure } from '../../failure.ts';
import type { Machine } from '../../machine.ts';
import { requireLocal } from '../../settings/local-path.ts';
import { sampleFiles } from '../../sandbox/sample/files.ts';

/**
 * Writes the files, prints their names on standard output and resolves to the exit code. Throws a Failure
 * `usage`, before anything is written, when one of them exists and must not be replaced, and `local` when one
 * cannot be written.
 */
export async function writeSample(directory: string, overwrite: boolean, machine: Machine): Promise<number> {
  requireLocal('sandbox sample', directory);
  const where = resolve(machine.workingDirectory, directory);
  const files = Object.entries(sampleFiles(machine.now()));
  const standing = files.map(([name]) => join(where, name)).find((path) => existsSync(path));
  if (standing !== undefined && !overwrite) {
    throw new Failure('usage', `${standing} is there already`, { hint: 'pass --overwrite to replace it' });
  }
  await mkdir(where, { recursive: true }).catch(failTo(`make ${where}`));
  for (const [name, content] of files) {
    await write(join(where, name), content).catch(failTo(`write ${join(where, name)}`));
    machine.stdout.write(`${join(directory, name)}\n`);
  }
  return EXIT.ok;
}

async function write(path: string, content: string | Uint8Array): Promise<void> {
  const replacement = await replaceFile(path);
  try {
    await replacement.write(content);
    await replacement.commit();
  } finally {
    await replacement.abort();
  }
}

function failTo(doing: string): (cause: unknown) => never {
  return (cause) => {
    throw cause instanceof Failure ? cause : localFailure(doing, cause);
  };
}
