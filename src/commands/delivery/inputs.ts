/** The inputs of a delivery: opened, told apart by content, and locked. */
import { join, resolve } from 'node:path';
import type { Input } from '../../contracts.ts';
import { makeDirectory } from '../../disk/directory.ts';
import { acquireLock, type Lock } from '../../disk/lock.ts';
import { identify, readHead } from '../../delivery/known-input.ts';
import type { GivenInput } from '../../delivery/survey.ts';
import type { Machine } from '../../machine.ts';
import { sameContent } from '../../sources/identity.ts';

/** An input that holds the same bytes as an earlier one of this command. */
export interface Twin {
  input: Input;
  sameAs: Input;
}

/** What is to be delivered, once each, and what is left out because it is among it already. */
export async function tellApart(inputs: readonly Input[]): Promise<{ unique: Input[]; twins: Twin[] }> {
  const same = await sameContent(inputs);
  const unique: Input[] = [];
  const twins: Twin[] = [];
  for (const [index, input] of inputs.entries()) {
    const sameAs = inputs[same.get(index) ?? index];
    if (sameAs === undefined || sameAs === input) unique.push(input);
    else twins.push({ input, sameAs });
  }
  return { unique, twins };
}

/** What the ledger knows inputs by. A pipe is known by nothing: reading its head could wait for ever. */
export async function identifyInputs(
  inputs: readonly Input[],
  { workingDirectory, spoolOf }: { workingDirectory: string; spoolOf: (input: Input) => string },
): Promise<GivenInput[]> {
  const given: GivenInput[] = [];
  for (const input of inputs) {
    const isStream = input.kind === 'stream';
    given.push({
      input,
      absolutePath: isStream ? undefined : resolve(workingDirectory, input.path),
      head: isStream ? new Uint8Array() : await readHead(input),
      ...(isStream ? { spool: spoolOf(input) } : {}),
    });
  }
  return given;
}

/**
 * Takes a lock per recipe and input: by content, so that a copy is kept out, and by path, since a short
 * file that grows changes its beginning. Throws a Failure `locked` when another run holds one.
 */
export async function lockInputs(
  given: readonly GivenInput[],
  { stateDirectory, recipe, machine }: { stateDirectory: string; recipe: string; machine: Machine },
): Promise<Lock[]> {
  const directory = join(stateDirectory, 'locks');
  await makeDirectory(directory);
  const locks: Lock[] = [];
  try {
    for (const { input, absolutePath, head } of given) {
      if (absolutePath === undefined) continue;
      for (const key of new Set([
        identify(head).headDigest,
        identify(Buffer.from(absolutePath)).headDigest,
      ])) {
        const path = join(directory, `${recipe.slice(0, 12)}-${key.slice(0, 24)}.lock`);
        locks.push(await acquireLock({ path, subject: input.path, machine }));
      }
    }
  } catch (error) {
    await releaseLocks(locks);
    throw error;
  }
  return locks;
}

export async function releaseLocks(locks: readonly Lock[]): Promise<void> {
  for (const lock of locks) await lock.release();
}
