import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { deliver, exportDataset, type RunEvent } from '../../src/library/index.ts';
import { openPlace, type Place } from '../machine.ts';

const row = (id: number) => `{"$time":"2026-11-25T00:00:00Z","$pixel":"p","$unique_id":"${id}"}\n`;

/** What a program that uses the place's sandbox passes. */
function optionsOf({ sandbox, directory }: Place) {
  const {
    SCARF_API_TOKEN: token = '',
    SCARF_API_URL: apiUrl = '',
    SCARF_OWNER: owner = '',
  } = sandbox.environment;
  return { token, apiUrl, owner, stateDir: join(directory, 'state') };
}

describe('deliver', () => {
  test('delivers files, says each step, and resumes', async () => {
    const place = await openPlace();
    await place.write('ev.ndjson', `${[1, 2, 3].map(row).join('')}no row\n`);
    const events: RunEvent[] = [];
    const call = {
      vendor: 'scarf' as const,
      inputs: ['ev.ndjson'],
      options: { ...optionsOf(place), retries: 2 },
      workingDirectory: place.directory,
      onEvent: (event: RunEvent) => void events.push(event),
    };
    const first = await deliver(call);
    expect(first).toMatchObject({ exitCode: 3, outcome: 'rejected' });
    expect(first.report).toMatchObject({ counts: { read: 4, accepted: 3, rejected: 1 } });
    expect(events.map(({ type }) => type)).toEqual(expect.arrayContaining(['run-started', 'chunk-settled']));
    await place.write('ev.ndjson', `${[1, 2, 3].map(row).join('')}no row\n${row(4)}`);
    const second = await deliver(call);
    expect(second.report).toMatchObject({ thisRun: { read: 1, accepted: 1 } });
    expect(place.sandbox.vendors.scarf.events()).toHaveLength(4);
  });

  test('ends when its signal is aborted, and accounts for the rows', async () => {
    const place = await openPlace({ scarf: { jobMs: 3_600_000 } });
    await place.write('ev.ndjson', row(1));
    const abort = new AbortController();
    const { exitCode, report } = await deliver({
      vendor: 'scarf',
      inputs: ['ev.ndjson'],
      options: optionsOf(place),
      workingDirectory: place.directory,
      signal: abort.signal,
      onEvent: ({ type }) => type === 'chunk-taken' && abort.abort(),
    });
    expect(exitCode).toBe(130);
    expect(report).toMatchObject({ counts: { read: 1, pending: 1 } });
  });

  test('takes what is undefined for not given, and does not care how a listener fails', async () => {
    const place = await openPlace();
    await place.write('ev.ndjson', row(1));
    const nowhere: string | undefined = place.sandbox.environment['NO_SUCH_VARIABLE'];
    const { exitCode } = await deliver({
      vendor: 'scarf',
      inputs: [join(place.directory, 'ev.ndjson')],
      options: { ...optionsOf(place), salt: nowhere },
      workingDirectory: nowhere,
      signal: undefined,
      // A rejection that nobody handled would end the process, and here the test.
      onEvent: async ({ type }) => {
        await Promise.resolve();
        throw new Error(type);
      },
    });
    expect(exitCode).toBe(0);
    expect(place.sandbox.vendors.scarf.events()).toHaveLength(1);
  });

  test.each(['ev.ndjson', undefined, [3], ['-']])('refuses %j as inputs', async (inputs) => {
    const call = deliver({ vendor: 'scarf', inputs: inputs as string[] });
    await expect(call).rejects.toMatchObject({ kind: 'usage' });
  });

  test('delivers several tables at once, each by its own rules', async () => {
    const place = await openPlace();
    const call = async (name: string, separator: string, columns: readonly string[]) => {
      const rows = Array.from({ length: 2_000 }, (_, index) =>
        columns.map((column) => (column === '$time' ? '2026-11-25T00:00:00Z' : `${name}${column}${index}`)),
      );
      await place.write(name, [columns, ...rows].map((cells) => `${cells.join(separator)}\n`).join(''));
      const options = { ...optionsOf(place), fillId: 'content' };
      return deliver({ vendor: 'scarf', inputs: [name], options, workingDirectory: place.directory });
    };
    const results = await Promise.all([
      call('a.csv', ',', ['$time', '$pixel', 'x']),
      call('b.csv', ';', ['y', '$pixel', 'x', '$time']),
      call('c.csv', '\t', ['$pixel', 'z', '$time']),
    ]);
    expect(results.map(({ exitCode, report }) => [exitCode, report['errors']])).toEqual(
      results.map(() => [0, []]),
    );
    const events = place.sandbox.vendors.scarf.events();
    expect(new Set(events.map(({ id }) => id)).size).toBe(6_000);
  });

  test.each([
    [{ owners: 'x' }, 'there is no option "owners"'],
    [{ retries: 'many' }, 'option "retries"'],
    [{ json: true }, 'option "json" is not for programs'],
    [{ tokenCommand: 'pass show scarf' }, 'option "tokenCommand" is not for programs'],
  ])('refuses %j', async (options, message) => {
    const call = deliver({ vendor: 'scarf', inputs: ['ev.ndjson'], options });
    await expect(call).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining(message) as unknown,
    });
  });

  test('reads nothing of the environment', async () => {
    const place = await openPlace();
    await place.write('ev.ndjson', row(1));
    const { token: _token, ...options } = optionsOf(place);
    const { exitCode } = await deliver({
      vendor: 'scarf',
      inputs: [join(place.directory, 'ev.ndjson')],
      options,
    });
    expect(exitCode).toBe(4);
  });
});

