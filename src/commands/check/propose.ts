/** Runs `check --infer`, from the command line to its output. */
import type { Command } from 'commander';
import { EXIT } from '../../failure.ts';
import type { Interruption } from '../../interruption.ts';
import type { Machine } from '../../machine.ts';
import { IMPORT_OPTIONS, ingestOptions } from '../../application/options/delivery.ts';
import { inferOptions, type InferRequest } from './infer.ts';
import { isReady, printProposals, writeProposals, type Printing } from './proposal.ts';
import { typedOptions } from './ready-command.ts';

/**
 * Prints a command that sends the inputs, and which names supply the vendor's fields. Resolves to the exit code:
 * `rejected` when a required field is not found, since the command would deliver no row of that input.
 */
export async function proposeCommand(
  { command, ...request }: InferRequest & { command: Command },
  { machine, interruption: { signal } }: { machine: Machine; interruption: Pick<Interruption, 'signal'> },
): Promise<number> {
  const { vendor, patterns, settings } = request;
  const inferred = await inferOptions(request, { machine, signal });
  const isScarf = vendor.name === 'scarf';
  const specs = isScarf ? IMPORT_OPTIONS : ingestOptions(vendor);
  const argv = machine.argv.slice(machine.argv.indexOf('check') + 1);
  const printing: Printing = {
    verb: isScarf ? ['import'] : ['ingest', vendor.name],
    vendor: vendor.name,
    patterns,
    typed: typedOptions({ argv, command, specs }),
  };
  const exit = inferred.every(({ proposal }) => isReady(proposal)) ? EXIT.ok : EXIT.rejected;
  if (settings.values.json) writeProposals(inferred, { ...printing, exit }, machine);
  else printProposals(inferred, printing, machine);
  return exit;
}
