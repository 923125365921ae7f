/** `scarf-cli imports`: what runs at Scarf, looked at and ended from here. */
import type { Command } from 'commander';
import type { OptionSpec } from '../../settings/option-spec.ts';
import { PROFILE_OPTION } from '../../settings/profiles/choose.ts';
import { SCARF_ACCOUNT_OPTIONS } from '../../vendors/scarf/vendor.ts';
import type { ActionContext } from '../verb.ts';
import { DEBUG_OPTIONS } from '../debug-options.ts';
import { DEADLINE_OPTION, declareOptions, readSettings } from '../settings.ts';
import type { ImportsVerb } from './run.ts';

const COMMON: readonly OptionSpec[] = [
  ...SCARF_ACCOUNT_OPTIONS,
  DEADLINE_OPTION,
  {
    name: 'retries',
    flags: '--retries <n>',
    description: 'retries per request',
    kind: 'count',
    default: 8,
  },
  { name: 'json', flags: '--json', description: 'print JSON on one line', kind: 'flag', default: false },
  ...DEBUG_OPTIONS,
];
const LIST: readonly OptionSpec[] = [
  ...COMMON,
  {
    name: 'status',
    flags: '--status <status>',
    description: 'only these',
    choices: ['importing', 'done', 'aborted'],
    repeatable: true,
  },
  {
    name: 'limit',
    flags: '--limit <n>',
    description: 'maximum number, newest first',
    kind: 'count',
    default: 30,
  },
];
const ABORT: readonly OptionSpec[] = [
  ...COMMON,
  {
    name: 'all',
    flags: '--all',
    description: 'every active import of the owner',
    kind: 'flag',
    default: false,
  },
  { name: 'yes', flags: '--yes', description: 'with --all: do not ask', kind: 'flag', default: false },
];

export function declareImports(program: Command, context: ActionContext): void {
  const imports = program
    .command('imports')
    .summary('list, show, follow and abort imports at Scarf')
    .description('List, show, follow and abort imports at Scarf.');
  const verb = (usage: string, description: string, specs: readonly OptionSpec[]) => {
    const command = imports.command(usage).description(description);
    declareOptions(command, [...specs, PROFILE_OPTION]);
    const name = command.name() as ImportsVerb;
    command.action(async (words: string | string[] | undefined) => {
      const ids = typeof words === 'string' ? [words] : Array.isArray(words) ? words : [];
      const settings = await readSettings(command, specs, {
        machine: context.machine,
        interruption: context.interruption,
        stdinIsInput: false,
        profile: 'scarf',
        version: context.version,
      });
      const { runImports } = await import('./run.ts');
      context.settle(await runImports(name, { ids, settings }, context));
    });
  };
  verb('list', 'List imports, newest first.', LIST);
  verb('show <id>', 'Show one import.', COMMON);
  verb('log <id>', 'Print the log of an import: a line an entry.', COMMON);
  verb(
    'wait <ids...>',
    'Wait until imports have ended; exit 3 when rows failed, 7 when one was aborted.',
    COMMON,
  );
  verb('abort [ids...]', 'Abort imports. What was imported before stays.', ABORT);
}
