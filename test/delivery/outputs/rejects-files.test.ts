import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { identifyFile, type LeftFiles } from '../../../src/delivery/outputs/owned-files.ts';
import {
  chooseRejectsFiles,
  namesBeside,
  namesIn,
  rejectsKind,
  type ChooseOptions,
  type RejectsKind,
} from '../../../src/delivery/outputs/rejects-files.ts';

let directory: string;
beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), 'rejects-'))));
afterEach(() => rm(directory, { recursive: true }));

const at = (name: string) => join(directory, name);
const lines = rejectsKind(['ndjson'], 'ndjson', Buffer.alloc(0));
const table = rejectsKind(['csv'], 'csv', Buffer.from('a,b\n'));
const otherTable = rejectsKind(['csv'], 'csv', Buffer.from('a,c\n'));

/** Names of the files of these kinds, in their order. */
async function choose(
  kinds: readonly RejectsKind[],
  options: Partial<ChooseOptions> = {},
): Promise<string[]> {
  const given = { name: namesBeside(at('bad.csv')), resumed: undefined, earlier: [], append: false };
  const chosen = await chooseRejectsFiles(kinds, { ...given, ...options });
  return kinds.map(({ id }) => (chosen.get(id) ?? '').replace(`${directory}/`, ''));
}

/** What a run left that wrote this to a file, as rows of a kind. */
async function left(name: string, { text, kind }: { text: string; kind: string }): Promise<LeftFiles> {
  await writeFile(at(name), text);
  return {
    owned: { [at(name)]: await identifyFile(at(name)) },
    files: { [at(name)]: (await stat(at(name))).size },
    rejectsKinds: { [at(name)]: kind },
  };
}

test('a kind is what rows share that go into one file', () => {
  expect(table).toMatchObject({ id: expect.stringMatching(/^[0-9a-f]{16}$/) as string, ending: 'csv' });
  expect(rejectsKind(['csv'], 'txt', Buffer.from('a,b\n')).id).toBe(table.id);
  expect(
    new Set([lines.id, table.id, otherTable.id, rejectsKind(['csv', ';'], 'csv', table.preamble).id]).size,
  ).toBe(4);
});

test('names beside a file and in a directory are numbered from the second on', () => {
  const beside = namesBeside('/out/bad.rows.ndjson');
  expect([beside(1, 'csv'), beside(2, 'csv')]).toEqual(['/out/bad.rows.ndjson', '/out/bad.rows.2.csv']);
  const within = namesIn('/run');
  expect([within(1, 'csv'), within(2, 'csv')]).toEqual(['/run/rejects.csv', '/run/rejects.2.csv']);
});

describe('a file of rejects', () => {
  test('is one a kind, in the order of the inputs', async () => {
    expect(await choose([table])).toEqual(['bad.csv']);
    expect(await choose([table, lines, table, otherTable])).toEqual([
      ...['bad.csv', 'bad.2.ndjson', 'bad.csv', 'bad.3.csv'],
    ]);
    expect(await choose([])).toEqual([]);
  });

  test('is kept by the run that goes on, whatever the order of its inputs', async () => {
    const resumed = await left('bad.csv', { text: 'a,b\n', kind: table.id });
    expect(await choose([lines, table], { resumed })).toEqual(['bad.2.ndjson', 'bad.csv']);
  });

  test("that the run that goes on has for a kind is no other kind's, also where that kind has no input now", async () => {
    const resumed = await left('bad.csv', { text: 'a,b\n', kind: table.id });
    expect(await choose([otherTable], { resumed })).toEqual(['bad.2.csv']);
    const later = await left('bad.3.csv', { text: 'a,c\n', kind: otherTable.id });
    const both = { ...later, rejectsKinds: { ...resumed.rejectsKinds, ...later.rejectsKinds } };
    expect(await choose([otherTable, lines], { resumed: both })).toEqual(['bad.3.csv', 'bad.2.ndjson']);
  });

  test('of an earlier run takes rows of the same kind, and of no other', async () => {
    const earlier = [await left('bad.csv', { text: 'a,b\n1,2\n', kind: table.id })];
    expect(await choose([table], { earlier })).toEqual(['bad.csv']);
    expect(await choose([otherTable], { earlier })).toEqual(['bad.2.csv']);
    expect(await choose([otherTable], { earlier, append: true })).toEqual(['bad.2.csv']);
  });

  test('of an earlier run that somebody wrote to is as any other file', async () => {
    const earlier = [await left('bad.csv', { text: 'a,b\n1,2\n', kind: table.id })];
    await writeFile(at('bad.csv'), 'a,c\n1,2\n3,4\n');
    expect(await choose([otherTable], { earlier, append: true })).toEqual(['bad.csv']);
    expect(await choose([table], { earlier, append: true })).toEqual(['bad.2.csv']);
  });

  test.each([
    ['begins as rows of the kind', 'a,b\n1,2\n', 'bad.csv'],
    ['is empty', '', 'bad.csv'],
    ['has another header', 'a,c\n1,2\n', 'bad.2.csv'],
    ['is shorter than the header', 'a,', 'bad.2.csv'],
  ])('is appended to with --append when it %s', async (_, text, expected) => {
    await writeFile(at('bad.csv'), text);
    expect(await choose([table], { append: true })).toEqual([expected]);
  });

  test('is appended to without a look where rows have no header', async () => {
    await writeFile(at('bad.csv'), 'anything');
    expect(await choose([lines], { append: true })).toEqual(['bad.csv']);
  });

  test('without --append is left to those who decide about files that are there', async () => {
    await writeFile(at('bad.csv'), 'a,c\n');
    expect(await choose([table])).toEqual(['bad.csv']);
  });

  test('that is no file takes all, with --append too', async () => {
    const name = () => '/dev/null';
    expect(await choose([table], { name, append: true })).toEqual(['/dev/null']);
  });
});
