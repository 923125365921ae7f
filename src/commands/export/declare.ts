/** `scarf-cli export`: turns the command line into a plain request. */
import type { Command } from 'commander';
import { EXPORT_OPTIONS, type DatasetName } from '../../application/options/export.ts';
import type { DatasetChoice } from '../../application/export/request.ts';
import { PROFILE_OPTION } from '../../settings/profiles/choose.ts';
import type { ActionContext } from '../verb.ts';
import { declareOptions, readSettings } from '../settings.ts';

interface ExportVerb {
  name: DatasetName;
  summary: string;
  argument?: { name: string; description: string };
  choose: (argument: string | undefined) => DatasetChoice;
}

const verbs: readonly ExportVerb[] = [
  {
    name: 'events',
    summary: 'raw events: package downloads and pixel views, each once',
    choose: () => ({ kind: 'events' }),
  },
  {
    name: 'company-events',
    summary: 'raw events of one company, by its domain',
    argument: { name: '<domain>', description: 'the web domain of the company, such as example.com' },
    choose: (domain) => ({ kind: 'company-events', domain: domain ?? '' }),
  },
  {
    name: 'companies',
    summary: 'companies that use your artifacts, one row each, or per day and artifact',
    choose: () => ({ kind: 'companies' }),
  },
  {
    name: 'scores',
    summary: 'the score of each company',
    choose: () => ({ kind: 'scores' }),
  },
  {
    name: 'aggregates',
    summary: 'counts by time bucket and up to two dimensions',
    choose: () => ({ kind: 'aggregates' }),
  },
];

/** Adds `export` and its datasets. */
export function declareExport(program: Command, context: ActionContext): void {
  const parent = program
    .command('export')
    .summary('export events, aggregates, companies and scores from Scarf')
    .description('Take rows out of Scarf: to files, standard output or PostgreSQL.');
  for (const verb of verbs) declareVerb(parent, verb, context);
}

function declareVerb(parent: Command, verb: ExportVerb, context: ActionContext): void {
  const specs = EXPORT_OPTIONS[verb.name];
  const command = parent.command(verb.name).description(verb.summary);
  if (verb.argument) command.argument(verb.argument.name, verb.argument.description);
  declareOptions(command, [...specs, PROFILE_OPTION]);
  command.action(async () => {
    const { machine, interruption, version } = context;
    const reading = { machine, interruption, stdinIsInput: false, profile: 'scarf', version };
    const settings = await readSettings(command, specs, reading);
    const { runExport } = await import('../../application/export/run.ts');
    const request = {
      dataset: verb.choose(command.args[0]),
      settings: settings.values,
      specs,
      secretFiles: settings.secretFiles,
    };
    context.settle(await runExport(request, context));
  });
}
