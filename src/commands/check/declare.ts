/** `scarf-cli check`: reports how files would be delivered, without sending them. */
import type { Command } from 'commander';
import type { OptionSpec } from '../../settings/option-spec.ts';
import { PROFILE_OPTION } from '../../settings/profiles/choose.ts';
import { findVendor, VENDORS } from '../../vendors/index.ts';
import { scarf } from '../../vendors/scarf/vendor.ts';
import { CHUNK_SIZE_OPTION } from '../../vendors/scarf/options.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import { takesStdin } from '../takes-stdin.ts';
import type { ActionContext } from '../verb.ts';
import { RUN_OPTIONS } from '../../application/options/delivery.ts';
import { rowOptions } from '../../application/options/rows.ts';
import { refuseFlagsOfOthers } from '../flags-of-others.ts';
import { declareOptions, readSettings } from '../settings.ts';
import { withPlaceholders } from '../placeholders.ts';

const CHECK_OPTIONS = [
  {
    name: 'target',
    group: 'input',
    common: true,
    flags: '--target <vendor>',
    description: 'vendor whose rules apply',
    choices: VENDORS.map(({ name }) => name),
    default: 'scarf',
  },
  {
    name: 'show',
    group: 'output',
    common: true,
    flags: '--show <n>',
    description: 'print the first rows as they would be sent',
    kind: 'count',
    default: 0,
    uselessWith: ['infer'],
  },
  {
    name: 'infer',
    group: 'output',
    common: true,
    flags: '--infer',
    description: 'only propose a command: what the first rows are to the vendor, and the options they need',
    kind: 'flag',
    default: false,
  },
] as const satisfies readonly OptionSpec[];

/** The options of an import or ingest for this vendor, except files with secrets. */
function optionsFor(vendor: Vendor) {
  const own: OptionSpec[] = vendor.options.map(({ fileFlags: _fileFlags, ...spec }) => ({
    ...spec,
    common: false,
  }));
  return [
    ...own,
    ...rowOptions(vendor),
    CHUNK_SIZE_OPTION,
    ...RUN_OPTIONS,
  ] as const satisfies readonly OptionSpec[];
}

/**
 * The flags of all vendors, each once. A check needs the options about sending, but does not list them first.
 */
const SPECS: readonly OptionSpec[] = [
  ...new Map(
    [...CHECK_OPTIONS, ...VENDORS.flatMap(optionsFor), PROFILE_OPTION]
      .filter(({ flags }: OptionSpec) => flags !== undefined)
      .map((spec: OptionSpec) => [spec.flags, spec.group === 'delivery' ? { ...spec, common: false } : spec]),
  ).values(),
];

export function declareCheck(program: Command, { machine, interruption, settle }: ActionContext): void {
  const command = program
    .command('check')
    .summary('check files without sending them')
    .description(
      'Read files as an import or ingest would, and say what would be rejected, changed and sent. Exit 3 when rows would be rejected, or when --infer finds no column for a required field.',
    )
    .argument('[files...]', 'files, globs, or - for standard input')
    .action(async (patterns: string[]) => {
      const reading = { machine, stdinIsInput: takesStdin(patterns, command), hasInputs: true };
      const { target, show, infer } = (await readSettings(command, CHECK_OPTIONS, reading)).values;
      const vendor = findVendor(target) ?? scarf;
      const specs = optionsFor(vendor);
      refuseFlagsOfOthers(command, [...CHECK_OPTIONS, ...specs, PROFILE_OPTION], vendor);
      const settings = withPlaceholders(
        vendor,
        await readSettings(command, specs, {
          ...reading,
          interruption,
          profile: vendor.name,
          sendsNothing: true,
        }),
      );
      if (infer) {
        const { proposeCommand } = await import('./propose.ts');
        const proposing = proposeCommand({ vendor, patterns, settings, command }, { machine, interruption });
        settle(await interruption.unlessInterrupted(proposing));
        return;
      }
      const { runDelivery } = await import('../../application/delivery/run.ts');
      settle(
        await runDelivery(
          { command: 'check', vendor, patterns, specs, settings, check: { show } },
          { machine, interruption },
        ),
      );
    });
  declareOptions(command, SPECS);
}
