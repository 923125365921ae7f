/** `scarf-cli runs`: what earlier imports and ingests left, looked at, continued and cleared away. */
import type { Command } from 'commander';
import { msPerDay } from '../../calendar.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';
import { STATE_DIRECTORY_OPTION } from '../../settings/state-directory.ts';
import type { ActionContext } from '../verb.ts';
import { DEBUG_OPTIONS } from '../debug-options.ts';
import { DEADLINE_OPTION, declareOptions, readSettings } from '../settings.ts';
import type { RunsSettings } from './run.ts';

const COMMON: readonly OptionSpec[] = [
  STATE_DIRECTORY_OPTION,
  { name: 'json', flags: '--json', description: 'print JSON on one line', kind: 'flag', default: false },
];

const RESUME: readonly OptionSpec[] = [...COMMON, DEADLINE_OPTION, ...DEBUG_OPTIONS];

const PRUNE: readonly OptionSpec[] = [
  ...COMMON,
  {
    name: 'olderThan',
    flags: '--older-than <duration>',
    description: 'not used for this long',
    kind: 'duration',
    default: 30 * msPerDay,
  },
];

export function declareRuns(program: Command, context: ActionContext): void {
  const runs = program
    .command('runs')
    .summary('list, show, resume and forget imports and ingests')
    .description('What is kept of earlier imports and ingests, on this machine.');
  const verbs = [
    { name: 'list', words: 'the runs, newest first', specs: COMMON },
    { name: 'show <id>', words: 'parameters, counts and jobs of a run', specs: COMMON },
    { name: 'resume <id>', words: 'go on with a run; secrets come from the environment', specs: RESUME },
    { name: 'forget <id>', words: 'give up what a run has not delivered', specs: COMMON },
    {
      name: 'prune',
      words:
        'remove what is kept of runs that are finished or forgotten; rows without ids are sent again then',
      specs: PRUNE,
    },
  ] as const;
  for (const verb of verbs) declareVerb(runs, verb, context);
}

function declareVerb(
  runs: Command,
  { name, words, specs }: { name: string; words: string; specs: readonly OptionSpec[] },
  { machine, interruption, settle, version }: ActionContext,
): void {
  const command = runs.command(name).summary(words).description(`${words}.`);
  declareOptions(command, specs);
  command.action(async (...given: unknown[]) => {
    const id = typeof given[0] === 'string' ? given[0] : '';
    // A run that is resumed has its own inputs, which are guarded with the paths of this command.
    const waits = specs === RESUME ? { interruption, hasInputs: true, version } : {};
    const { values } = await readSettings(command, specs, { machine, stdinIsInput: false, ...waits });
    const { runVerb } = await import('./run.ts');
    const settings = values as unknown as RunsSettings;
    settle(await runVerb(command.name(), id, { settings, machine, interruption }));
  });
}
