/** `scarf-cli runs`: lists, resumes and clears earlier imports and ingests. */
import type { Command } from 'commander';
import type { OptionSpec } from '../../settings/option-spec.ts';
import type { ValuesOf } from '../../settings/values.ts';
import type { ActionContext } from '../verb.ts';
import { declareOptions, readSettings } from '../settings.ts';
import {
  LIST_RUNS_OPTIONS,
  MERGE_OPTIONS,
  PRUNE_OPTIONS,
  RESUME_OPTIONS,
  RUNS_OPTIONS,
  SHOW_OPTIONS,
} from './options.ts';
import type { RunsCall } from './run.ts';

export function declareRuns(program: Command, context: ActionContext): void {
  const runs = program
    .command('runs')
    .summary('list, show, resume and forget imports and ingests')
    .description('What is kept of earlier imports and ingests, on this machine.');
  declareVerb(runs, context, {
    name: 'list',
    words: 'the runs, newest first',
    specs: LIST_RUNS_OPTIONS,
    run: async (call) => (await import('./run.ts')).list(call),
  });
  declareVerb(runs, context, {
    name: 'show <id>',
    words: 'parameters, counts and jobs of a run',
    specs: SHOW_OPTIONS,
    run: async (call) => (await import('./run.ts')).show(call),
  });
  declareVerb(runs, context, {
    name: 'resume <id>',
    words: 'go on with a run; secrets come from the environment or the profile',
    specs: RESUME_OPTIONS,
    waits: true,
    run: async (call) => (await import('./run.ts')).resume(call),
  });
  declareVerb(runs, context, {
    name: 'merge <reports...>',
    words: 'make one outcome of the reports of all parts (--shard); exit 5 when one is missing',
    specs: MERGE_OPTIONS,
    hasFiles: true,
    run: async (call) => (await import('./merge.ts')).merge(call),
  });
  declareVerb(runs, context, {
    name: 'forget <id>',
    words: 'give up what a run has not delivered',
    specs: RUNS_OPTIONS,
    run: async (call) => (await import('./run.ts')).forget(call),
  });
  declareVerb(runs, context, {
    name: 'prune',
    words: 'remove what is kept of runs that are finished or forgotten; rows without ids are sent again then',
    specs: PRUNE_OPTIONS,
    run: async (call) => (await import('./run.ts')).prune(call),
  });
}

interface RunsVerb<Specs extends readonly OptionSpec[]> {
  name: string;
  words: string;
  specs: Specs;
  /** The verb can be interrupted and has a deadline. */
  waits?: true;
  /** The verb has files besides those that its options name, and guards all of them. */
  hasFiles?: true;
  /** Resolves to the exit code. */
  run: (call: RunsCall<ValuesOf<Specs>>) => Promise<number>;
}

function declareVerb<const Specs extends readonly OptionSpec[]>(
  runs: Command,
  { machine, interruption, settle, version }: ActionContext,
  { name, words, specs, waits, hasFiles, run }: RunsVerb<Specs>,
): void {
  const command = runs.command(name).summary(words).description(`${words}.`);
  declareOptions(command, specs);
  command.action(async (...given: unknown[]) => {
    const names = [given[0]].flat().filter((name) => typeof name === 'string');
    const [id = ''] = names;
    // A resumed run has its own inputs, which are guarded together with the paths of this command.
    const waiting = waits === true ? { interruption, hasInputs: true, version } : {};
    const guarding = hasFiles === true ? { hasInputs: true } : {};
    const reading = { machine, stdinIsInput: false, ...waiting, ...guarding };
    const { values: settings } = await readSettings(command, specs, reading);
    settle(await run({ id, names, settings, machine, interruption, version }));
  });
}
