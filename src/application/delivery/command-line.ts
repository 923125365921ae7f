/** Commands that belong to a run, as they could be typed. */
import type { RunState } from '../../delivery/ledger/run-state.ts';
import { quoteWord, writtenOptions, type WrittenOption } from '../../settings/as-flags.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';
import type { Settings } from '../../settings/resolve.ts';
import { SCARF_ACCOUNT_OPTIONS } from '../../vendors/scarf/options.ts';
import type { NamedFile } from '../claims.ts';

/** The command to repeat a run, from the directory where it was given. */
export function commandLineOf(state: RunState, specs: readonly OptionSpec[]): string {
  const { command, settings } = state.start;
  const options = writtenOptions(specs, settings).filter(({ name }) => !['json', 'stateDir'].includes(name));
  const texts = (kind: WrittenOption['kind']) =>
    options.filter((option) => option.kind === kind).map(({ text }) => text);
  const paths = [...state.inputs.values()].map(({ kind, path }) => (kind === 'stream' ? '-' : path));
  return [
    ...texts('variable'),
    'scarf-cli',
    command,
    ...[...new Set(paths)].map(quoteWord),
    ...texts('flag'),
  ].join(' ');
}

/** The command that watches the imports of the account that a command names, with the flags by which it named it. */
export function watchCommandOf({ command, specs, settings }: NamingCommand): string | undefined {
  if (command !== 'import') return undefined;
  const { values, sources = {}, secretFiles = [] } = settings;
  const isFlag = ({ name }: OptionSpec) => sources[name]?.kind === 'flag';
  const named = specs.filter((spec) => accountOptions.has(spec.name) && isFlag(spec));
  const flags = writtenOptions(named, values).map(({ text }) => text);
  const { profile } = values;
  if (typeof profile === 'string') flags.push(`--profile ${quoteWord(profile)}`);
  for (const { flag, path } of secretFiles) if (path !== '-') flags.push(`${flag} ${quoteWord(path)}`);
  return ['scarf-cli imports watch', ...flags].join(' ');
}

/** Which account, and how it is proved; see `SCARF_ACCOUNT_OPTIONS`. */
const accountOptions: ReadonlySet<string> = new Set(SCARF_ACCOUNT_OPTIONS.map(({ name }) => name));

interface NamingCommand {
  command: string;
  specs: readonly OptionSpec[];
  settings: {
    values: Readonly<Record<string, unknown>>;
    sources?: Settings['sources'];
    secretFiles?: readonly NamedFile[];
  };
}
