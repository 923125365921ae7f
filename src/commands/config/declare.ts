/** `scarf-cli config`: settings saved per vendor and profile, which rank below flags and environment. */
import type { Command } from 'commander';
import { LISTING_OPTIONS } from '../../application/options/listing.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';
import { givenFlags } from '../../settings/flags.ts';
import { PROFILE_OPTION } from '../../settings/profiles/choose.ts';
import { VENDORS } from '../../vendors/index.ts';
import { declareOptions } from '../settings.ts';
import type { ActionContext } from '../verb.ts';
import type { ConfigVerb } from './call.ts';

const LIST_OPTIONS = [
  PROFILE_OPTION,
  {
    name: 'showOrigin',
    flags: '--show-origin',
    description: 'list every value that a command would use, and where it comes from',
    kind: 'flag',
    default: false,
  },
  { name: 'json', flags: '--json', description: 'print JSON on one line', kind: 'flag', default: false },
  ...LISTING_OPTIONS,
] as const satisfies readonly OptionSpec[];

interface Verb {
  name: ConfigVerb;
  description: string;
  arguments?: readonly (readonly [name: string, description?: string])[];
  options?: readonly OptionSpec[];
}

const optionArgument = ['<option>', 'an option without its dashes: max-active'] as const;

const verbs: readonly Verb[] = [
  {
    name: 'set',
    description: 'Save a value. Without one it is read from standard input, as a secret must be.',
    arguments: [['<vendor>'], optionArgument, ['[value]']],
    options: [PROFILE_OPTION],
  },
  {
    name: 'get',
    description: 'Print a saved value; of a secret only that it is set. Exit 2 when it is not saved.',
    arguments: [['<vendor>'], optionArgument],
    options: [PROFILE_OPTION],
  },
  {
    name: 'unset',
    description: 'Remove a saved value.',
    arguments: [['<vendor>'], optionArgument],
    options: [PROFILE_OPTION],
  },
  {
    name: 'list',
    description: 'Print what is saved; secrets say only that they are set.',
    arguments: [['[vendor]']],
    options: LIST_OPTIONS,
  },
  {
    name: 'use',
    description: 'Choose the profile that commands use without --profile. Without a name: list the profiles.',
    arguments: [['[name]', 'a profile; "default" is the one without a name']],
  },
  { name: 'path', description: 'Print the name of the file.' },
  {
    name: 'edit',
    description:
      'Open the file in $VISUAL or $EDITOR, and save it when every value can be used. Exit 2 says what is wrong.',
  },
];

export function declareConfig(program: Command, context: ActionContext): void {
  const config = program
    .command('config')
    .summary('save settings for a vendor')
    .description(
      `Save options of a vendor (${VENDORS.map(({ name }) => name).join(', ')}), to stand behind flags and environment. Profiles keep several accounts side by side.`,
    );
  for (const verb of verbs) declareVerb(config, verb, context);
}

function declareVerb(config: Command, verb: Verb, context: ActionContext): void {
  const command = config.command(verb.name).description(verb.description);
  for (const [name, description] of verb.arguments ?? []) command.argument(name, description);
  const specs = verb.options ?? [];
  declareOptions(command, specs);
  command.action(async () => {
    const { runConfig } = await import('./run.ts');
    const call = { words: command.args, flags: givenFlags(command, specs) };
    context.settle(await runConfig(verb.name, call, context));
  });
}
