/** Finds the inputs of a delivery, and guards its paths: a file has one role. */
import type { Input } from '../../../../contracts/input.ts';
import type { ObjectReader } from '../../../../contracts/storage.ts';
import { guardPaths, type PathClaim } from '../../../../disk/output/path-claims.ts';
import type { Interruption } from '../../../../interruption.ts';
import type { Machine } from '../../../../machine.ts';
import { claimsOfInputs, claimsOfOptions } from '../../../claims.ts';
import { waitJitter } from '../../../jitter.ts';
import type { DeliverySettings } from '../../../options/delivery.ts';
import type { DeliveryCommand, RunParts } from '../../run-parts.ts';
import { inputFinder } from './find.ts';
import type { RequestedRejects } from '../rejects-location.ts';
import { claimsOfFurtherRejects, claimsOfRejectsIn } from '../run-paths.ts';

export interface GuardOptions {
  settings: DeliverySettings;
  /** The inputs are divided between processes. */
  isDivided: boolean;
  objects: ObjectReader;
  machine: Machine;
  interruption: Interruption;
  /** Called when no file that the command writes is anything else as well. */
  onGuarded: () => void;
}

/**
 * Finds the inputs, once more after `--jitter`, and resolves to their paths. Throws a Failure `usage` when a file has two
 * roles, and when there is no input.
 */
export async function findGuarded(
  command: DeliveryCommand,
  options: GuardOptions,
): Promise<readonly string[]> {
  const { settings, isDivided, objects, machine, interruption, onGuarded } = options;
  const finding = inputFinder({
    patterns: command.patterns,
    settings,
    isDivided,
    mayBeNone: command.resumes !== undefined,
    objects,
    machine,
    signal: interruption.signal,
  });
  // A list may come by a pipe that stays silent.
  const find = await interruption.unlessInterrupted(finding);
  let found = await find();
  await guardPaths(await claimsOf(command, found.paths, machine), settings);
  onGuarded();
  await machine.trace.pathsAreGuarded();
  if ((settings.jitter ?? 0) > 0 && found.problem === undefined) {
    await waitJitter(settings, { machine, interruption });
    // Files may have come and gone.
    found = await find();
    await guardPaths(await claimsOf(command, found.paths, machine), settings);
  }
  if (found.problem) throw found.problem;
  return found.paths;
}

/** Files of rejects beside the one that was named have one role, too. Throws a Failure `usage`. */
export async function guardRejects(
  asked: RequestedRejects | undefined,
  inputs: readonly Input[],
  { resolved: { command }, context: { machine } }: Pick<RunParts, 'resolved' | 'context'>,
): Promise<void> {
  const more = asked === undefined ? [] : claimsOfFurtherRejects(asked);
  if (more.length === 0) return;
  const paths = inputs.map(({ path }) => path);
  await guardPaths([...(await claimsOf(command, paths, machine)), ...more], { overwrite: true });
}

/** All paths of the run. */
async function claimsOf(
  { specs, settings: { values, secretFiles = [] } }: DeliveryCommand,
  paths: readonly string[],
  machine: Machine,
): Promise<PathClaim[]> {
  return [
    ...(await claimsOfOptions({ specs, values, secretFiles, machine })),
    ...(await claimsOfInputs(paths, machine)),
    ...claimsOfRejectsIn(values.rejects, paths, machine),
  ];
}
