/** `help environment`: the variables that are read. */
import { FLUSH_INTERVAL_OPTION, JOB_OPTIONS } from '../../../application/options/automation.ts';
import { EVENT_OPTIONS } from '../../../application/options/datasets.ts';
import { DEBUG_OPTIONS } from '../../../application/options/debug.ts';
import { STORAGE_OPTIONS } from '../../../application/options/storage.ts';
import type { OptionSpec } from '../../../settings/option-spec.ts';
import { PROFILE_OPTION } from '../../../settings/profiles/choose.ts';
import { STATE_DIRECTORY_OPTION } from '../../../settings/state-directory.ts';
import { VENDORS } from '../../../vendors/index.ts';

/** Variables that no option declares; libraries or conventions define them. */
export const CONVENTIONS: readonly [name: string, meaning: string][] = [
  ['HTTPS_PROXY', 'proxy for https'],
  ['HTTP_PROXY', 'proxy for http'],
  ['NO_PROXY', 'hosts that are reached without a proxy'],
  ['NODE_EXTRA_CA_CERTS', 'certificates to trust beside those that come with Node'],
  ['NO_COLOR', 'no colour'],
  ['FORCE_COLOR', 'colour also where there is no terminal'],
  ['XDG_STATE_HOME', 'where state directories are'],
  ['XDG_CONFIG_HOME', 'where configuration is'],
];

/** Of options that several commands share. */
const SHARED: readonly OptionSpec[] = [
  PROFILE_OPTION,
  ...JOB_OPTIONS,
  FLUSH_INTERVAL_OPTION,
  ...DEBUG_OPTIONS,
  ...EVENT_OPTIONS,
  ...STORAGE_OPTIONS,
];

/** Variables by vendor, then those that several commands know, then those of all. */
export function environment(): string {
  const sections = VENDORS.map((vendor) => `${vendor.title}:\n${variables(vendor.options)}`);
  const everywhere = lines([...pairs([STATE_DIRECTORY_OPTION]), ...CONVENTIONS]);
  const shared = `Commands with these options:\n${variables(SHARED)}`;
  return `${[...sections, shared].join('\n\n')}\n\nAll commands:\n${everywhere}\n`;
}

/** One line for each variable that sets an option. */
export function variables(options: readonly OptionSpec[]): string {
  return lines(pairs(options));
}

type Variable = readonly [name: string, meaning: string];

function pairs(options: readonly OptionSpec[]): Variable[] {
  return options.flatMap(({ environment: names = [], description }) =>
    names.map((name): Variable => [name, description]),
  );
}

function lines(of: readonly Variable[]): string {
  const width = Math.max(...of.map(([name]) => name.length));
  return of.map(([name, meaning]) => `  ${name.padEnd(width)}  ${meaning}`).join('\n');
}
