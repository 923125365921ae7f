/**
 * Which rejects files belong to an export: those that earlier exports of the dataset to the same destination
 * created and that are still the same files. They are appended to; other files under the given names are left
 * alone.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { OwnedFile, OwnedFiles } from '../../delivery/ledger/records.ts';
import { isOwned } from '../../delivery/outputs/owned-files.ts';
import { ensureDirectory } from '../../disk/directory.ts';
import { writeWhole } from '../../disk/output/replace-file.ts';
import { readRegularFile } from '../../disk/read-file.ts';
import type { Machine } from '../../machine.ts';
import { findStateDirectory } from '../../settings/state-directory.ts';

export interface ExportIdentity {
  dataset: string;
  /** A path, or a database table without the password. */
  destination: string;
}

export interface RejectsOwner {
  owned: OwnedFiles;
  /** Records that the export created a file. Without a writable state directory nothing is recorded. */
  note(path: string, file: OwnedFile): Promise<void>;
}

interface OwnerRecord extends ExportIdentity {
  schema: 1;
  files: OwnedFiles;
}

/** The recorded files. None when the record cannot be read. */
export async function readRejectsOwner(
  machine: Machine,
  stateDir: string | undefined,
  identity: ExportIdentity,
): Promise<RejectsOwner> {
  const state = findStateDirectory(machine, stateDir);
  if (state === undefined) return { owned: {}, note: async () => undefined };
  const directory = join(state, 'exports');
  const key = createHash('sha256').update(JSON.stringify([identity.dataset, identity.destination]));
  const path = join(directory, `rejects-of-${key.digest('hex').slice(0, 32)}.json`);
  const owned = await readFiles(path);
  const note = async (name: string, file: OwnedFile) => {
    owned[name] = file;
    const files: OwnedFiles = {};
    for (const [each, known] of Object.entries(owned)) {
      if (await isOwned(each, { owned, files: {} })) files[each] = known;
    }
    const record: OwnerRecord = { schema: 1, ...identity, files };
    await ensureDirectory(directory, 0o700);
    await writeWhole(path, `${JSON.stringify(record)}\n`, 0o600);
  };
  return { owned, note: (name, file) => note(name, file).catch(() => undefined) };
}

async function readFiles(path: string): Promise<OwnedFiles> {
  try {
    const { schema, files } = JSON.parse((await readRegularFile(path)).toString('utf8')) as OwnerRecord;
    return schema === 1 ? { ...files } : {};
  } catch {
    return {};
  }
}
