/** `scarf-cli imports`: lists, follows and aborts imports at Scarf. */
import type { Command } from 'commander';
import type { OptionSpec } from '../../settings/option-spec.ts';
import type { ValuesOf } from '../../settings/values.ts';
import { PROFILE_OPTION } from '../../settings/profiles/choose.ts';
import type { ActionContext } from '../verb.ts';
import { declareOptions, readSettings } from '../settings.ts';
import { ABORT_OPTIONS, IMPORTS_OPTIONS, LIST_OPTIONS, WATCH_OPTIONS } from './options.ts';
import type { ImportsCall } from './account-context.ts';

export function declareImports(program: Command, context: ActionContext): void {
  const imports = program
    .command('imports')
    .summary('list, show, watch and abort imports at Scarf')
    .description('List, show, watch and abort imports at Scarf.');
  declareVerb(imports, context, {
    usage: 'list',
    description: 'List imports, newest first.',
    specs: LIST_OPTIONS,
    run: async (call) => (await import('./run.ts')).list(call),
  });
  declareVerb(imports, context, {
    usage: 'show <id>',
    description: 'Show one import.',
    specs: IMPORTS_OPTIONS,
    run: async (call) => (await import('./run.ts')).show(call),
  });
  declareVerb(imports, context, {
    usage: 'log <id>',
    description: 'Print the log of an import: a line an entry.',
    specs: IMPORTS_OPTIONS,
    run: async (call) => (await import('./run.ts')).log(call),
  });
  declareVerb(imports, context, {
    usage: 'wait <ids...>',
    description: 'Wait until imports have ended; exit 3 when rows failed, 7 when one was aborted.',
    specs: IMPORTS_OPTIONS,
    run: async (call) => (await import('./run.ts')).wait(call),
  });
  declareVerb(imports, context, {
    usage: 'watch',
    description:
      'Watch active imports, slots and time left, in place on a terminal, until none is left; q leaves.',
    specs: WATCH_OPTIONS,
    run: async (call) => (await import('./watch.ts')).watch(call),
  });
  declareVerb(imports, context, {
    usage: 'abort [ids...]',
    description: 'Abort imports. What was imported before stays.',
    specs: ABORT_OPTIONS,
    run: async (call) => (await import('./run.ts')).abort(call),
  });
}

interface ImportsVerb<Specs extends readonly OptionSpec[]> {
  usage: string;
  description: string;
  specs: Specs;
  /** Resolves to the exit code. */
  run: (call: ImportsCall<ValuesOf<Specs>>) => Promise<number>;
}

function declareVerb<const Specs extends readonly OptionSpec[]>(
  imports: Command,
  { machine, interruption, settle, version }: ActionContext,
  { usage, description, specs, run }: ImportsVerb<Specs>,
): void {
  const command = imports.command(usage).description(description);
  declareOptions(command, [...specs, PROFILE_OPTION]);
  command.action(async (words: string | string[] | undefined) => {
    const ids = typeof words === 'string' ? [words] : Array.isArray(words) ? words : [];
    const reading = { machine, interruption, stdinIsInput: false, profile: 'scarf', version };
    const { values: settings } = await readSettings(command, specs, reading);
    settle(await run({ ids, settings, machine, interruption }));
  });
}