test('exportDataset writes a file and gives the report', async () => {
  const place = await openPlace();
  const { stateDir: _state, ...account } = optionsOf(place);
  const { exitCode, report } = await exportDataset({
    dataset: 'scores',
    output: 'scores.csv',
    options: account,
    workingDirectory: place.directory,
  });
  expect(exitCode).toBe(0);
  const lines = (await readFile(join(place.directory, 'scores.csv'), 'utf8')).trimEnd().split('\n');
  expect(report).toMatchObject({ counts: { written: lines.length - 1 } });
});

test('is what the package exports, and importing it prints and starts nothing', async () => {
  const program = "import * as library from 'scarf-cli'; console.log(Object.keys(library).sort().join())";
  const ran = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
  expect(ran).toEqual({ stdout: 'deliver,exportDataset\n', stderr: '' });
});

test('docs/library.md names every function, type and field of the package', async () => {
  const [index, types, page] = await Promise.all(
    ['src/library/index.ts', 'src/library/types.ts', 'docs/library.md'].map((path) => readFile(path, 'utf8')),
  );
  const exported = [...(index ?? '').matchAll(/^export function (\w+)|^export type \{(.*)\}/gm)];
  const names = exported.flatMap(([, name, list = '']) => [name, ...list.split(',')].filter(Boolean));
  const fields = [...(types ?? '').matchAll(/^ {2}(?:readonly )?(\w+)\??:/gm)].map(([, name]) => name);
  const wanted = [...names, ...fields].map((name) => `${name}`.trim()).filter((name) => name !== 'type');
  expect(wanted.length).toBeGreaterThan(15);
  expect(wanted.filter((name) => !page?.includes(`\`${name}\``))).toEqual([]);
});

test('the examples of docs/library.md run', async () => {
  const place = await openPlace();
  await mkdir(join(place.directory, 'logs'));
  await place.write('logs/one.ndjson.gz', gzipSync(row(1)));
  const page = await readFile('docs/library.md', 'utf8');
  const examples = [...page.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code = '']) => code);
  expect(examples).toHaveLength(2);
  const here = `owner: process.env.SCARF_OWNER, apiUrl: process.env.SCARF_API_URL,`;
  for (const example of examples) {
    const settings = `workingDirectory: ${JSON.stringify(place.directory)},\n  options: {`;
    const code = example.replace("owner: 'acme',", here).replace('options: {', settings);
    const env = { PATH: process.env['PATH'], HOME: place.directory, ...place.sandbox.environment };
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', code],
      { env },
    );
    expect({ stderr, says: stdout.length > 0 }).toEqual({ stderr: '', says: true });
  }
});
