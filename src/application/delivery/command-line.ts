/** The command that began a run, as it could be typed again. */
import type { RunState } from '../../delivery/ledger/run-state.ts';
import { quoteWord, writtenOptions, type WrittenOption } from '../../settings/as-flags.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';

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
