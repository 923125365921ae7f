/** The record with which the ledger of a run begins. */
import type { RunPart } from '../../../delivery/ledger/records.ts';
import { shardText } from '../../../shards/shard.ts';
import type { RunParts } from '../run-parts.ts';

/** Its command, without secrets, so that it can be resumed. */
export function startOf({ resolved, context: { machine }, target }: RunParts, part: RunPart | undefined) {
  const { command, recipe, paths, settings } = resolved;
  const left = command.specs.filter(({ secret, transient }) => secret === true || transient === true);
  const leftNames = new Set(left.map(({ name }) => name));
  const open = Object.entries(command.settings.values).filter(([name]) => !leftNames.has(name));
  return {
    run: paths.run,
    command: command.command,
    vendor: command.vendor.name,
    endpoint: target.endpoint,
    recipe: recipe.digest,
    recipeParts: recipe.parts,
    // It may be resumed where no engine gives the number of the part.
    settings: { ...Object.fromEntries(open), ...(part === undefined ? {} : { shard: shardText(part) }) },
    workingDirectory: machine.workingDirectory,
    again: settings.again,
    ...(part === undefined ? {} : { part }),
  };
}
