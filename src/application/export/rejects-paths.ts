/** Where the rejects of an export are written. */
import { join } from 'node:path';
import type { RowEncoding } from '../../contracts/dataset.ts';
import { outputPath, resolveRowOutput } from '../../disk/output/output-path.ts';
import type { Machine } from '../../machine.ts';
import { stateDirectory } from '../../settings/state-directory.ts';
import type { ExportSettings } from '../options/export.ts';

/** Each header gets a file of its own, up to this many. */
const maxHeaders = 9;

export interface RejectsPaths {
  path: string;
  /** The file with one line about each row. */
  notes: string;
  isStream: boolean;
}

export interface RejectsPathOptions {
  settings: Pick<ExportSettings, 'rejects' | 'stateDir'>;
  dataset: string;
  encoding: RowEncoding;
  machine: Machine;
}

/** The requested path, else one in the state directory. The notes of a stream go to the state directory. */
export async function chooseRejectsPaths(options: RejectsPathOptions): Promise<RejectsPaths> {
  const { settings, dataset, encoding, machine } = options;
  const { rejects, stateDir } = settings;
  const name = `${dataset.replaceAll('/', '-')}.rejects.${encoding}`;
  const own = () => {
    const moment = new Date(machine.now()).toISOString().replace(/[-:]|\.\d+/g, '');
    return join(stateDirectory(machine, stateDir), 'exports', `${moment}-${machine.pid}-${name}`);
  };
  const requested = rejects === undefined ? undefined : outputPath(rejects, machine.workingDirectory);
  const path =
    requested === undefined ? own() : rejects?.endsWith('/') === true ? join(requested, name) : requested;
  const isStream = requested !== undefined && (await resolveRowOutput(path)).kind === 'stream';
  return { path, notes: notesOf(isStream ? own() : path), isStream };
}

/** The file for rows under the header that came as number `index`, from 0. All headers share one stream. */
export function pathsForHeader(first: RejectsPaths, index: number): RejectsPaths {
  const number = Math.min(index + 1, maxHeaders);
  if (number === 1 || first.isStream) return first;
  const path = numbered(first.path, number);
  return { ...first, path, notes: notesOf(path) };
}

/** All files that may be written, notes included; none for a stream. */
export function possibleFiles({ path, isStream }: RejectsPaths): string[] {
  if (isStream) return [];
  const paths = Array.from({ length: maxHeaders }, (_, index) => numbered(path, index + 1));
  return paths.flatMap((each) => [each, notesOf(each)]);
}

/** `rejects.csv`, `rejects.2.csv`. */
function numbered(path: string, number: number): string {
  return number === 1 ? path : path.replace(/(\.[^./]*)?$/, `.${number}$1`);
}

function notesOf(path: string): string {
  return `${path}.meta.ndjson`;
}
