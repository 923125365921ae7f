/** Secrets on their way in. */
import type { Readable } from 'node:stream';
import { Failure } from '../failure.ts';
import type { Machine } from '../machine.ts';
import { readPathBounded, readStreamBounded } from './read-bounded.ts';

/** No token is longer; a file that is was named by mistake. */
const maxSecretBytes = 64 * 1024;
/** A password manager may have to ask somebody first. */
const longestWaitMs = 60_000;

export interface SecretFile {
  /** A path, or `-` for standard input. */
  path: string;
  /** The flag that named it, for messages: `--token-file`. */
  flag: string;
  stdin: Readable;
  /** Standard input is read for rows, so that it cannot hold the secret. */
  stdinIsInput: boolean;
  /** How long the whole command may take, where that is bounded. */
  deadlineMs?: number | undefined;
  machine: Pick<Machine, 'elapsedMs' | 'sleep'>;
}

/**
 * The secret in a file, less one newline at its end. At most 64 KiB are read, and for a minute at most, however much
 * and for however long more would come. Throws a Failure that names the file and never what is in it: `usage` when
 * there is nothing usable, `local` when it cannot be read.
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
  const maxMs = Math.min(deadlineMs ?? longestWaitMs, longestWaitMs);
  const bounds = { maxBytes: maxSecretBytes, maxMs, machine };
  try {
    return await (path === '-' ? readStreamBounded(stdin, bounds) : readPathBounded(path, bounds));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new Failure('local', `${flag}: cannot read ${path} (${code})`, { cause });
  }
}
