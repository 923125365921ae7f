/** The state of an incremental export: a dot file next to its output, so that it moves with it. Pure: text and states. */
import type { Days } from '../../contracts/dataset.ts';
import { isDayText, isRange } from '../../checkpoint/ranges.ts';
import type { Checkpoint, ReadDays } from '../../contracts/sink.ts';
import { Failure } from '../../failure.ts';
import { asObject } from '../../json.ts';

/** An output file as it was written. */
export interface FileFacts {
  /** Relative to the state file: `events-2026-11-01.csv`. */
  path: string;
  day?: string;
  /** Undefined where version 0.1 wrote the state without it. */
  rows?: number;
  bytes: number;
  columns: readonly string[];
}

/** A checkpoint and the files that it describes. */
export interface DescribedFiles {
  checkpoint: Checkpoint;
  files: readonly FileFacts[];
}

export interface ExportState extends DescribedFiles {
  /**
   * Everything that decides which rows are written and how. An export with another identity must not continue
   * this output.
   */
  identity: Readonly<Record<string, unknown>>;
  /** What applied before the current file was renamed into place; the state is saved before the rename. */
  before?: DescribedFiles;
  /** The covered span in a state of version 0.1, which may have gaps. */
  legacy?: Days;
}

const schema = 2;

/** The state in the text of `path`. Throws a Failure `local` when it is none. */
export function readState(path: string, text: string): ExportState {
  const state = parseState(text);
  if (state !== undefined) return state;
  throw new Failure('local', `${path} is damaged`, {
    hint: 'remove it; the next run then fetches everything again',
  });
}

/** Throws a Failure `usage` when the state belongs to another export. */
export function requireIdentity(path: string, state: ExportState, identity: ExportState['identity']): void {
  const different = differences(state.identity, identity);
  if (different.length === 0) return;
  throw new Failure('usage', `${path} belongs to an export with different ${different.join(', ')}`, {
    hint: 'choose another --output, or remove that file to begin again',
  });
}

export function textOfState(state: ExportState): string {
  return `${JSON.stringify({ schema, ...state }, undefined, 2)}\n`;
}

function parseState(text: string): ExportState | undefined {
  try {
    const value = JSON.parse(text) as Partial<ExportState> & Record<string, unknown>;
    if (asObject(value.identity) === undefined) return undefined;
    if (value['schema'] === 1) return parseLegacy(value.identity as ExportState['identity'], value);
    const { before, legacy } = value;
    const isWhole =
      value['schema'] === schema &&
      isDescription(value) &&
      (before === undefined || isDescription(before)) &&
      (legacy === undefined || isRange(legacy));
    return isWhole ? (value as ExportState) : undefined;
  } catch {
    return undefined;
  }
}

/** Version 0.1 recorded only the first and the last day. */
function parseLegacy(
  identity: ExportState['identity'],
  { from, through }: Record<string, unknown>,
): ExportState | undefined {
  const legacy = { from, to: through };
  if (!isRange(legacy)) return undefined;
  const checkpoint = { ranges: [], first: legacy.from };
  return { identity, checkpoint, files: [], legacy };
}

/** Whatever is computed from a state may rely on days that exist, in order, and on names that are text. */
function isDescription({ checkpoint, files }: Partial<DescribedFiles>): boolean {
  const { columns, first, newest, ranges } = { ...checkpoint };
  return (
    Array.isArray(files) &&
    files.every(isFile) &&
    Array.isArray(ranges) &&
    ranges.every((range: unknown) => isRange(range) && isDayText((range as Partial<ReadDays>).read)) &&
    [first, newest].every((day) => day === undefined || isDayText(day)) &&
    (columns === undefined || areNames(columns))
  );
}

function isFile(value: unknown): boolean {
  const { bytes, columns, day, path, rows } = { ...asObject(value) };
  return (
    typeof path === 'string' &&
    Number.isSafeInteger(bytes) &&
    (rows === undefined || Number.isSafeInteger(rows)) &&
    (day === undefined || isDayText(day)) &&
    areNames(columns)
  );
}

function areNames(value: unknown): boolean {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}

function differences(
  left: Readonly<Record<string, unknown>>,
  right: Readonly<Record<string, unknown>>,
): string[] {
  const names = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...names].filter((name) => JSON.stringify(left[name]) !== JSON.stringify(right[name]));
}
