/** Looks at the beginning of an input for `check --infer`: what it takes to read it, before its columns mean anything. */
import {
  inspectInput,
  type InspectedInput,
  type InspectOptions,
} from '../../application/delivery/setup/inputs/inspect.ts';
import type { RowSettings } from '../../application/options/rows.ts';
import type { Input } from '../../contracts/input.ts';
import { linesAboveTable } from '../../formats/csv/detect-dialect.ts';

/** An input, and the options without which it could not be read as it was. */
export interface LookedAt extends InspectedInput {
  options: readonly string[];
  /** Remarks for the user, as sentences. */
  notes: readonly string[];
}

export interface LookOptions extends InspectOptions {
  settings: RowSettings;
}

/**
 * Throws what a delivery would throw before its first row. An input that cannot be unpacked fails here, since
 * nothing else reads it.
 */
export async function lookAt(input: Input, asked: LookOptions): Promise<LookedAt> {
  const { settings } = asked;
  const first = await inspectInput(input, { ...asked, isPatient: true });
  const { bytes } = first.head;
  if (bytes.length === 0) {
    await failAsReading(input);
    return { ...first, options: [], notes: [`${input.path} is empty`] };
  }
  const encoding = settings.encoding === undefined && isOtherEncoding(bytes);
  const above = mayHaveTitle(first, settings) ? linesAboveTable(bytes) : 0;
  const looked =
    above === 0
      ? first
      : await inspectInput(input, { ...asked, isPatient: true, settings: { ...settings, skipLines: above } });
  return {
    ...looked,
    options: [
      ...(first.format.name === 'text' && settings.format === 'auto' ? ['--format', 'text'] : []),
      ...(encoding ? ['--encoding', WESTERN] : []),
      ...(above === 0 ? [] : ['--skip-lines', String(above)]),
    ],
    notes: [
      ...(encoding
        ? [`${input.path} is not UTF-8: taken for ${WESTERN}, unless --encoding says otherwise`]
        : []),
      ...(above === 0
        ? []
        : [
            `${input.path}: the table begins behind ${above === 1 ? 'a line' : `${above} lines`} of other text`,
          ]),
    ],
  };
}

/** What Excel and others write in most of Europe and America, if not UTF-8. */
const WESTERN = 'windows-1252';

async function failAsReading(input: Input): Promise<void> {
  for await (const slab of input.read(0, 1)) slab.release();
}

/** What seems to be a table of one column may be a title above another. */
function mayHaveTitle(
  { format, seen }: InspectedInput,
  { skipLines, comment, header, delimiter }: RowSettings,
): boolean {
  const isAsked = [skipLines, comment, header, delimiter].some((option) => option !== undefined);
  return !isAsked && format.name === 'csv' && seen?.columns?.length === 1;
}

/**
 * Whether the text has bytes that are not UTF-8, and no other characters beyond ASCII: a damaged row among good ones tells of
 * no other encoding. The end of the beginning may cut a character.
 */
function isOtherEncoding(bytes: Buffer): boolean {
  const text = new TextDecoder().decode(bytes, { stream: true });
  return text.includes('\uFFFD') && !/[^\0-\x7F\uFFFD]/.test(text);
}
