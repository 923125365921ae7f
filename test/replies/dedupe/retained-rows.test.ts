/** What stays of an output whose days are fetched anew in part, and which days it has. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '../../../src/failure.ts';
import { readRowDays, retainRows, type PriorFile } from '../../../src/replies/dedupe/retained-rows.ts';
import { SeenIds } from '../../../src/replies/dedupe/seen-ids.ts';
import { createRowReader } from '../../../src/replies/readers/readers.ts';
import { piecesOf, readAll } from '../../encoders/encode.ts';

let directory: string;
beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), 'kept-'))));
afterEach(() => rm(directory, { recursive: true }));

const header = 'id,time\n';
const row = (id: string, day: number) => `${id},2026-11-0${day}T12:00:00Z\n`;
const day = (number: number) => ({ from: `2026-11-0${number}`, to: `2026-11-0${number}` });

function priorOf(text: string, more: Partial<PriorFile> = {}): PriorFile {
  return {
    ...{ path: 'events.csv', encoding: 'csv', idColumn: 'id', timeColumn: 'time' },
    columns: [
      { name: 'id', type: 'text' },
      { name: 'time', type: 'timestamp' },
    ],
    open: () => piecesOf(Buffer.from(text), 7),
    ...more,
  };
}

const contextOf = (seen?: SeenIds, signal = new AbortController().signal) => ({
  ...{ createReader: createRowReader, spool: { directory, named: true }, seen, signal },
});

async function textsOf(prior: PriorFile, fetched: number[], seen?: SeenIds): Promise<string[]> {
  const kept = await retainRows(prior, fetched.map(day), contextOf(seen));
  const texts = [];
  for (const partition of kept.partitions) texts.push((await readAll(partition.read(0))).toString());
  await kept.discard();
  expect(await readdir(directory)).toEqual([]);
  return texts;
}

describe('rows that stay', () => {
  const text = header + [row('c', 3), row('a', 1), row('d', 4), row('b', 2)].join('');

  test('are those of other days, before, between and behind those that are fetched', async () => {
    expect(await textsOf(priorOf(text), [2, 4])).toEqual([
      header + row('a', 1),
      header + row('c', 3),
      header,
    ]);
    expect(await textsOf(priorOf(text), [])).toEqual([text]);
  });

  test('include those without a time, with the first', async () => {
    expect(await textsOf(priorOf(`${header}a,\n`), [2])).toEqual([`${header}a,\n`, header]);
  });

  test('claim their ids, once each, and rows that are fetched claim none', async () => {
    const seen = new SeenIds(1e9);
    expect(await textsOf(priorOf(text + row('a', 1)), [2], seen)).toEqual([
      header + row('a', 1),
      header + row('c', 3) + row('d', 4),
    ]);
    const again = await textsOf(priorOf(header + row('a', 5) + row('b', 5)), [], seen);
    expect(again).toEqual([header + row('b', 5)]);
  });

  test('repeat where nobody looks for ids', async () => {
    const twice = header + row('a', 1) + row('a', 1);
    expect(await textsOf(priorOf(twice), [])).toEqual([twice]);
  });

  test('of more ids than fit stay all the same', async () => {
    const seen = new SeenIds(0);
    expect(await textsOf(priorOf(text), [], seen)).toEqual([text]);
  });
});

describe('the days of an output', () => {
  test('are in order, each once', async () => {
    const text = header + [row('c', 3), row('a', 1), row('d', 3)].join('');
    expect(await readRowDays(priorOf(text), contextOf())).toEqual(['2026-11-01', '2026-11-03']);
    expect(await readdir(directory)).toEqual([]);
  });

  test('are none where no row has a time', async () => {
    expect(await readRowDays(priorOf(`${header}a,\n`), contextOf())).toEqual([]);
  });
});

describe('an output that is damaged ends the export, and leaves nothing behind', () => {
  test.each([
    ['is torn', priorOf(`${header}a,2026`)],
    ['has lost its header', priorOf('')],
    ['has lost its times', priorOf('id\na\n')],
    ['has a row without a time between others', priorOf(`${header}a\n${row('b', 2)}`)],
    ['is another table', priorOf('x,y\n1,2\n')],
    ['cannot be read', priorOf('', { open: () => failing() })],
  ])('as it %s', async (_what, prior) => {
    await expect(retainRows(prior, [day(1)], contextOf())).rejects.toMatchObject({ kind: 'local' });
    await expect(readRowDays(prior, contextOf())).rejects.toMatchObject({ kind: 'local' });
    expect(await readdir(directory)).toEqual([]);
  });

  async function* failing(): AsyncGenerator<Uint8Array> {
    yield Buffer.from(header);
    throw new Error('EIO');
  }
});

test('an empty file of NDJSON is no damage: it had no header to lose', async () => {
  expect(await textsOf(priorOf('', { encoding: 'ndjson' }), [])).toEqual(['']);
});

test('reading ends when the export is stopped', async () => {
  const stopped = AbortSignal.abort(new Failure('interrupt', 'stopped'));
  const prior = priorOf(header + row('a', 1));
  await expect(retainRows(prior, [], contextOf(undefined, stopped))).rejects.toMatchObject({
    kind: 'interrupt',
  });
  expect(await readdir(directory)).toEqual([]);
});
