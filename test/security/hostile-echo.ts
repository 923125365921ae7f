/** What a server may make of a secret that it was sent, and whether any of it can be found again. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export const secret = 'tk-9f2c/41+Zq=7788/aXd';

/** The secret in all the forms in which servers echo what they were sent. */
export const echo = [
  secret,
  encodeURIComponent(secret),
  encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase()),
  secret.replaceAll('/', '\\/'),
  Buffer.from(secret).toString('base64'),
  Buffer.from(`u:${secret}`).toString('base64'),
  Buffer.from(`user:${secret}`).toString('base64url'),
  `${secret.slice(0, 11)}…`,
].join(' ; ');

const windowLength = 8;

/** Substrings of eight characters: none of them may appear in output. */
const pieces = [0, 1, 2].flatMap((before) => {
  const encoded = Buffer.from(`${'u'.repeat(before)}${secret}`)
    .toString('base64')
    .slice(before + 1, -4);
  return [...windows(encoded), ...windows(encoded.replaceAll('+', '-').replaceAll('/', '_'))];
});
const reporter = [...windows(secret), ...windows(encodeURIComponent(secret)), ...pieces].map((piece) =>
  piece.toLowerCase(),
);

/** The pieces of the secret that are in a text. */
export function leaksIn(text: string): string[] {
  const lower = text.toLowerCase();
  return reporter.filter((piece) => lower.includes(piece));
}

/** Files below a directory that hold pieces of the secret, by their path. */
export function leakyFiles(directory: string, mayHoldIt: readonly string[] = []): string[] {
  return filesBelow(directory).filter(
    (path) => !mayHoldIt.includes(path) && leaksIn(readFileSync(path, 'latin1')).length > 0,
  );
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory)
    .map((name) => join(directory, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesBelow(path) : [path]));
}

function windows(text: string): string[] {
  return Array.from({ length: text.length - windowLength + 1 }, (_, at) => text.slice(at, at + windowLength));
}
