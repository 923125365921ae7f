/** `scarf-cli schedule`: daily exports that Scarf itself writes to a bucket. */
import type { Command } from 'commander';
import type { OptionSpec } from '../../settings/option-spec.ts';
import { PROFILE_OPTION } from '../../settings/profiles/choose.ts';
import type { ActionContext } from '../verb.ts';
import { declareOptions, readSettings } from '../settings.ts';
import {
  CREATE_OPTIONS,
  DELETE_OPTIONS,
  POLICY_OPTIONS,
  SCHEDULE_OPTIONS,
  VERIFY_OPTIONS,
} from './options.ts';
import type { ScheduleRequest } from './request.ts';

interface ScheduleVerb {
  name: ScheduleRequest['verb'];
  argument?: string;
  description: string;
  options: readonly OptionSpec[];
  examples?: string;
}

const verbs: readonly ScheduleVerb[] = [
  {
    name: 'create',
    description: 'make Scarf write files to a bucket every day',
    options: CREATE_OPTIONS,
    examples: `
Examples:
  $ scarf-cli schedule create --s3-bucket acme-data/scarf --role-arn arn:aws:iam::123456789012:role/scarf
  $ scarf-cli schedule create --gcs-bucket acme-data --service-account scarf@acme.iam.gserviceaccount.com --pixels all`,
  },
  { name: 'list', description: 'list the schedules of the owner', options: SCHEDULE_OPTIONS },
  { name: 'history', description: 'list what the schedules have written', options: SCHEDULE_OPTIONS },
  { name: 'delete', argument: '<id>', description: 'end a schedule', options: DELETE_OPTIONS },
  {
    name: 'policy',
    description: 'print the minimal AWS policy',
    options: POLICY_OPTIONS,
    examples: `
Examples:
  $ scarf-cli schedule policy --s3-bucket acme-data/scarf --role access
  $ scarf-cli schedule policy --s3-bucket acme-data/scarf --role trust --external-id 4711 --format terraform`,
  },
  {
    name: 'verify',
    description: 'read a bucket listing on standard input and report missing days (exit 3)',
    options: VERIFY_OPTIONS,
    examples: `
Examples:
  $ aws s3 ls --recursive s3://acme-data/scarf/ | scarf-cli schedule verify`,
  },
];

/** Adds `schedule` and its verbs. */
export function declareSchedule(program: Command, context: ActionContext): void {
  const parent = program
    .command('schedule')
    .summary('daily exports that Scarf writes to a bucket')
    .description('Daily exports that Scarf itself writes to a bucket of Amazon S3 or Google Cloud Storage.');
  for (const verb of verbs) declareVerb(parent, verb, context);
}

function declareVerb(parent: Command, verb: ScheduleVerb, context: ActionContext): void {
  const { machine, interruption, version } = context;
  const command = parent.command(verb.name).description(verb.description);
  if (verb.argument !== undefined) command.argument(verb.argument);
  if (verb.examples !== undefined) command.addHelpText('after', verb.examples);
  declareOptions(command, [...verb.options, PROFILE_OPTION]);
  command.action(async () => {
    const stdinIsInput = verb.name === 'verify';
    const reading = { machine, interruption, stdinIsInput, profile: 'scarf', version };
    const { values } = await readSettings(command, verb.options, reading);
    const { runSchedule } = await import('./run.ts');
    context.settle(await runSchedule({ verb: verb.name, id: command.args[0], values }, context));
  });
}
