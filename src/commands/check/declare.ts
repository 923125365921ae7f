/** `scarf-cli check`: what would become of files, without sending them anywhere. */
import type { Command } from 'commander';
import type { OptionSpec } from '../../contracts.ts';
import type { Settings } from '../../settings/resolve.ts';
import { findVendor, VENDORS } from '../../vendors/index.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import type { ActionContext } from '../context.ts';
import { CHUNK_SIZE_OPTION, DELIVERY_OPTIONS, DISPLAY_OPTIONS } from '../delivery/options.ts';
import { ROW_OPTIONS, type RowSettings } from '../delivery/rows.ts';
import { declareOptions, readSettings } from '../settings.ts';

const CHECK_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'target',
    flags: '--target <vendor>',
    description: 'whose rules to check against',
    choices: VENDORS.map(({ name }) => name),
    default: 'scarf',
  },
  {
    name: 'show',
    flags: '--show <n>',
    description: 'print the first rows as they would leave',
    kind: 'count',
    default: 0,
  },
  {
    name: 'infer',
    flags: '--infer',
    description: 'only propose a line of --map and --type',
    kind: 'flag',
    default: false,
  },
];

/** Each option once: vendors share some names. */
const SPECS: readonly OptionSpec[] = uniqueByName([
  ...CHECK_OPTIONS,
  ...VENDORS.flatMap(({ options }) => options),
  ...ROW_OPTIONS,
  CHUNK_SIZE_OPTION,
  ...DELIVERY_OPTIONS,
  ...DISPLAY_OPTIONS,
]);

export function declareCheck(program: Command, { machine, settle }: ActionContext): void {
  const command = program
    .command('check')
    .summary('say what would become of files, without sending them')
    .description(
      'Read files as an import or ingest would, and say what would be rejected, changed and sent. Exit 3 when rows would be rejected.',
    )
    .argument('<files...>', 'files, globs, or - for standard input')
    .addHelpText('after', EXAMPLES)
    .action(async (patterns: string[]) => {
      const settings = await readSettings(command, SPECS, { machine, stdinIsInput: patterns.includes('-') });
      const { target, show, infer } = settings.values as { target: string; show: number; infer: boolean };
      if (infer) {
        const { inferOptions } = await import('./infer.ts');
        await inferOptions(patterns, settings.values as unknown as RowSettings, machine);
        return;
      }
      const vendor = findVendor(target) ?? VENDORS[0];
      if (!vendor) return;
      const specs = [
        ...vendor.options,
        ...ROW_OPTIONS,
        CHUNK_SIZE_OPTION,
        ...DELIVERY_OPTIONS,
        ...DISPLAY_OPTIONS,
      ];
      const { runDelivery } = await import('../delivery/run.ts');
      const standingIn = withStandIns(vendor, settings);
      settle(
        await runDelivery(
          { command: 'check', vendor, patterns, specs, settings: standingIn, check: { show } },
          machine,
        ),
      );
    });
  declareOptions(command, SPECS);
}

/** Who sends and where to do not matter to a check: what is not set gets a stand-in, so that none need be given. */
function withStandIns(vendor: Vendor, settings: Settings): Settings {
  const standIns: Record<string, unknown> = {
    owner: 'owner',
    token: 'none',
    apiUrl: 'https://vendor.invalid',
    agentId: '0',
  };
  const names = vendor.options.map(({ name }) => name).filter((name) => settings.values[name] === undefined);
  const added = Object.fromEntries(
    names.filter((name) => name in standIns).map((name) => [name, standIns[name]]),
  );
  return { ...settings, values: { ...added, ...settings.values } };
}

function uniqueByName(specs: readonly OptionSpec[]): OptionSpec[] {
  const byFlag = new Map<string, OptionSpec>();
  for (const spec of specs) {
    const key = spec.flags ?? spec.fileFlags ?? spec.name;
    if (spec.name === 'apiUrl' || spec.name === 'token') continue;
    if (!byFlag.has(key)) byFlag.set(key, spec);
  }
  return [...byFlag.values()];
}

const EXAMPLES = `
Examples:
  $ scarf-cli check events.ndjson
  $ scarf-cli check signups.csv --map 'when=$time' --show 3
  $ scarf-cli check calls.ndjson --target moesif`;
