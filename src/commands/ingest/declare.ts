/** `scarf-cli ingest VENDOR`: one command per vendor, generated from its description. */
import type { Command } from 'commander';
import { VENDORS } from '../../vendors/index.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import { PROFILE_OPTION } from '../../settings/profiles/choose.ts';
import { takesStdin } from '../takes-stdin.ts';
import type { ActionContext } from '../verb.ts';
import { ingestOptions } from '../../application/options/delivery.ts';
import { declareOptions, readSettings } from '../settings.ts';

/** Scarf has import jobs, and so a command of its own. */
export const INGEST_VENDORS = VENDORS.filter(({ name }) => name !== 'scarf');

export function declareIngest(program: Command, context: ActionContext): void {
  const ingest = program
    .command('ingest')
    .summary('send events to Sumatra, Moesif or VMware Log Insight')
    .description(
      'Send files of events to Sumatra, Moesif or VMware Log Insight. Every row is accounted for.',
    );
  for (const vendor of INGEST_VENDORS) declareVendor(ingest, vendor, context);
}

function declareVendor(
  ingest: Command,
  vendor: Vendor,
  { machine, interruption, settle, version }: ActionContext,
): void {
  const specs = ingestOptions(vendor);
  const command = ingest
    .command(vendor.name)
    .summary(`send events to ${vendor.title}`)
    .description(`Send files of events to ${vendor.title}.`)
    .argument('[files...]', 'files, globs, or - for standard input; gzip is found by itself')
    .action(async (patterns: string[]) => {
      const settings = await readSettings(command, specs, {
        machine,
        interruption,
        stdinIsInput: takesStdin(patterns, command),
        profile: vendor.name,
        hasInputs: true,
        version,
      });
      const { runDelivery } = await import('../../application/delivery/run.ts');
      settle(
        await runDelivery(
          { command: `ingest ${vendor.name}`, vendor, patterns, specs, settings },
          { machine, interruption, version },
        ),
      );
    });
  declareOptions(command, [...specs, PROFILE_OPTION]);
}
