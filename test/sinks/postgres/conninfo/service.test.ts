/** Services: in which files they are looked for, how a file is read, and what they give to a connection. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ConninfoContext } from '../../../../src/sinks/postgres/conninfo/context.ts';
import { resolveConninfo } from '../../../../src/sinks/postgres/conninfo/resolve.ts';
import { readService } from '../../../../src/sinks/postgres/conninfo/service.ts';
import { temporaryDirectory } from '../../../vendors/temporary.ts';
import { conninfoContext } from './context.ts';

/** A home directory and a directory of the system, with these service files, and one with another name at home. */
async function around(texts: { home?: string; system?: string; named?: string }) {
  const homeDirectory = await temporaryDirectory();
  const system = join(homeDirectory, 'system');
  await mkdir(system);
  const files = {
    [join(homeDirectory, '.pg_service.conf')]: texts.home,
    [join(system, 'pg_service.conf')]: texts.system,
    [join(homeDirectory, 'named.conf')]: texts.named,
  };
  for (const [path, text] of Object.entries(files)) if (text !== undefined) await writeFile(path, text);
  const context: ConninfoContext = conninfoContext({ homeDirectory, environment: { PGSYSCONFDIR: system } });
  return { context, named: join(homeDirectory, 'named.conf') };
}

async function read(text: string): Promise<Record<string, string>> {
  const { context } = await around({ home: text });
  return Object.fromEntries(await readService('mine', undefined, context));
}

describe('the text of a service file', () => {
  test.each([
    ['[mine]\nhost=h\nport=1', { host: 'h', port: '1' }],
    ['# host=a\n\n[other]\nhost=b\n[mine]\n# host=c\n\nhost=d\n[last]\nport=2\n', { host: 'd' }],
    ['  [mine]  \r\n  host=h  \r\n', { host: 'h' }],
    ['host=outside\n[mine]\nport=1', { port: '1' }],
    ['[mine]\nhost=first\nhost=second', { host: 'first' }],
    ['[mine]\nhost=a\n[mine]\nhost=b\nport=2', { host: 'a' }],
    ['[mine]\noptions=-c search_path=a', { options: '-c search_path=a' }],
    ['[mine]\nuser=', { user: '' }],
    ['[mine]', {}],
    ['[other]\nnot a pair\n[mine]\nhost=h', { host: 'h' }],
    ['[mine]\nhost=h\n[other]\nnot a pair', { host: 'h' }],
  ])('%j', async (text, expected) => {
    expect(await read(text)).toEqual(expected);
  });

  test.each([
    ['[mine]\nhost', '.pg_service.conf:2'],
    ['\n[mine]\n=h', '.pg_service.conf:3'],
    ['[mine]\nhost=h\nhots=h', '.pg_service.conf:3'],
    ['[mine]\nsslmode=perhaps', '.pg_service.conf:2'],
    ['[mine]\nservice=other', 'service cannot name another'],
    ['[mine]\nservicefile=other', 'service cannot name another'],
    ['[other]\nhost=h', '"mine"'],
    ['[mine', '"mine"'],
    ['', '"mine"'],
  ])('%j is an error', async (text, named) => {
    await expect(read(text)).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining(named) as string,
    });
  });
});

describe('a service is looked for', () => {
  const inFile = (host: string) => `[mine]\nhost=${host}`;
  const elsewhere = '[other]\nhost=wrong';

  test.each([
    ['at home', { home: inFile('home') }, 'home'],
    ['at home first', { home: inFile('home'), system: inFile('system') }, 'home'],
    ['in the system, when there is no file at home', { system: inFile('system') }, 'system'],
    [
      'in the system, when the file at home has others',
      { home: elsewhere, system: inFile('system') },
      'system',
    ],
    ['in the file that is named', { named: inFile('named'), home: inFile('home') }, 'named'],
    [
      'in the system, when the file that is named has others',
      { named: elsewhere, home: inFile('home'), system: inFile('system') },
      'system',
    ],
  ])('%s', async (_, texts: { home?: string; system?: string; named?: string }, host) => {
    const { context, named } = await around(texts);
    const service = await readService('mine', texts.named === undefined ? undefined : named, context);
    expect(Object.fromEntries(service)).toEqual({ host });
  });

  test('in the system, when this user has no home', async () => {
    const { context } = await around({ system: inFile('system') });
    const service = await readService('mine', undefined, { ...context, homeDirectory: undefined });
    expect(service.get('host')).toBe('system');
  });

  test('nowhere else, when the file that is named is not there', async () => {
    const { context, named } = await around({ home: inFile('home'), system: inFile('system') });
    await expect(readService('mine', named, context)).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining(named) as string,
    });
  });

  test('and a file that cannot be read is an error of this machine', async () => {
    const { context } = await around({});
    await expect(readService('mine', '/', context)).rejects.toMatchObject({ kind: 'local' });
  });
});

describe('a connection takes of a service', () => {
  const texts = { home: '[mine]\nhost=home\nport=1\nuser=clerk', named: '[mine]\nhost=named' };

  test.each([
    [
      'all that its string does not say',
      'service=mine port=2',
      {},
      { host: 'home', port: '2', user: 'clerk' },
    ],
    [
      'all that its variables say too',
      'service=mine',
      { PGHOST: 'other', PGPORT: '3' },
      { host: 'home', port: '1' },
    ],
    ['nothing that its string says to be empty', "service=mine host=''", {}, { host: undefined, port: '1' }],
    ['what a variable names', '', { PGSERVICE: 'mine' }, { host: 'home' }],
    ['what its string names, and no variable', 'service=mine', { PGSERVICE: 'other' }, { host: 'home' }],
    ['nothing, where the string names none', "service=''", { PGSERVICE: 'mine' }, { host: undefined }],
    ['what another file has', 'service=mine servicefile=NAMED', {}, { host: 'named', port: undefined }],
    ['what the file of a variable has', 'service=mine', { PGSERVICEFILE: 'NAMED' }, { host: 'named' }],
    [
      'what is at home, where that variable is empty',
      'service=mine',
      { PGSERVICEFILE: '' },
      { host: 'home' },
    ],
  ])('%s', async (_, text, variables, expected) => {
    const { context, named } = await around(texts);
    const fill = (value: string) => value.replace('NAMED', named);
    const environment = Object.fromEntries(
      Object.entries(variables).map(([name, value]) => [name, fill(value)]),
    );
    const values = await resolveConninfo(fill(text), {
      ...context,
      environment: { ...context.environment, ...environment },
    });
    for (const [keyword, value] of Object.entries(expected))
      expect([keyword, values.get(keyword)]).toEqual([keyword, value]);
  });
});
