/** Secrets on their way in. */
import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { Failure } from '../failure.ts';

/** No token is longer; a file that is was named by mistake. */
const maxSecretBytes = 64 * 1024;

export interface SecretFile {
  /** A path, or `-` for standard input. */
  path: string;
  /** The flag that named it, for messages: `--token-file`. */
  flag: string;
  stdin: Readable;
  /** Standard input is read for rows, so that it cannot hold the secret. */
  stdinIsInput: boolean;
}

/**
 * The secret in a file, less one newline at its end. Throws a Failure that names the file and never
 * what is in it: `usage` when there is nothing usable, `local` when it cannot be read.
 */
export async function readSecretFile(file: SecretFile): Promise<string> {
  const { path, flag } = file;
  if (path === '-' && file.stdinIsInput) {
    throw new Failure('usage', `${flag} - cannot be used while standard input is an input`, {
      hint: `give ${flag} a file`,
    });
  }
  const bytes = path === '-' ? await readAll(file.stdin) : await readWhole(path, flag);
  const name = path === '-' ? 'standard input' : path;
  if (bytes.length > maxSecretBytes)
    throw new Failure('usage', `${flag}: ${name} is too long to be a secret`);
  const secret = bytes.toString('utf8').replace(/\r?\n$/, '');
  if (secret === '') throw new Failure('usage', `${flag}: ${name} is empty`);
  if (/[\0-\x1f\x7f]/.test(secret)) {
    throw new Failure('usage', `${flag}: ${name} holds more than one line, or control characters`);
  }
  return secret;
}

async function readWhole(path: string, flag: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new Failure('local', `${flag}: cannot read ${path} (${code})`, { cause });
  }
}

async function readAll(stream: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of stream) {
    const bytes = Buffer.from(part as Uint8Array | string);
    parts.push(bytes);
    length += bytes.length;
    if (length > maxSecretBytes) break;
  }
  return Buffer.concat(parts);
}
