/** How the rows of a delivery are made: format and shaping from the settings. */
import { resolve } from 'node:path';
import pLimit from 'p-limit';
import type { Format } from '../../../contracts/format.ts';
import type { Input } from '../../../contracts/input.ts';
import type { Supply } from '../../../contracts/supply.ts';
import type { Target } from '../../../contracts/target.ts';
import { localFailure, systemCode } from '../../../disk/errno.ts';
import { readSmallFile } from '../../../disk/read-small-file.ts';
import type { Emit } from '../../../events.ts';
import { Failure } from '../../../failure.ts';
import { UTF8_MARK } from '../../../formats/encoding.ts';
import { SharedBufferPool } from '../../../formats/reading/shared-buffer.ts';
import { readReshaping } from '../../../shaping/reshape/options.ts';
import {
  checkFields,
  checkNames,
  checkRequired,
  hasPositions,
  isNamedIn,
  resolvePositions,
  unknownFields,
  type SeenNames,
} from '../../../shaping/reshape/seen-names.ts';
import { fieldsOfTarget } from '../../../shaping/rows/row-rules.ts';
import { textFieldsOf } from '../../../shaping/rows/field-types.ts';
import { createShaping } from '../../../shaping/shaping.ts';
import { createSupply } from '../../../shaping/blocks/supply.ts';
import type { RowSettings } from '../../options/rows.ts';
import { lookAt, type LookedAt } from './look.ts';

/** For so long after a change somebody may still be writing. */
const growingMs = 60_000;

export interface RowsOptions {
  target: Pick<Target, 'shape' | 'idField'>;
  recipe: string;
  nowMs: number;
  /** The clock, in milliseconds since the epoch. */
  now: () => number;
  settings: RowSettings;
  /** The text of `--map-file`. */
  mapFile: string | undefined;
}

/** No map is longer. */
const maxMapBytes = 16 * 1024 * 1024;

/** The text of the file that `--map-file` names: part of the recipe. */
export async function readMapFileText(
  path: string | undefined,
  directory: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    const bytes = await readSmallFile(resolve(directory, path), { maxBytes: maxMapBytes, signal });
    return bytes.toString('utf8');
  } catch (cause) {
    const code = systemCode(cause) ?? '';
    if (!['ENOENT', 'ENOTDIR', 'EISDIR'].includes(code))
      throw localFailure(`read ${path} (--map-file)`, cause);
    throw new Failure('usage', `--map-file: cannot read ${path} (${code})`, { cause });
  }
}

/** An input with the format it is read by. */
export interface ReadableInput {
  input: Input;
  format: Format;
  /** What a rejects file of this input begins with. */
  preamble: Uint8Array;
  /** What its first rows are called; undefined where too little came of it to tell. */
  seen: SeenNames | undefined;
  /** What people should know about the input before its rows leave. */
  notes: readonly string[];
  /** Its rows, under the number that the ledger knows it by. */
  supply: (number: number) => Supply;
}

export interface RowMaker {
  (input: Input): Promise<ReadableInput>;
  /** Throws a Failure `usage` for names in options that none of the inputs has. */
  check(looked: readonly Pick<LookedAt, 'seen'>[]): void;
}

/** Tells how inputs are read and reshaped. Throws a Failure `usage` for settings that contradict each other. */
export function createRowMaker(options: RowsOptions): RowMaker {
  const { target, recipe, nowMs, now, settings, mapFile } = options;
  const { fillId = 'off', oldEvents = 'warn', maxRow } = settings;
  const { shape, idField } = target;
  const reshaping = readReshaping(settings, mapFile, textFieldsOf(shape, idField));
  const rules = { shape, idField, fillId, recipe, oldEvents, nowMs, ...reshaping };
  const shared = createShaping(rules);
  const isOfTarget = fieldsOfTarget({ shape, idField });
  const isNamed = isNamedIn(reshaping.reshaping);
  const isField = (key: string): boolean => isOfTarget(key) || isNamed(key);
  const { fields = [] } = shape;
  checkFields(reshaping.reshaping, fields);
  const pool = new SharedBufferPool();
  const makeOne = async (input: Input): Promise<ReadableInput> => {
    const { head, format, seen } = await lookAt(input, { settings, isField });
    const own = resolvePositions(reshaping.reshaping, seen?.columns);
    const shaping = hasPositions(reshaping.reshaping) ? createShaping({ ...rules, reshaping: own }) : shared;
    if (seen !== undefined) checkRequired(seen, own, shape);
    const notes = [...(format.notes ?? []), ...unknownFields(seen, reshaping.reshaping, fields)];
    const supply = (inputIndex: number) =>
      createSupply({
        input,
        inputIndex,
        format,
        shaping,
        maxRowBytes: maxRow,
        pool,
        holdsBack: () => mayGrow(input, settings.lastRow ?? 'auto', now()),
      });
    return { input, format, preamble: preambleOf(format, head.bytes, settings), seen, notes, supply };
  };
  const check = (looked: readonly Pick<LookedAt, 'seen'>[]): void => {
    const seen = looked.flatMap((one) => one.seen ?? []);
    if (seen.length === looked.length) checkNames(seen, reshaping.reshaping);
  };
  return Object.assign(makeOne, { check });
}

/**
 * What rejects begin with. They are written in UTF-8: where the input was not, a byte order mark says so, and the same
 * options read them.
 */
function preambleOf(format: Format, head: Buffer, { encoding }: Pick<RowSettings, 'encoding'>): Uint8Array {
  const preamble = format.preamble(head);
  const isOther = encoding !== undefined && encoding !== 'utf-8';
  return isOther ? Buffer.concat([UTF8_MARK, preamble]) : preamble;
}

/** Whether what an input lacks may come yet. A stream that has ended is over, unless the user says that its source goes on. */
async function mayGrow(input: Input, lastRow: 'auto' | 'wait' | 'send', nowMs: number): Promise<boolean> {
  if (lastRow !== 'auto') return lastRow === 'wait';
  const modifiedMs = await input.modifiedMs?.();
  return modifiedMs !== undefined && Math.abs(nowMs - modifiedMs) < growingMs;
}

/** Makes all inputs readable, a few at a time: thousands of files must not be open at once. */
export async function makeReadable(inputs: readonly Input[], makeOne: RowMaker): Promise<ReadableInput[]> {
  const limit = pLimit(maxOpening);
  const readable = await Promise.all(inputs.map((input) => limit(() => makeOne(input))));
  makeOne.check(readable);
  return readable;
}

const maxOpening = 8;

/** Says what was found out about inputs and decides how they are read. */
export function emitNotes(readable: readonly ReadableInput[], emit: Emit): void {
  for (const message of readable.flatMap(({ notes }) => notes)) {
    emit({ type: 'warned', code: 'input-read-as', message });
  }
}
