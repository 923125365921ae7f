/** The files that an export writes next to the output file or in the output directory. */
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isAddress } from '../../../contracts/storage.ts';
import type { PathClaim } from '../../../disk/output/path-claims.ts';
import { MANIFEST_PREFIX } from '../../../sinks/file/manifest.ts';
import { partStem } from '../../../disk/lock/part-lock.ts';
import type { Shard } from '../../../shards/shard.ts';
import { writeClaim } from '../../claims.ts';
import type { Output } from './resolved-export.ts';

export interface ExportNames {
  /** `--output` as the user wrote it. */
  text: string;
  /** `events` */
  dataset: string;
  manifest: boolean;
  /** The process writes only its days. */
  shard?: Shard | undefined;
}

/** Claims the manifest, the state and the lock; in a directory also the existing day files. */
export async function claimsOfOutput(
  { form, path, isInside }: Output,
  names: ExportNames,
): Promise<PathClaim[]> {
  // Addresses are no files.
  if (path === undefined || isAddress(path)) return [];
  if (form.kind === 'directory') return claimsOfDirectory(path, names);
  // The path of `--output` itself is claimed with the other options.
  return [...(isInside ? [claimOf(names.text, path)] : []), ...claimsBeside(path, names)];
}

function claimsBeside(path: string, { text, manifest }: ExportNames): PathClaim[] {
  return [
    ...hidden(text, join(dirname(path), `.${basename(path)}.scarf-cli`)),
    ...(manifest ? [manifestClaim(`${path}.manifest.json`)] : []),
  ];
}

async function claimsOfDirectory(
  path: string,
  { text, dataset, manifest, shard }: ExportNames,
): Promise<PathClaim[]> {
  const dayFile = new RegExp(`^${dataset}-\\d{4}-\\d{2}-\\d{2}\\.`);
  const names = await namesIn(path);
  const flat = names.filter((name) => dayFile.test(name)).map((name) => join(path, name));
  const partitions = names.filter((name) => /^date=\d{4}-\d{2}-\d{2}$/.test(name));
  const hive = await Promise.all(
    partitions.map(async (partition) =>
      (await namesIn(join(path, partition)))
        .filter((name) => name.startsWith(`${dataset}.`))
        .map((name) => join(path, partition, name)),
    ),
  );
  return [
    ...[...flat, ...hive.flat()].map((file) => claimOf(text, file)),
    ...hidden(text, partStem(join(path, `.${dataset}.scarf-cli`), shard)),
    ...(manifest ? [manifestClaim(join(path, `_${dataset}.manifest.json`))] : []),
  ];
}

function hidden(text: string, stem: string): PathClaim[] {
  return [`${stem}.lock`, `${stem}.json`].map((path) => claimOf(text, path));
}

function claimOf(text: string, path: string): PathClaim {
  return writeClaim('--output', `--output ${text} (${basename(path)})`, path);
}

function manifestClaim(path: string): PathClaim {
  return {
    ...writeClaim('--manifest', `--manifest (${basename(path)})`, path),
    replaces: {
      name: 'a manifest of scarf-cli',
      beginning: MANIFEST_PREFIX,
      hint: 'move it away, or choose another --output',
    },
  };
}

async function namesIn(directory: string): Promise<string[]> {
  return readdir(directory).catch(() => []);
}
