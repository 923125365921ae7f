/** A file that says what an export wrote, so that others can check it: `--manifest`. */
import { readFile } from 'node:fs/promises';
import { basename, dirname, relative } from 'node:path';
import type { Days, WrittenFile } from '../contracts-export.ts';
import { systemCode } from '../disk/trouble.ts';
import { writeWhole } from '../disk/replace-file.ts';

interface Manifest {
  schema: 1;
  dataset: string;
  /** Both inclusive, UTC; null where the dataset has no days. */
  window: Days | null;
  rows: number;
  /** Paths are relative to the manifest. */
  files: readonly WrittenFile[];
}

export interface ManifestOptions {
  path: string;
  dataset: string;
  days: Days | undefined;
  /** Entries of earlier runs stay, except those of files that were written again. */
  keepEarlier: boolean;
}

/** Writes the manifest of these files, whole or not at all. */
export async function writeManifest(options: ManifestOptions, files: readonly WrittenFile[]): Promise<void> {
  const { dataset, days, keepEarlier, path } = options;
  const earlier = keepEarlier ? await readManifest(path) : undefined;
  const listed = new Map(earlier?.files.map((file) => [file.path, file]));
  for (const file of files) {
    const name = relative(dirname(path), file.path) || basename(file.path);
    listed.set(name, { ...file, path: name });
  }
  const all = [...listed.values()].sort((left, right) => (left.path < right.path ? -1 : 1));
  const manifest: Manifest = {
    schema: 1,
    dataset,
    window: joinDays(earlier?.window ?? undefined, days) ?? null,
    rows: all.reduce((sum, { rows }) => sum + rows, 0),
    files: all,
  };
  await writeWhole(path, `${JSON.stringify(manifest, undefined, 2)}\n`);
}

async function readManifest(path: string): Promise<Manifest | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Manifest;
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function joinDays(left: Days | undefined, right: Days | undefined): Days | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return {
    from: left.from < right.from ? left.from : right.from,
    to: left.to > right.to ? left.to : right.to,
  };
}
