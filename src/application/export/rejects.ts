/**
 * The rejects of an export: rows that are not written, verbatim, and next to them one line per row that says
 * why.
 */
import { join } from 'node:path';
import type { Share } from '../../records.ts';
import type { RowEncoding } from '../../contracts/dataset.ts';
import type { RejectStore } from '../../contracts/window.ts';
import { openOutputFiles, type OutputFiles } from '../../delivery/outputs/output-files.ts';
import { decideOutputs, type OutputDecisions } from '../../delivery/outputs/owned-files.ts';
import type { OwnedFile } from '../../delivery/ledger/records.ts';
import { outputPath, resolveRowOutput } from '../../disk/output/output-path.ts';
import { Failure } from '../../failure.ts';
import type { Machine } from '../../machine.ts';
import { stateDirectory } from '../../settings/state-directory.ts';
import { readRejectsOwner, type RejectsOwner } from './rejects-owner.ts';
import type { ExportSettings } from '../options/export.ts';

/** More rows were rejected than `--max-rejects` allows. What is committed stays; nothing more is fetched. */
export class TooManyRejects extends Failure {
  constructor(bound: Share) {
    const text = 'count' in bound ? String(bound.count) : `${bound.share * 100} %`;
    super('local', `stopped: more than ${text} of the rows were rejected`);
  }
}

export interface ExportRejects extends RejectStore {
  /**
   * Called once, before anything is fetched. Throws a Failure `usage` when the given name is that of a file
   * which no earlier export to this destination created, unless the file is to be appended to or replaced.
   */
  claim(destination: string): Promise<void>;
  /**
   * Called once, after everything is written. Removes a file that was to be replaced when there were no
   * rejects.
   */
  finish(): Promise<void>;
  /** The path of the rejects; undefined while there are none. */
  path(): string | undefined;
  close(): Promise<void>;
}

export interface RejectsParts {
  settings: ExportSettings;
  dataset: string;
  encoding: RowEncoding;
  machine: Machine;
  signal: AbortSignal;
}

const noRows = new Uint8Array(0);
/** Each header gets a file of its own, up to this many. */
const maxHeaders = 9;

/** Creates nothing before the first reject. Rows with different headers go to different files. */
export function createExportRejects({
  settings,
  dataset,
  encoding,
  machine,
  signal,
}: RejectsParts): ExportRejects {
  let files: OutputFiles | undefined;
  let found: Record<string, number> = {};
  let decisions: OutputDecisions = new Map();
  let owner: RejectsOwner | undefined;
  const headers: string[] = [];
  let chosen: RejectsPaths | undefined;
  let rows = 0;
  let received = 0;

  const claim = async (destination: string): Promise<void> => {
    const { append, overwrite, rejects, stateDir } = settings;
    if (append && overwrite) throw new Failure('usage', '--overwrite and --append cannot be used together');
    if (rejects === undefined) return;
    chosen = await chooseRejectsPaths({ settings, dataset, encoding, machine });
    owner = await readRejectsOwner(machine, stateDir, { dataset, destination });
    const resumed = { owned: owner.owned, files: {} };
    decisions = await decideOutputs(namesOf(chosen), { resumed, earlier: [], append, overwrite });
  };

  /** Existing files under these names are appended to. */
  const open = async (paths: RejectsPaths): Promise<OutputFiles> => {
    const kept = namesOf(paths).filter((path) => ['own', 'append'].includes(decisions.get(path) ?? ''));
    found = await lengthsOf(kept);
    const onMade = async (path: string, file: OwnedFile) => owner?.note(path, file);
    return openOutputFiles(found, { machine, signal, decisions, onMade });
  };

  const placeOf = (header: Uint8Array, first: RejectsPaths): RejectsPaths => {
    const key = Buffer.from(header).toString('latin1');
    if (!headers.includes(key)) headers.push(key);
    const number = Math.min(headers.indexOf(key) + 1, maxHeaders);
    if (number === 1 || first.isStream) return first;
    const path = numbered(first.path, number);
    return { ...first, path, notes: `${path}.meta.ndjson` };
  };

  const checkBound = () => {
    const { maxRejects: bound } = settings;
    if (bound === undefined) return;
    const limit = 'count' in bound ? bound.count : bound.share * received;
    if (rows > limit) throw new TooManyRejects(bound);
  };

  return {
    claim,
    async finish() {
      if (chosen !== undefined && [...decisions.values()].includes('overwrite')) {
        files ??= await open(chosen);
        await files.removeReplaced();
      }
    },
    expect: (count) => void (received += count),
    async append({ header, rows: bytes = noRows, notes = noRows, count }) {
      chosen ??= await chooseRejectsPaths({ settings, dataset, encoding, machine });
      files ??= await open(chosen);
      const location = placeOf(header, chosen);
      if ((await files.lengthOf(location.path)) === 0) await files.append(location.path, header);
      if (bytes.length > 0) await files.append(location.path, bytes);
      if (notes.length > 0) await files.append(location.notes, notes);
      rows += count;
      checkBound();
    },
    mark: () => ({ lengths: files?.lengths() ?? {}, rows, received }),
    async cutTo(mark) {
      rows = mark.rows;
      received = mark.received;
      for (const path of Object.keys(files?.lengths() ?? {})) {
        await files?.cut(path, mark.lengths[path] ?? found[path] ?? 0);
      }
    },
    flush: async () => files?.flush(),
    path: () => (rows === 0 ? undefined : chosen?.path),
    async close() {
      await files?.close();
    },
  };
}

/** The file for each header, and its notes; none for a stream. */
function namesOf({ path, isStream }: RejectsPaths): string[] {
  if (isStream) return [];
  const paths = Array.from({ length: maxHeaders }, (_, index) => numbered(path, index + 1));
  return paths.flatMap((each) => [each, `${each}.meta.ndjson`]);
}

/** The lengths of the files that exist; a stream has none. */
async function lengthsOf(paths: readonly string[]): Promise<Record<string, number>> {
  const lengths: Record<string, number> = {};
  for (const path of paths) {
    const output = await resolveRowOutput(path);
    if (output.kind === 'file' && output.existing !== undefined) lengths[path] = output.existing.size;
  }
  return lengths;
}

/** `rejects.csv`, `rejects.2.csv`. */
function numbered(path: string, number: number): string {
  return number === 1 ? path : path.replace(/(\.[^./]*)?$/, `.${number}$1`);
}

interface RejectsPaths {
  path: string;
  /** The file with one line about each row. */
  notes: string;
  isStream: boolean;
}

/** The requested path, else one in the state directory. The notes of a stream go to the state directory. */
async function chooseRejectsPaths(parts: Omit<RejectsParts, 'signal'>): Promise<RejectsPaths> {
  const { settings, dataset, encoding, machine } = parts;
  const { rejects, stateDir } = settings;
  const name = `${dataset.replaceAll('/', '-')}.rejects.${encoding}`;
  const own = () => {
    const moment = new Date(machine.now()).toISOString().replace(/[-:]|\.\d+/g, '');
    return join(stateDirectory(machine, stateDir), 'exports', `${moment}-${machine.pid}-${name}`);
  };
  const asked = rejects === undefined ? undefined : outputPath(rejects, machine.workingDirectory);
  const path = asked === undefined ? own() : rejects?.endsWith('/') === true ? join(asked, name) : asked;
  const isStream = asked !== undefined && (await resolveRowOutput(path)).kind === 'stream';
  return { path, notes: `${isStream ? own() : path}.meta.ndjson`, isStream };
}
