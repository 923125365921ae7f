/** Reads secrets from files. */
import type { Readable } from 'node:stream';
import { Failure } from '../failure.ts';
import type { Machine } from '../machine.ts';
import { readPathBounded, readStreamBounded } from './read-bounded.ts';

/** Longer than any token; a larger file was named by mistake. */
const maxSecretBytes = 64 * 1024;
/** A FIFO's writer may be a password manager that has to ask the user first. */
const maxWaitMs = 60_000;

export interface SecretFile {
  /** A path, or `-` for standard input. */
  path: string;
  /** The flag that named it, for messages: `--token-file`. */
  flag: string;
  stdin: Readable;
  /** Standard input is read for rows, so it cannot also supply the secret. */
  stdinIsInput: boolean;
  /** The time limit of the whole command, if there is one. */
  deadlineMs?: number | undefined;
  machine: Pick<Machine, 'elapsedMs' | 'sleep'>;
}

/**
 * The secret in a file, without one trailing newline. Reads at most 64 KiB and for at most a minute. Throws a
 * Failure that names the file and never its content: `usage` when the content is unusable, `local` when it
 * cannot be read.
 */
export async function readSecretFile(file: SecretFile): Promise<string> {
  const { path, flag } = file;
  if (path === '-' && file.stdinIsInput) {
    throw new Failure('usage', `${flag} - cannot be used while standard input is an input`, {
      hint: `give ${flag} a file`,
    });
  }
  const bytes = await readBytes(file);
  const name = path === '-' ? 'standard input' : path;
  if (bytes === undefined) throw new Failure('usage', `${flag}: ${name} has no end`);
  if (bytes.length > maxSecretBytes)
    throw new Failure('usage', `${flag}: ${name} is too long to be a secret`);
  const secret = bytes.toString('utf8').replace(/\r?\n$/, '');
  if (secret === '') throw new Failure('usage', `${flag}: ${name} is empty`);
  if (/\p{Cc}/u.test(secret)) {
    throw new Failure('usage', `${flag}: ${name} contains several lines or control characters`);
  }
  return secret;
}

async function readBytes({
  path,
  flag,
  stdin,
  deadlineMs,
  machine,
}: SecretFile): Promise<Buffer | undefined> {
  const maxMs = Math.min(deadlineMs ?? maxWaitMs, maxWaitMs);
  const bounds = { maxBytes: maxSecretBytes, maxMs, machine };
  try {
    return await (path === '-' ? readStreamBounded(stdin, bounds) : readPathBounded(path, bounds));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new Failure('local', `${flag}: cannot read ${path} (${code})`, { cause });
  }
}
