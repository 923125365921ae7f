/** Help that follows from tables: exit codes, environment names, vendors. */
import type { OptionSpec } from '../../settings/option-spec.ts';
import { EXIT, EXIT_MEANINGS } from '../../failure.ts';
import { VENDORS } from '../../vendors/index.ts';
import { presetsText } from './presets.ts';
import { TIME_FORMS } from '../../shaping/time/forms.ts';
import { DIRECTIVES, SHORTHANDS } from '../../shaping/time/time-format.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import { STATE_DIRECTORY_OPTION } from '../../settings/state-directory.ts';

export interface Topic {
  name: string;
  summary: string;
  text: () => string;
}

export const TOPICS: readonly Topic[] = [
  { name: 'exit-codes', summary: 'what each exit code means', text: exitCodes },
  { name: 'environment', summary: 'variables that are read', text: environment },
  { name: 'times', summary: 'forms of times that are read, and how to describe others', text: times },
  { name: 'presets', summary: 'kinds of files that --preset reads, and what it sets', text: presetsText },
  ...VENDORS.map((vendor) => ({
    name: vendor.name,
    summary: `${vendor.title}: a first example, options, limits`,
    text: () => vendorText(vendor),
  })),
];

/** SIGPIPE by convention: whoever stops reading has what it wanted. */
const READER_GONE =
  'A reader of the output that goes away (| head -1) ends it quietly and changes no code: an export stops with 0.';

function exitCodes(): string {
  const byCode = [...EXIT_MEANINGS].sort((one, other) => EXIT[one.name] - EXIT[other.name]);
  const lines = byCode.map(({ name, meaning }) => `  ${String(EXIT[name]).padStart(3)}  ${meaning}`);
  const order = EXIT_MEANINGS.map(({ name }) => EXIT[name]).join(', ');
  return `Exit codes:\n${lines.join('\n')}\n\nWhen several hold, the first of: ${order}.\n${READER_GONE}\n`;
}

/** Variables that no option declares, since libraries or conventions give them their meaning. */
const CONVENTIONS: readonly [name: string, meaning: string][] = [
  ['HTTPS_PROXY', 'proxy for https'],
  ['HTTP_PROXY', 'proxy for http'],
  ['NO_PROXY', 'hosts that are reached without a proxy'],
  ['NODE_EXTRA_CA_CERTS', 'certificates to trust beside those that come with Node'],
  ['NO_COLOR', 'no colour'],
  ['FORCE_COLOR', 'colour also where there is no terminal'],
  ['XDG_STATE_HOME', 'where state directories are'],
  ['XDG_CONFIG_HOME', 'where configuration is'],
];

function environment(): string {
  const sections = VENDORS.map((vendor) => `${vendor.title}:\n${variables(vendor.options)}`);
  const conventions = CONVENTIONS.map(([name, meaning]) => line(name, meaning)).join('\n');
  return `${sections.join('\n\n')}\n\nAll commands:\n${variables([STATE_DIRECTORY_OPTION])}\n${conventions}\n`;
}

function times(): string {
  const forms = TIME_FORMS.map(({ name, examples, note }) =>
    [`  ${name}: ${note}`, ...examples.map((example) => `    ${example}`)].join('\n'),
  );
  const directives = Object.entries(DIRECTIVES).map(([letter, { meaning }]) => `  %${letter}  ${meaning}`);
  return `Times that are read by themselves:
${forms.join('\n')}

Others are described with --time-format '%d/%m/%Y %H:%M', several with %| between them:
${directives.join('\n')}
  ${Object.entries(SHORTHANDS)
    .filter(([, meaning]) => meaning.length > 2)
    .map(([letter, meaning]) => `%${letter} is ${meaning}`)
    .join('; ')}

A time without a zone is one of --time-zone (UTC unless given). What has two readings is a reject, never a guess.
`;
}

function variables(options: readonly OptionSpec[]): string {
  return options
    .flatMap(({ environment: names, description }) => (names ?? []).map((name) => line(name, description)))
    .join('\n');
}

function line(name: string, meaning: string): string {
  return `  ${name.padEnd(22)}  ${meaning}`;
}

function vendorText(vendor: Vendor): string {
  return `${vendor.title}

  $ ${vendor.example}

Environment:
${variables(vendor.options)}

Limits:
${limitsText(vendor)}

"scarf-cli limits" tells what each status means to us, "scarf-cli ${commandOf(vendor)} --help" lists all options.
`;
}

function commandOf(vendor: Vendor): string {
  return vendor.name === 'scarf' ? 'import' : `ingest ${vendor.name}`;
}

/** A vendor's limits, each with where the number comes from. */
export function limitsText({ limits }: Vendor): string {
  const width = Math.max(...limits.map(({ name }) => name.length));
  return limits.map(({ name, value, source }) => `  ${name.padEnd(width)}  ${value}  (${source})`).join('\n');
}
