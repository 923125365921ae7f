/** `help environment`: the variables that are read. */
import type { OptionSpec } from '../../../settings/option-spec.ts';
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

/** Variables by vendor, then those of all commands. */
export function environment(): string {
  const sections = VENDORS.map((vendor) => `${vendor.title}:\n${variables(vendor.options)}`);
  const conventions = CONVENTIONS.map(([name, meaning]) => line(name, meaning)).join('\n');
  return `${sections.join('\n\n')}\n\nAll commands:\n${variables([STATE_DIRECTORY_OPTION])}\n${conventions}\n`;
}

/** One line for each option that a variable sets. */
export function variables(options: readonly OptionSpec[]): string {
  return options
    .flatMap(({ environment: names, description }) => (names ?? []).map((name) => line(name, description)))
    .join('\n');
}

function line(name: string, meaning: string): string {
  return `  ${name.padEnd(22)}  ${meaning}`;
}
