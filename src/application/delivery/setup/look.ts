/** What the beginning of an input tells: its format, and the names in its first rows. */
import type { Format } from '../../../contracts/format.ts';
import type { Input } from '../../../contracts/input.ts';
import { Failure } from '../../../failure.ts';
import { tellsLayout, type InputHead, type IsField } from '../../../formats/json/layout.ts';
import { createFormat, tellsFormat, type FormatSettings } from '../../../formats/options.ts';
import { isTooFew, seeNames, type SeenNames } from '../../../shaping/reshape/seen-names.ts';
import { refuseContainer } from '../../../sources/containers.ts';

/** An input of which the beginning was read. */
export interface LookedAt {
  input: Input;
  head: InputHead;
  format: Format;
  /** What its first rows are called; undefined where too little came of it to tell. */
  seen: SeenNames | undefined;
}

export interface LookOptions {
  settings: FormatSettings;
  /** Tells the keys that the target reads. */
  isField: IsField;
  /** Of a pipe, too, as much is waited for as a file has: only who sends nothing can afford it. */
  isPatient?: boolean;
  /** The format of what tells none. */
  otherwise?: 'text' | undefined;
}

const maxHeadBytes = 64 * 1024;
/** In so many bytes the first thousand rows are looked for. */
const maxSeenBytes = 2 * 1024 * 1024;
/** So many tell every container. */
const containerBytes = 512;

/** Throws a Failure `usage` for what holds no rows, or whose format cannot be told. */
export async function lookAt(input: Input, options: LookOptions): Promise<LookedAt> {
  const { settings, isField, otherwise, isPatient = false } = options;
  const enough = input.kind === 'stream' && !isPatient ? enoughOfStream(settings, isField) : never;
  const head = await readHead(input, enough, maxHeadBytes);
  refuseContainer(head.bytes, input.path, settings.format === 'text' || settings.format === 'log');
  const looked = { path: input.path, head, isField };
  const isTold = otherwise === undefined || tellsFormat(settings, looked);
  const format = createFormat(isTold ? settings : { ...settings, format: otherwise }, looked);
  const seen = seeNames(input.path, format, head);
  if (!isTooFew(seen, head.isWhole)) return { input, head, format, seen };
  if (enough !== never) return { input, head, format, seen: undefined };
  const more = await readHead(input, never, maxSeenBytes);
  return { input, head: more, format, seen: seeNames(input.path, format, more) };
}

/** Formats of which nothing in front of the rows need be seen. */
const LINES_OR_VALUES: ReadonlySet<string> = new Set(['text', 'log', 'ndjson', 'json']);

function never(): boolean {
  return false;
}

/**
 * Whether so much of a stream tells all that is asked of it, since it may be silent for long: the layout of JSON, the header
 * and the first row of a table.
 */
function enoughOfStream({ format, header, skipLines = 0 }: FormatSettings, isField: IsField) {
  const lines = skipLines + (header === undefined ? 2 : 1);
  return (bytes: Buffer): boolean => {
    if (bytes.includes(0) && bytes.length < containerBytes) return false;
    if (LINES_OR_VALUES.has(format)) return true;
    const isTable =
      format === 'csv' || format === 'tsv' || /^(?:\uFEFF)?\s*[^\s[{\x1e]/.test(beginningOf(bytes));
    return isTable ? hasLines(bytes, lines) : tellsLayout(bytes, isField);
  };
}

function beginningOf(bytes: Buffer): string {
  return bytes.toString('utf8', 0, 1024);
}

function hasLines(bytes: Buffer, count: number): boolean {
  let at = -1;
  for (let line = 0; line < count; line++) {
    at = bytes.indexOf(0x0a, at + 1);
    if (at < 0) return false;
  }
  return true;
}

async function readHead(
  input: Input,
  isEnough: (bytes: Buffer) => boolean,
  maxBytes: number,
): Promise<InputHead> {
  let bytes = Buffer.alloc(0);
  try {
    for await (const slot of input.read(0, maxBytes)) {
      bytes = Buffer.concat([bytes, slot.bytes]);
      slot.release();
      if (bytes.length >= maxBytes || isEnough(bytes)) return { bytes, isWhole: false };
    }
  } catch (error) {
    if (error instanceof Failure && error.kind === 'usage') throw error;
    // Whoever reads the rows meets the same trouble, and tells of it.
    return { bytes, isWhole: false };
  }
  return { bytes, isWhole: true };
}
