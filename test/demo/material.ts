/** Writes the sample files, with fresh times. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SAMPLE_PACKAGE, sampleFiles } from '../../src/sandbox/sample/files.ts';

/** The package that the events belong to. */
export const PACKAGE = SAMPLE_PACKAGE;

/** Writes them into `directory`. The last event happened at `nowMs`. */
export async function writeMaterial(directory: string, nowMs: number): Promise<void> {
  for (const [name, content] of Object.entries(sampleFiles(nowMs)))
    await writeFile(join(directory, name), content);
}
