/** `scarf-cli schedule`: daily exports that Scarf writes to a bucket. */
import type { Command } from 'commander';
import type { OptionSpec } from '../../settings/option-spec.ts';
import { valuesOf, type ValuesOf } from '../../settings/values.ts';
import { PROFILE_OPTION } from '../../settings/profiles/choose.ts';
import type { ActionContext } from '../verb.ts';
import { declareOptions, readSettings } from '../settings.ts';
import { CREATE_OPTIONS, DELETE_OPTIONS, POLICY_OPTIONS, LIST_OPTIONS, VERIFY_OPTIONS } from './options.ts';
import type { ScheduleCall } from './call.ts';

export function declareSchedule(program: Command, context: ActionContext): void {
  const parent = program
    .command('schedule')
    .summary('daily exports that Scarf writes to a bucket')
    .description('Daily exports that Scarf itself writes to a bucket of Amazon S3 or Google Cloud Storage.');
  declareVerb(parent, context, {
    name: 'create',
    description: 'make Scarf write files to a bucket every day',
    specs: CREATE_OPTIONS,
    run: async (call) => (await import('./run.ts')).create(call),
  });
  declareVerb(parent, context, {
    name: 'list',
    description: 'list the schedules of the owner',
    specs: LIST_OPTIONS,
    run: async (call) => (await import('./run.ts')).list(call),
  });
  declareVerb(parent, context, {
    name: 'history',
    description: 'list what the schedules have written',
    specs: LIST_OPTIONS,
    run: async (call) => (await import('./run.ts')).history(call),
  });
  declareVerb(parent, context, {
    name: 'delete',
    argument: '<id>',
    description: 'end a schedule',
    specs: DELETE_OPTIONS,
    run: async (call) => (await import('./run.ts')).remove(call),
  });
  declareVerb(parent, context, {
    name: 'policy',
    description: 'print the minimal AWS policy',
    specs: POLICY_OPTIONS,
    run: async (call) => (await import('./policy.ts')).runPolicy(call),
  });
  declareVerb(parent, context, {
    name: 'verify',
    description: 'read a bucket listing on standard input and report missing days (exit 3)',
    specs: VERIFY_OPTIONS,
    stdinIsInput: true,
    run: async (call) => (await import('./verify.ts')).runVerify(call),
  });
}

interface ScheduleVerb<Specs extends readonly OptionSpec[]> {
  name: string;
  argument?: string;
  description: string;
  specs: Specs;
  stdinIsInput?: boolean;
  /** Resolves to the exit code. */
  run: (call: ScheduleCall<ValuesOf<Specs>>) => Promise<number>;
}

function declareVerb<const Specs extends readonly OptionSpec[]>(
  parent: Command,
  { machine, interruption, settle, version }: ActionContext,
  { name, argument, description, specs, stdinIsInput = false, run }: ScheduleVerb<Specs>,
): void {
  const command = parent.command(name).description(description);
  if (argument !== undefined) command.argument(argument);
  declareOptions(command, [...specs, PROFILE_OPTION]);
  command.action(async () => {
    const reading = { machine, interruption, stdinIsInput, profile: 'scarf', version };
    const { values } = await readSettings(command, specs, reading);
    const settings = valuesOf(specs, values);
    const running = run({ id: command.args[0], settings, machine, signal: interruption.signal });
    settle(await interruption.unlessInterrupted(running));
  });
}
