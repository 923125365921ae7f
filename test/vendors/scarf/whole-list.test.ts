/** Lists are read to their end, however the server pages, and never without end. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { createScarfAccount } from '../../../src/vendors/scarf/account.ts';
import { listImports } from '../../../src/vendors/scarf/paging.ts';
import { readWholeList, type ListSource } from '../../../src/vendors/scarf/whole-list.ts';
import { startScriptedServer, type Scripted } from '../../http/scripted-server.ts';
import { loadDispatcher } from '../../../src/http/dispatcher.ts';
import { createHttpClient } from '../../../src/http/request.ts';
import { type HttpReply } from '../../../src/http/client.ts';
import { calm, directClient } from '../bodies.ts';

async function accountAgainst(answer: (query: URLSearchParams, asked: number) => Scripted) {
  let asked = 0;
  const server = await startScriptedServer(({ url }) =>
    answer(new URL(url, 'http://x').searchParams, asked++),
  );
  // Nobody waits between questions.
  let nowMs = 0;
  const clock = { elapsedMs: () => nowMs, sleep: async (ms: number) => void (nowMs += ms) };
  const http = createHttpClient(() => loadDispatcher({ environment: {}, connections: 4 }), clock);
  onTestFinished(async () => {
    await http.close();
    await server.close();
  });
  const settings = { owner: 'acme', token: 't', apiUrl: server.url };
  return { account: createScarfAccount(settings, { http, now: () => 0 }), asked: () => asked };
}

const source: ListSource = {
  noun: 'things',
  path: ['v2', 'things', 'acme'],
  rowsOf: (body) => (Array.isArray(body) ? (body as unknown[]) : undefined),
  keyOf: (row) => (typeof row === 'string' ? row : undefined),
};

const names = (count: number, first = 0) => Array.from({ length: count }, (_, index) => `t${first + index}`);

async function readAll(answer: Parameters<typeof accountAgainst>[0]) {
  const { account, asked } = await accountAgainst(answer);
  const found: unknown[] = [];
  const take = ({ fresh }: { fresh: readonly unknown[] }) => {
    found.push(...fresh);
    return false;
  };
  const outcome = await readWholeList(account, { source, take }, calm);
  return { outcome, found, asked: asked() };
}

const page = (rows: readonly string[]): Scripted => ({ status: 200, body: rows });

describe('a server that', () => {
  const all = names(31);
  test.each([3, 7, 10, 25, 30, 31, 100])('gives %i rows by number', async (size) => {
    const { found } = await readAll((query) => {
      const from = (Number(query.get('page') ?? 1) - 1) * size;
      return page(all.slice(from, from + size));
    });
    expect(found).toEqual(all);
  });

  test.each([3, 10, 31])('gives %i rows behind a cursor, and refuses numbers', async (size) => {
    const { found } = await readAll((query) => {
      if (query.has('page')) return { status: 400 };
      const from = all.indexOf(query.get('after') ?? '') + 1;
      return page(all.slice(from, from + size));
    });
    expect(found).toEqual(all);
  });

  test('refuses cursors', async () => {
    const { found } = await readAll((query) => {
      if (query.has('after')) return { status: 422 };
      const from = (Number(query.get('page') ?? 1) - 1) * 10;
      return page(all.slice(from, from + 10));
    });
    expect(found).toEqual(all);
  });

  test('gives nothing behind a cursor that it does not know', async () => {
    const { found } = await readAll((query) => {
      if (query.has('after')) return page([]);
      const from = (Number(query.get('page') ?? 1) - 1) * 10;
      return page(all.slice(from, from + 10));
    });
    expect(found).toEqual(all);
  });

  test('has an empty list is asked once', async () => {
    expect(await readAll(() => page([]))).toMatchObject({ found: [], asked: 1 });
  });

  test('repeats its link and brings new rows under it is not followed for ever', async () => {
    const { account, asked } = await accountAgainst((_, count) => ({
      status: 200,
      body: { rows: [`t${Math.min(count, 20)}`], _links: { next: '/v2/things/acme?after=same' } },
    }));
    const linked = { ...source, rowsOf: (body: unknown) => (body as { rows: unknown[] }).rows };
    expect(await readWholeList(account, { source: linked, take: () => false }, calm)).toEqual({
      kind: 'read',
    });
    expect(asked()).toBeLessThan(50);
  });

  test.each([
    ['pages of one row', 1, 10_000],
    ['pages of many rows', 40_000, 26],
  ])('never ends is given up: %s', async (_name, rows, asked) => {
    let count = 0;
    const request = async (): Promise<HttpReply> => ({
      kind: 'reply',
      status: 200,
      headers: {},
      text: JSON.stringify(names(rows, rows * count++)),
    });
    const http = { ...directClient(), request };
    const settings = { owner: 'acme', token: 't', apiUrl: 'http://127.0.0.1:9' };
    const account = createScarfAccount(settings, { http, now: () => 0 });
    const reading = readWholeList(account, { source, take: () => false }, calm);
    await expect(reading).rejects.toMatchObject({ kind: 'unavailable' });
    expect(count).toBe(asked);
  });

  test('fails in the middle is asked again from the beginning', async () => {
    const { outcome } = await readAll((query) => (query.has('after') ? { status: 502 } : page(names(10))));
    expect(outcome).toMatchObject({ kind: 'retry', taken: 'no' });
  });
});

test('the newest imports are found also where the oldest come first', async () => {
  const all = Array.from({ length: 250 }, (_, index) => ({
    id: `i${index}`,
    status: 'done',
    created_at: new Date(Date.UTC(2026, 0, 1) + index * 60_000).toISOString(),
  }));
  const { account } = await accountAgainst((query) => {
    const from = (Number(query.get('page') ?? 1) - 1) * 100;
    return { status: 200, body: { event_imports: all.slice(from, from + 100) } };
  });
  const listed = await listImports(account, { limit: 2 }, calm);
  expect(listed).toMatchObject({ imports: [{ id: 'i249' }, { id: 'i248' }] });
});
