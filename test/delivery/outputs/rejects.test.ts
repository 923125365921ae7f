import { describe, expect, test } from 'vitest';
import {
  possibleRejectsNames,
  putRejects,
  rejectsPaths,
  type RejectsLocation,
} from '../../../src/delivery/outputs/rejects.ts';
import { processMask } from '../../../src/masking/process-mask.ts';
import type { Reject } from '../../../src/records.ts';
import { memoryFiles, rowSupply } from '../send/sending.ts';

const rows = ['one', 'two', 'three', 'four'];

function rejectOf(given: readonly string[], row: number, more: Partial<Reject> = {}): Reject {
  const from = given.slice(0, row).reduce((sum, text) => sum + text.length + 1, 0);
  const to = from + (given[row] ?? '').length;
  return { input: 0, from, to, line: row + 1, reason: 'bad', message: 'no', source: 'local', ...more };
}

async function put(
  rejects: readonly Reject[],
  {
    location = {},
    inputs = [rows],
  }: { location?: Partial<RejectsLocation>; inputs?: readonly (readonly string[])[] } = {},
) {
  const files = memoryFiles();
  const appends: string[] = [];
  const append = files.append.bind(files);
  files.append = (path, bytes) => {
    if (path === '/bad') appends.push(Buffer.from(bytes).toString());
    return append(path, bytes);
  };
  const supplies = inputs.map((given, input) => rowSupply(given, input));
  const inputPaths = inputs.map((_, input) => `in-${input}`);
  const preamble = async () => new Uint8Array();
  await putRejects(rejects, { path: '/bad', inputPaths, preamble, ...location }, { files, supplies });
  const metas = (path: string) =>
    files
      .text(path)
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { files, appends, metas };
}

describe('rejected rows', () => {
  test('are put down verbatim, in the order of the input, each with a line about it', async () => {
    const { files, metas } = await put([
      rejectOf(rows, 2, { source: 'server', column: 4, message: 'why' }),
      rejectOf(rows, 0),
    ]);
    expect(files.text('/bad')).toBe('one\nthree\n');
    expect(metas('/bad.meta.ndjson')).toEqual([
      {
        ...{ file: 'in-0', line: 1, column: null, reason: 'bad', source: 'local', message: 'no' },
        ...{ offset: 0, bytes: 3 },
      },
      {
        ...{ file: 'in-0', line: 3, column: 4, reason: 'bad', source: 'server', message: 'why' },
        ...{ offset: 4, bytes: 5 },
      },
    ]);
  });

  test('of several inputs come one input after the other', async () => {
    const inputs = [rows, ['uno', 'due']];
    const rejects = [
      rejectOf(inputs[1] ?? [], 1, { input: 1 }),
      rejectOf(rows, 3),
      rejectOf(inputs[1] ?? [], 0, { input: 1 }),
    ];
    const { files, metas } = await put(rejects, { inputs });
    expect(files.text('/bad')).toBe('four\nuno\ndue\n');
    expect(metas('/bad.meta.ndjson').map(({ file, line }) => [file, line])).toEqual([
      ['in-0', 4],
      ['in-1', 1],
      ['in-1', 2],
    ]);
  });

  test('that lie near each other are read at once', async () => {
    expect((await put([0, 1, 2, 3].map((row) => rejectOf(rows, row)))).appends).toEqual([
      '',
      'one\ntwo\nthree\nfour\n',
    ]);
  });

  test('that lie a megabyte apart are read apart', async () => {
    const far = ['x', 'y'.repeat(1024 * 1024 - 4), 'z'];
    const { appends } = await put([rejectOf(far, 0), rejectOf(far, 2)], { inputs: [far] });
    expect(appends).toEqual(['', 'x\nz\n']);
    const further = ['x', 'y'.repeat(1024 * 1024 - 3), 'z'];
    expect((await put([rejectOf(further, 0), rejectOf(further, 2)], { inputs: [further] })).appends).toEqual([
      '',
      'x\n',
      'z\n',
    ]);
  });

  test('of more than a megabyte stream through', async () => {
    const long = ['a', 'y'.repeat(3 * 1024 * 1024), 'z'];
    const { files, appends } = await put([rejectOf(long, 1)], { inputs: [long] });
    expect(files.text('/bad') === `${long[1]}\n`).toBe(true);
    expect(appends.at(-1)).toBe('\n');
  });

  test('of an input that is not there are passed over', async () => {
    const { files } = await put([rejectOf(rows, 0, { input: 7 }), rejectOf(rows, 1)]);
    expect(files.text('/bad')).toBe('two\n');
  });

  test('are described without secrets, and stay as they are', async () => {
    const secret = 'tok-of-rejects-5ecre7';
    processMask.add(secret);
    const given = [`${secret}`];
    const { files } = await put([rejectOf(given, 0, { message: `not ${secret}` })], { inputs: [given] });
    expect(files.text('/bad')).toBe(`${secret}\n`);
    expect(files.text('/bad.meta.ndjson')).not.toContain(secret);
  });

  test('begin with the header of their input, once a file', async () => {
    const preamble = async (input: number) => Buffer.from(`header ${input}\n`);
    const location = { preamble, path: '/dir/' };
    const inputs = [rows, ['uno']];
    const { files } = await put([rejectOf(rows, 0), rejectOf(['uno'], 0, { input: 1 })], {
      inputs,
      location,
    });
    expect(files.text('/dir/in-0')).toBe('header 0\none\n');
    expect(files.text('/dir/in-1')).toBe('header 1\nuno\n');
    const one = await put([rejectOf(rows, 0), rejectOf(['uno'], 0, { input: 1 })], {
      inputs,
      location: { preamble },
    });
    expect(one.files.text('/bad')).toBe('header 0\none\nuno\n');
  });

  test('may have their descriptions elsewhere', async () => {
    const { files, metas } = await put([rejectOf(rows, 0)], { location: { meta: '/meta' } });
    expect(metas('/meta')).toHaveLength(1);
    expect(files.text('/bad.meta.ndjson')).toBe('');
  });
});

describe('the names of files of rejects', () => {
  const inputPaths = ['a/x.ndjson.gz', 'b/x.ndjson', 'y.csv', '-', 'z.gz.csv'];
  const rowsPath = (path: string, input: number) => rejectsPaths({ path, inputPaths }, input).rows;

  test.each([
    ['/bad', 0, '/bad'],
    ['/dir/', 0, '/dir/1-x.ndjson'],
    ['/dir/', 1, '/dir/2-x.ndjson'],
    ['/dir/', 2, '/dir/y.csv'],
    ['/dir/', 3, '/dir/stdin'],
    ['/dir/', 4, '/dir/z.gz.csv'],
    ['/dir/', 9, '/dir/stdin'],
  ])('%s, input %i: %s', (path, input, name) => {
    expect(rowsPath(path, input)).toBe(name);
  });

  test('of their descriptions follow', () => {
    expect(rejectsPaths({ path: '/bad', inputPaths }, 0).meta).toBe('/bad.meta.ndjson');
    expect(rejectsPaths({ path: '/bad', meta: '/m', inputPaths }, 0).meta).toBe('/m');
  });

  test('are all known before, with and without their numbers', () => {
    expect(possibleRejectsNames(inputPaths)).toEqual([
      'x.ndjson',
      'y.csv',
      'stdin',
      'z.gz.csv',
      '1-x.ndjson',
      '2-x.ndjson',
    ]);
    expect(possibleRejectsNames([])).toEqual([]);
  });
});
