/** How the rows of a delivery are read: format and reshaping, from the settings. */
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
import { readReshaping, timeZoneOf } from '../../../shaping/reshape/options.ts';
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
import { createShaping, type ClosableShaping } from '../../../shaping/shaping.ts';
import { withEventDays } from '../../../shaping/blocks/event-days.ts';
import { createSupply } from '../../../shaping/blocks/supply.ts';
import type { RowSettings } from '../../options/rows.ts';
import { ThreadPool } from '../threads/thread-pool.ts';
import { inspectInput, type InspectedInput } from './inputs/inspect.ts';

/** For this long after a change, a file may still be being written. */
const growingMs = 60_000;

export interface RowsOptions {
  target: Pick<Target, 'shape' | 'idField'>;
  recipe: string;
  nowMs: number;
  /** The current time in milliseconds since the epoch. */
  now: () => number;
  settings: RowSettings;
  /** The text of `--map-file`. */
  mapFile: string | undefined;
  /** Blocks name the day of each event. */
  countsDays?: boolean;
  /** Throws a Failure `usage` when options do not go with the formats that the inputs have. */
  checkFormats?: (formats: readonly string[]) => void;
  /** How many threads make rows ready to leave, this one included; 1 when absent. */
  threads?: number;
  /** Called when one of them has started. */
  onThreadStarted?: () => void;
}

/** Longer than any real map file. */
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

/** An input together with its format. */
export interface ReadableInput {
  input: Input;
  format: Format;
  /** The bytes that a rejects file of this input begins with. */
  preamble: Uint8Array;
  /** The names in its first rows; undefined when too little arrived to tell. */
  seen: SeenNames | undefined;
  /** What to tell people about the input before its rows are sent. */
  notes: readonly string[];
  /** Supplies its rows, labelled with the input's number in the ledger. */
  supply: (number: number) => Supply;
}

export interface RowMaker {
  (input: Input): Promise<ReadableInput>;
  /**
   * Throws a Failure `usage` for names in options that occur in none of the inputs, and for options of formats that
   * none of them has.
   */
  check(looked: readonly Pick<InspectedInput, 'seen' | 'format'>[]): void;
  /** The threads that help, to be told how much there is to read. */
  threads: ThreadPool | undefined;
  /** Ends the threads. No rows are made any more. */
  close(): Promise<void> | undefined;
}

/**
 * Decides how inputs are read and reshaped. Throws a Failure `usage` for settings that contradict each other.
 */
export function createRowMaker(options: RowsOptions): RowMaker {
  const { target, recipe, nowMs, now, settings, mapFile } = options;
  const { fillId = 'off', oldEvents = 'warn', maxRow } = settings;
  const { shape, idField } = target;
  const reshaping = readReshaping(settings, mapFile, textFieldsOf(shape, idField));
  const rules = { shape, idField, fillId, recipe, oldEvents, nowMs, ...reshaping };
  const shapings: ClosableShaping[] = [];
  const openShaping = (some: typeof rules) => {
    const shaping = createShaping(some);
    shapings.push(shaping);
    return shaping;
  };
  const shared = openShaping(rules);
  const start = { rules, timeZone: timeZoneOf(settings, mapFile), maxRowBytes: maxRow };
  const threads = ThreadPool.create(options.threads ?? 1, start, options.onThreadStarted);
  const isOfTarget = fieldsOfTarget({ shape, idField });
  const isNamed = isNamedIn(reshaping.reshaping);
  const isField = (key: string): boolean => isOfTarget(key) || isNamed(key);
  const { fields = [] } = shape;
  checkFields(reshaping.reshaping, fields);
  const pool = new SharedBufferPool();
  const makeOne = async (input: Input): Promise<ReadableInput> => {
    const { head, format, seen } = await inspectInput(input, { settings, isField });
    const own = resolvePositions(reshaping.reshaping, seen?.columns);
    const shaping = hasPositions(reshaping.reshaping) ? openShaping({ ...rules, reshaping: own }) : shared;
    if (seen !== undefined) checkRequired(seen, own, shape);
    const notes = [...(format.notes ?? []), ...unknownFields(seen, reshaping.reshaping, fields)];
    const supply = (inputIndex: number) => {
      const plain = createSupply({
        input,
        inputIndex,
        format,
        shaping,
        maxRowBytes: maxRow,
        pool,
        threads: shaping === shared ? threads : undefined,
        holdsBack: () => mayGrow(input, settings.lastRow ?? 'auto', now()),
      });
      return options.countsDays === true ? withEventDays(plain, shape) : plain;
    };
    return { input, format, preamble: preambleOf(format, head.bytes, settings), seen, notes, supply };
  };
  const check: RowMaker['check'] = (looked) => {
    const seen = looked.flatMap((one) => one.seen ?? []);
    if (seen.length < looked.length) return;
    checkNames(seen, reshaping.reshaping);
    // What is empty may be of any format.
    const isEmpty = seen.some(({ rows, columns }) => rows.length === 0 && columns === undefined);
    if (!isEmpty && looked.length > 0) options.checkFormats?.(looked.map(({ format }) => format.name));
  };
  const close = () => {
    shapings.forEach((shaping) => shaping.close());
    return threads?.close();
  };
  return Object.assign(makeOne, { check, threads, close });
}

/**
 * What rejects files begin with. They are written in UTF-8; for an input in another encoding, a byte order
 * mark says so, and the same options read them.
 */
function preambleOf(format: Format, head: Buffer, { encoding }: Pick<RowSettings, 'encoding'>): Uint8Array {
  const preamble = format.preamble(head);
  const isOther = encoding !== undefined && encoding !== 'utf-8';
  return isOther ? Buffer.concat([UTF8_MARK, preamble]) : preamble;
}

/**
 * Whether the input may still grow. A stream that has ended cannot, unless the user says that its source
 * continues.
 */
async function mayGrow(input: Input, lastRow: 'auto' | 'wait' | 'send', nowMs: number): Promise<boolean> {
  if (lastRow !== 'auto') return lastRow === 'wait';
  const modifiedMs = await input.modifiedMs?.();
  return modifiedMs !== undefined && Math.abs(nowMs - modifiedMs) < growingMs;
}

/**
 * Makes all inputs readable, a few at a time: thousands of files must not be open at once. `others` belong to the
 * same list and are looked at only for names that occur in none of the inputs.
 */
export async function makeReadable(
  inputs: readonly Input[],
  makeOne: RowMaker,
  others: readonly Input[] = [],
): Promise<ReadableInput[]> {
  const limit = pLimit(maxOpening);
  const makeAll = (some: readonly Input[]) => Promise.all(some.map((input) => limit(() => makeOne(input))));
  const readable = await makeAll(inputs);
  try {
    makeOne.check(readable);
  } catch (error) {
    if (others.length === 0) throw error;
    makeOne.check([...readable, ...(await makeAll(others))]);
  }
  return readable;
}

const maxOpening = 8;

/** Reports what was found out about inputs and how they will be read. */
export function emitNotes(readable: readonly ReadableInput[], emit: Emit): void {
  for (const message of readable.flatMap(({ notes }) => notes)) {
    emit({ type: 'warned', code: 'input-read-as', message });
  }
}
