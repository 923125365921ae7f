/** Writes option values as words of a command line that would set them again. */
import type { OptionSpec } from './option-spec.ts';
import { kindOf, writeValue } from './kinds.ts';

/**
 * One option: `--owner acme`, `--no-wait`; an option without a flag as its variable:
 * `SCARF_API_URL=http://127.0.0.1`.
 */
export interface WrittenOption {
  name: string;
  kind: 'flag' | 'variable';
  text: string;
}

/** The options whose values differ from their defaults, in the order of the specs. Secrets are left out. */
export function writtenOptions(
  specs: readonly OptionSpec[],
  values: Readonly<Record<string, unknown>>,
): WrittenOption[] {
  return specs.flatMap((spec) => {
    const value = values[spec.name];
    const isDefault = JSON.stringify(value) === JSON.stringify(spec.default);
    if (value === undefined || value === null || spec.secret === true || isDefault) return [];
    return writeOption(spec, value).map((option) => ({ name: spec.name, ...option }));
  });
}

/** Quotes a word for a POSIX shell. */
export function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function writeOption(spec: OptionSpec, value: unknown): Pick<WrittenOption, 'kind' | 'text'>[] {
  const { environment, flags, repeatable } = spec;
  const flag = /--[\w-]+/.exec(flags ?? '')?.[0];
  if (flag === undefined) {
    const [variable] = environment ?? [];
    return variable === undefined
      ? []
      : [{ kind: 'variable', text: `${variable}=${quoteWord(writeValue(spec, value))}` }];
  }
  if (kindOf(spec) === 'flag') {
    const isNegative = flag.startsWith('--no-');
    const positive = flag.replace(/^--no-/, '--');
    if (isNegative) return [{ kind: 'flag', text: value === true ? positive : flag }];
    return value === true ? [{ kind: 'flag', text: flag }] : [];
  }
  const items = repeatable === true && Array.isArray(value) ? (value as unknown[]) : [value];
  return items.map((item) => ({ kind: 'flag', text: `${flag} ${quoteWord(writeValue(spec, item))}` }));
}
