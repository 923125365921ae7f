/** How the rows of a delivery are read: format and reshaping, from the settings. */
import pLimit from 'p-limit';
import type { Format } from '../../../contracts/format.ts';
import type { Input } from '../../../contracts/input.ts';
import type { Supply } from '../../../contracts/supply.ts';
import type { Target } from '../../../contracts/target.ts';
import type { Emit } from '../../../events.ts';
import { UTF8_MARK } from '../../../formats/encoding.ts';
import type { IsField } from '../../../formats/json/layout.ts';
import { SharedBufferPool } from '../../../formats/reading/shared-buffer.ts';
import { setsLeftOut } from '../../../shaping/reshape/left-out.ts';
import { readReshaping, timeZoneOf, type ReadReshaping } from '../../../shaping/reshape/options.ts';
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
import { fieldsOfTarget, keysOfTarget, type RowRules } from '../../../shaping/rows/row-rules.ts';
import type { Shaping } from '../../../shaping/rows/row-shaper.ts';
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

/** Decides how inputs are read and reshaped, and makes them readable. One for a run. */
export class RowMaker {
  /** The threads that help, to be told how much there is to read. */
  readonly threads: ThreadPool | undefined;
  readonly #options: RowsOptions;
  readonly #rules: RunRules;
  /** Recognizes the keys that the target or an option names. */
  readonly #isField: IsField;
  readonly #pool = new SharedBufferPool();
  /** To be closed. */
  readonly #shapings: ClosableShaping[] = [];
  /** For all inputs, unless options name columns by position. */
  readonly #shared: Shaping;

  /** Throws a Failure `usage` for settings that contradict each other. */
  constructor(options: RowsOptions) {
    this.#options = options;
    this.#rules = rulesOf(options);
    const { shape, reshaping } = this.#rules;
    checkFields(reshaping, shape.fields ?? []);
    this.#isField = isFieldOf(this.#rules);
    this.#shared = this.#openShaping(this.#rules);
    this.threads = threadsFor(options, this.#rules);
  }

  /** Throws a Failure `usage` for an input without rows, of unknown format, or without a column that is required. */
  async make(input: Input): Promise<ReadableInput> {
    const { settings } = this.#options;
    const { shape, reshaping } = this.#rules;
    const { head, format, seen } = await inspectInput(input, { settings, isField: this.#isField });
    const own = resolvePositions(reshaping, seen?.columns);
    const shaping = hasPositions(reshaping)
      ? this.#openShaping({ ...this.#rules, reshaping: own })
      : this.#shared;
    if (seen !== undefined) checkRequired(seen, own, shape);
    const unknown = unknownFields(seen, reshaping, shape.fields ?? []);
    const leftOut = setsLeftOut(own, keysOfTarget(this.#rules));
    const notes = [...(format.notes ?? []), ...leftOut, ...unknown];
    const supply = (number: number) => this.#supply(number, { input, format, shaping });
    return { input, format, preamble: preambleOf(format, head.bytes, settings), seen, notes, supply };
  }

  /**
   * Throws a Failure `usage` for names in options that occur in none of the inputs, and for options of formats that
   * none of them has.
   */
  check(looked: readonly Pick<InspectedInput, 'seen' | 'format'>[]): void {
    const seen = looked.flatMap((one) => one.seen ?? []);
    if (seen.length < looked.length) return;
    checkNames(seen, this.#rules.reshaping);
    // What is empty may be of any format.
    const isEmpty = seen.some(({ rows, columns }) => rows.length === 0 && columns === undefined);
    if (isEmpty || looked.length === 0) return;
    this.#options.checkFormats?.(looked.map(({ format }) => format.name));
  }

  /** Ends the threads. No rows are made any more. */
  close(): Promise<void> | undefined {
    this.#shapings.forEach((shaping) => shaping.close());
    return this.threads?.close();
  }

  #openShaping(rules: RunRules): Shaping {
    const shaping = createShaping(rules);
    this.#shapings.push(shaping);
    return shaping;
  }

  #supply(inputIndex: number, { input, format, shaping }: Shaped): Supply {
    const { settings, now, countsDays = false } = this.#options;
    const plain = createSupply({
      input,
      inputIndex,
      format,
      shaping,
      maxRowBytes: settings.maxRow,
      pool: this.#pool,
      // Other threads have the rules that all inputs share.
      threads: shaping === this.#shared ? this.threads : undefined,
      holdsBack: () => mayGrow(input, settings.lastRow ?? 'auto', now()),
    });
    return countsDays ? withEventDays(plain, this.#rules.shape) : plain;
  }
}

/** The rules of a run, which always say how rows are reshaped. */
type RunRules = RowRules & ReadReshaping;

interface Shaped {
  input: Input;
  format: Format;
  shaping: Shaping;
}

function rulesOf({ target, recipe, nowMs, settings, mapFile }: RowsOptions): RunRules {
  const { fillId = 'off', oldEvents = 'warn' } = settings;
  const { shape, idField } = target;
  const reshaping = readReshaping(settings, mapFile, textFieldsOf(shape, idField));
  return { shape, idField, fillId, recipe, oldEvents, nowMs, ...reshaping };
}

function isFieldOf(rules: RunRules): IsField {
  const isOfTarget = fieldsOfTarget(rules);
  const isNamed = isNamedIn(rules.reshaping);
  return (key) => isOfTarget(key) || isNamed(key);
}

function threadsFor(options: RowsOptions, rules: RunRules): ThreadPool | undefined {
  const { settings, mapFile, threads = 1, onThreadStarted } = options;
  const start = { rules, timeZone: timeZoneOf(settings, mapFile), maxRowBytes: settings.maxRow };
  return ThreadPool.create(threads, start, onThreadStarted);
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
  rowMaker: RowMaker,
  others: readonly Input[] = [],
): Promise<ReadableInput[]> {
  const limit = pLimit(maxOpening);
  const makeAll = (some: readonly Input[]) =>
    Promise.all(some.map((input) => limit(() => rowMaker.make(input))));
  const readable = await makeAll(inputs);
  try {
    rowMaker.check(readable);
  } catch (error) {
    if (others.length === 0) throw error;
    rowMaker.check([...readable, ...(await makeAll(others))]);
  }
  return readable;
}

const maxOpening = 8;

/** Reports what was found out about inputs and how they will be read. */
export function emitNotes(readable: readonly ReadableInput[], emit: Emit): void {
  for (const message of new Set(readable.flatMap(({ notes }) => notes))) {
    emit({ type: 'warned', code: 'input-read-as', message });
  }
}
