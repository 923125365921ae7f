/** Finds the inputs of a delivery: by arguments, or by the list that `--files-from` names. */
import { resolve } from 'node:path';
import type { ObjectReader } from '../../../../contracts/storage.ts';
import { localFailure, systemCode } from '../../../../disk/errno.ts';
import { readSmallFile } from '../../../../disk/read-small-file.ts';
import { Failure } from '../../../../failure.ts';
import type { Machine } from '../../../../machine.ts';
import { findInputs, type FoundInputs } from '../../../../sources/inputs.ts';
import type { DeliverySettings } from '../../../options/delivery.ts';
import { inOrderOfNames } from './shares.ts';

export interface FindOptions {
  patterns: readonly string[];
  settings: Pick<DeliverySettings, 'allowEmpty' | 'filesFrom'>;
  /** The inputs are divided: they need an order that does not depend on who expanded the patterns. */
  isDivided: boolean;
  /** There may be none: a run that is resumed has its inputs elsewhere. */
  mayBeNone?: boolean;
  objects: ObjectReader | undefined;
  machine: Machine;
  signal: AbortSignal;
}

/** Looks for inputs; may be called again, as files come and go. */
export type FindAll = () => Promise<FoundInputs>;

/** Some million names. */
const maxListBytes = 512 * 1024 * 1024;

/**
 * Reads the list, if there is one, once. Throws a Failure `usage` without any name, for a list beside arguments, and
 * for one that cannot be read.
 */
export async function inputFinder(options: FindOptions): Promise<FindAll> {
  const { patterns, settings, isDivided, mayBeNone = false, objects, machine } = options;
  const { allowEmpty, filesFrom } = settings;
  if (filesFrom === undefined) {
    if (patterns.filter((pattern) => pattern === '-').length > 1)
      throw new Failure('usage', 'standard input (-) can be read only once');
    if (patterns.length === 0 && !mayBeNone)
      throw new Failure(
        'usage',
        'no input: name files, globs, or - for standard input, or a list of them (--files-from)',
      );
    return async () => {
      const { paths, problem } = await findInputs(patterns, machine, { allowEmpty, objects });
      return { paths: isDivided ? inOrderOfNames(paths) : paths, problem };
    };
  }
  if (patterns.length > 0)
    throw new Failure(
      'usage',
      `--files-from: the list says all inputs, and ${patterns[0]} is given beside it`,
    );
  const names = await readList(filesFrom, options);
  if (names.length === 0 && !allowEmpty)
    throw new Failure('usage', `--files-from: ${filesFrom} names no file`, {
      hint: 'pass --allow-empty to accept that',
    });
  return () => findInputs(names, machine, { allowEmpty, objects, literal: true });
}

/** One name a line, or, as `find -print0` writes them, each ended by a NUL. */
async function readList(
  list: string,
  { machine, signal }: Pick<FindOptions, 'machine' | 'signal'>,
): Promise<string[]> {
  const bytes = list === '-' ? await readStdin(machine) : await readFile(list, machine, signal);
  // A byte order mark is left out.
  const text = new TextDecoder().decode(bytes);
  const names = text.includes('\0') ? text.split('\0') : text.split(/\r?\n/);
  const given = names.filter((name) => name !== '');
  if (given.includes('-'))
    throw new Failure('usage', `--files-from: - (standard input) cannot be in a list`, {
      hint: 'a file of that name is ./-',
    });
  return given;
}

async function readFile(list: string, machine: Machine, signal: AbortSignal): Promise<Buffer> {
  try {
    return await readSmallFile(resolve(machine.workingDirectory, list), { maxBytes: maxListBytes, signal });
  } catch (cause) {
    const code = systemCode(cause) ?? '';
    if (!['ENOENT', 'ENOTDIR', 'EISDIR'].includes(code))
      throw localFailure(`read ${list} (--files-from)`, cause);
    throw new Failure('usage', `--files-from: cannot read ${list} (${code})`, { cause });
  }
}

async function readStdin({ stdin }: Machine): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stdin as AsyncIterable<Uint8Array>) parts.push(part);
  return Buffer.concat(parts);
}
