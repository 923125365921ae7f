/** Which password a file has for a server, and when the file is not used. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findPassword } from '../../../../src/sinks/postgres/conninfo/password-file.ts';
import { temporaryDirectory } from '../../../vendors/temporary.ts';

describe('a password file', () => {
  const question = { host: 'h', port: 5432, database: 'd', user: 'u' };

  async function ask(text: string, mode = 0o600) {
    const notices: string[] = [];
    const path = join(await temporaryDirectory(), 'pgpass');
    await writeFile(path, text);
    await chmod(path, mode);
    const password = await findPassword(path, question, (code) => notices.push(code));
    return { password, notices };
  }

  test.each([
    ['h:5432:d:u:right', 'right'],
    ['*:*:*:*:right', 'right'],
    ['# h:5432:d:u:wrong\n\nother:*:*:*:wrong\nh:*:d:*:right\n*:*:*:*:wrong', 'right'],
    [String.raw`h:5432:d:u:a\:b\\c`, String.raw`a:b\c`],
    ['h:5432:d:u:a:b', 'a:b'],
    ['h:5432:d:other:wrong', undefined],
    ['h:5432:d:u', undefined],
    ['h:5432:d:u:', ''],
    ['h:5432:d:u:right\r\n', 'right'],
    ['h:5432:d:u:first\nh:5432:d:u:second', 'first'],
    ['other:5432:d:u:wrong', undefined],
    ['h:1:d:u:wrong', undefined],
    ['h:5432:other:u:wrong', undefined],
    ['**:5432:d:u:wrong', undefined],
    [String.raw`\h:5432:d:u:right`, 'right'],
    [String.raw`\*:5432:d:u:wrong`, undefined],
    ['#:5432:d:u:wrong\n*:*:*:*:right', 'right'],
    ['', undefined],
  ])('%j', async (text, password) => {
    expect((await ask(text)).password).toBe(password);
  });

  test.each([
    [String.raw`a\:b`, 'a:b'],
    [String.raw`a\\b`, String.raw`a\b`],
  ])('escapes a host: %s', async (host, plain) => {
    const path = join(await temporaryDirectory(), 'pgpass');
    await writeFile(path, `${host}:5432:d:u:right`, { mode: 0o600 });
    expect(await findPassword(path, { ...question, host: plain }, () => undefined)).toBe('right');
  });

  test.each([0o640, 0o620, 0o610, 0o604, 0o601])('of mode %o is not used', async (mode) => {
    expect((await ask('*:*:*:*:right', mode)).notices).toEqual(['password-file-ignored']);
  });

  test('that is a directory is not used, which is said', async () => {
    const notices: string[] = [];
    const path = join(await temporaryDirectory(), 'pgpass');
    await mkdir(path, { mode: 0o700 });
    expect(await findPassword(path, question, (code) => notices.push(code))).toBeUndefined();
    expect(notices).toEqual(['password-file-ignored']);
  });

  test('that is not there is no word worth', async () => {
    const path = join(await temporaryDirectory(), 'pgpass');
    expect(await findPassword(path, question, () => expect.unreachable())).toBeUndefined();
  });

  test('that others may read is not used, which is said', async () => {
    expect(await ask('*:*:*:*:right', 0o640)).toEqual({
      password: undefined,
      notices: ['password-file-ignored'],
    });
  });
});
