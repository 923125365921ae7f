/** Determines from the beginning of an input its format and the names in its first rows. */
import type { Format } from '../../../../contracts/format.ts';
import type { Input } from '../../../../contracts/input.ts';
import { Failure } from '../../../../failure.ts';
import { isLayoutKnown, type InputHead, type IsField } from '../../../../formats/json/layout.ts';
import { createFormat, isFormatKnown, type FormatSettings } from '../../../../formats/options.ts';
import { isTooFew, seeNames, type SeenNames } from '../../../../shaping/reshape/seen-names.ts';
import { refuseContainer } from '../../../../sources/containers.ts';

/** An input whose beginning was read. */
export interface InspectedInput {
  input: Input;
  head: InputHead;
  format: Format;
  /** The names in its first rows; undefined when too little arrived to tell. */
  seen: SeenNames | undefined;
}

export interface InspectOptions {
  settings: FormatSettings;
  /** Recognizes the keys that the target reads. */
  isField: IsField;
  /** Wait for as much of a pipe as is read of a file. Only for commands that send nothing, which may wait. */
  isPatient?: boolean;
  /** The format to use when the beginning tells none. */
  otherwise?: 'text' | undefined;
}

const maxHeadBytes = 64 * 1024;
/**
 * The first thousand rows are looked for within these many bytes. Two steps: rows are mostly short, and what is read at
 * once decides how much freed memory the system keeps (`src/startup/load-script.js`).
 */
const seenBytes = [512 * 1024, 2 * 1024 * 1024];
/** Enough bytes to recognize every container. */
const containerBytes = 512;

/** Throws a Failure `usage` for an input without rows, or of unknown format. */
export async function inspectInput(input: Input, options: InspectOptions): Promise<InspectedInput> {
  const { settings, isField, otherwise, isPatient = false } = options;
  const enough = input.kind === 'stream' && !isPatient ? enoughOfStream(settings, isField) : never;
  let head = await readHead(input, enough, maxHeadBytes);
  refuseContainer(head.bytes, input.path, settings.format === 'text' || settings.format === 'log');
  const looked = { path: input.path, head, isField };
  const isKnown = otherwise === undefined || isFormatKnown(settings, looked);
  const format = createFormat(isKnown ? settings : { ...settings, format: otherwise }, looked);
  let seen = seeNames(input.path, format, head);
  for (const maxBytes of seenBytes) {
    if (!isTooFew(seen, head.isWhole)) break;
    if (enough !== never) return { input, head, format, seen: undefined };
    head = await readHead(input, never, maxBytes);
    seen = seeNames(input.path, format, head);
  }
  return { input, head, format, seen };
}

/** Formats that need nothing before the first row. */
const LINES_OR_VALUES: ReadonlySet<string> = new Set(['text', 'log', 'ndjson', 'json']);

function never(): boolean {
  return false;
}

/**
 * Whether this much of a stream tells enough (the layout of JSON; the header and first row of a table). A
 * stream may be silent for long, so no more than that is waited for.
 */
function enoughOfStream({ format, header, skipLines = 0 }: FormatSettings, isField: IsField) {
  const lines = skipLines + (header === undefined ? 2 : 1);
  return (bytes: Buffer): boolean => {
    if (bytes.includes(0) && bytes.length < containerBytes) return false;
    if (LINES_OR_VALUES.has(format)) return true;
    const isTable =
      format === 'csv' || format === 'tsv' || /^(?:\uFEFF)?\s*[^\s[{\x1e]/.test(beginningOf(bytes));
    return isTable ? hasLines(bytes, lines) : isLayoutKnown(bytes, isField);
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
    for await (const slab of input.read(0, maxBytes)) {
      bytes = Buffer.concat([bytes, slab.bytes]);
      slab.release();
      if (bytes.length >= maxBytes || isEnough(bytes)) return { bytes, isWhole: false };
    }
  } catch (error) {
    if (error instanceof Failure && error.kind === 'usage') throw error;
    // Reading the rows will meet the same error and report it.
    return { bytes, isWhole: false };
  }
  return { bytes, isWhole: true };
}
