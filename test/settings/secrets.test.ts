import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { realMachine } from '../../src/real-machine.ts';
import { readSecretFile } from '../../src/settings/secrets.ts';

const machine = realMachine();
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'secrets-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

async function readToken(content: string | Uint8Array): Promise<string> {
  const path = join(directory, 'token');
  await writeFile(path, content);
  return readSecretFile({
    path,
    flag: '--token-file',
    stdin: Readable.from([]),
    stdinIsInput: true,
    machine,
  });
}

describe('a secret in a file', () => {
  it.each([
    ['abc', 'abc'],
    ['abc\n', 'abc'],
    ['abc\r\n', 'abc'],
    [' abc ', ' abc '],
  ])('%j is %j', async (content, secret) => {
    expect(await readToken(content)).toBe(secret);
  });

  it.each([
    ['', 'is empty'],
    ['\n', 'is empty'],
    ['first-secret\n\n', 'several lines'],
    ['first-secret\nsecond', 'several lines'],
    ['x'.repeat(70_000), 'too long'],
  ])('%j is refused without being quoted', async (content, words) => {
    const error = await readToken(content).catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({ kind: 'usage' });
    expect(String(error)).toContain(words);
    expect(String(error)).toContain(join(directory, 'token'));
    expect(String(error)).not.toContain('first-secret');
  });

  it('names a file that cannot be read', async () => {
    const path = join(directory, 'missing');
    const reading = readSecretFile({
      path,
      flag: '--token-file',
      stdin: Readable.from([]),
      stdinIsInput: false,
      machine,
    });
    await expect(reading).rejects.toMatchObject({
      kind: 'local',
      message: `--token-file: cannot read ${path} (ENOENT)`,
    });
  });
});

describe('a secret on standard input', () => {
  const onInput = (stdinIsInput: boolean) =>
    readSecretFile({
      path: '-',
      flag: '--token-file',
      stdin: Readable.from(['ab', 'c\n']),
      stdinIsInput,
      machine,
    });

  it('is read to its end', async () => {
    expect(await onInput(false)).toBe('abc');
  });

  it('is refused while standard input holds rows', async () => {
    await expect(onInput(true)).rejects.toMatchObject({ kind: 'usage' });
  });
});
