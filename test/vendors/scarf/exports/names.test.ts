import { describe, expect, onTestFinished, test } from 'vitest';
import { loadDispatcher } from '../../../../src/http/dispatcher.ts';
import { createHttpClient } from '../../../../src/http/request.ts';
import { realMachine } from '../../../../src/real-machine.ts';
import { createScarfAccount } from '../../../../src/vendors/scarf/account.ts';
import { listArtifacts } from '../../../../src/vendors/scarf/exports/lists.ts';
import { findPackage, findPixel } from '../../../../src/vendors/scarf/exports/names.ts';
import { virtualClock } from '../../../virtual-clock.ts';
import { startScriptedServer, type Question, type Scripted } from '../../../http/scripted-server.ts';

const calm = new AbortController().signal;

interface Row {
  id: string;
  name: string;
  type: string;
}

const all: Row[] = Array.from({ length: 437 }, (_, index) => ({
  id: `id-${String(index).padStart(3, '0')}`,
  name: `widget-${index}`,
  type: index % 2 === 0 ? 'npm' : 'docker',
}));

/** A way in which the service may page. */
type Paging = (query: URLSearchParams) => { rows: Row[]; links?: unknown };

const pageSize = (query: URLSearchParams, most = Number.POSITIVE_INFINITY) =>
  Math.min(Number(query.get('per_page') ?? 10), most);

function after(query: URLSearchParams, key: 'id' | 'name', most?: number): Row[] {
  const position = all.findIndex((row) => row[key] === query.get('after'));
  return all.slice(position + 1, position + 1 + pageSize(query, most));
}

function byPage(query: URLSearchParams, most?: number): Row[] {
  const size = pageSize(query, most);
  return all.slice((Number(query.get('page') ?? 1) - 1) * size).slice(0, size);
}

const pagings: Record<string, Paging> = {
  'everything at once': () => ({ rows: all }),
  'after an id': (query) => ({ rows: after(query, 'id') }),
  'after an id, at most 100': (query) => ({ rows: after(query, 'id', 100) }),
  'after an id, per_page unheard': (query) => ({ rows: after(query, 'id', 10) }),
  'after a name': (query) => ({ rows: after(query, 'name') }),
  'by page': (query) => ({ rows: byPage(query) }),
  'by page, at most 50': (query) => ({ rows: byPage(query, 50) }),
  'by page, at most 25': (query) => ({ rows: byPage(query, 25) }),
  'by links': (query) => {
    const rows = byPage(query, 100);
    const next = Number(query.get('page') ?? 1) + 1;
    return {
      rows,
      links: rows.length === 100 ? { next: { href: `/v2/packages/acme?page=${next}&per_page=100` } } : {},
    };
  },
};

async function startAccount(answer: (question: Question) => Scripted) {
  const server = await startScriptedServer(answer);
  const clock = virtualClock();
  onTestFinished(clock.run());
  const http = createHttpClient(() => loadDispatcher({ environment: {}, connections: 2 }), {
    ...realMachine(),
    ...clock,
  });
  onTestFinished(async () => {
    await http.close();
    await server.close();
  });
  const account = createScarfAccount(
    { owner: 'acme', token: 'secret', apiUrl: server.url },
    { http, now: () => 0 },
  );
  return { account, questions: server.questions };
}

function paged(paging: Paging): (question: Question) => Scripted {
  return ({ url }) => {
    const { pathname, searchParams } = new URL(url, 'http://sandbox.invalid');
    if (!/^\/v2\/(packages|tracking-pixels)\/acme$/.test(pathname)) return { status: 404 };
    expect(searchParams.has('after') && searchParams.has('page')).toBe(false);
    const { rows, links } = paging(searchParams);
    return { status: 200, body: { results: rows, ...(links === undefined ? {} : { _links: links }) } };
  };
}

describe('the list is whole when the service pages', () => {
  test.each(Object.entries(pagings))('%s', async (_, paging) => {
    const { account, questions } = await startAccount(paged(paging));
    const listed = await listArtifacts(account, 'packages', calm);
    expect(listed).toMatchObject({ kind: 'artifacts', artifacts: all });
    expect(questions.length).toBeLessThan(60);
  });

  test('and an empty one is one question', async () => {
    const { account, questions } = await startAccount(paged(() => ({ rows: [] })));
    expect(await listArtifacts(account, 'packages', calm)).toMatchObject({ artifacts: [] });
    expect(questions).toHaveLength(1);
  });

  test('and a link to another origin is not followed', async () => {
    const { account } = await startAccount(
      paged((query) => ({ rows: after(query, 'id'), links: { next: 'http://127.0.0.1:9/steal' } })),
    );
    expect(await listArtifacts(account, 'packages', calm)).toMatchObject({ artifacts: all });
  });
});

describe('a name', () => {
  test('with its type is asked for directly, its slash encoded', async () => {
    const { account, questions } = await startAccount(({ url }) =>
      url === '/v2/packages/acme/repository-jvm/org.example%2Fwidget'
        ? { status: 200, body: { id: 'the-id', name: 'org.example/widget' } }
        : { status: 404 },
    );
    const found = await findPackage(account, 'repository-jvm/org.example/widget', calm);
    expect(found).toEqual({ kind: 'found', id: 'the-id' });
    expect(questions).toHaveLength(1);
  });

  test('that holds a slash itself is found in the list', async () => {
    const rows = [{ id: 'the-id', name: 'library/ubuntu', type: 'docker' }];
    const { account } = await startAccount(paged(() => ({ rows })));
    expect(await findPackage(account, 'library/ubuntu', calm)).toEqual({ kind: 'found', id: 'the-id' });
  });

  test('of a pixel is found in the list', async () => {
    const { account } = await startAccount(paged((query) => ({ rows: after(query, 'id') })));
    expect(await findPixel(account, 'widget-436', calm)).toEqual({ kind: 'found', id: 'id-436' });
  });

  test('that nothing has is a usage error that names what there is', async () => {
    const { account } = await startAccount(paged(() => ({ rows: all.slice(0, 2) })));
    await expect(findPackage(account, 'gadget', calm)).rejects.toMatchObject({
      kind: 'usage',
      hint: 'there are npm/widget-0, docker/widget-1',
    });
  });

  test('that several have is a usage error that names them', async () => {
    const rows = [
      { id: 'a', name: 'twin', type: 'npm' },
      { id: 'b', name: 'twin', type: 'docker' },
    ];
    const { account } = await startAccount(paged(() => ({ rows })));
    await expect(findPackage(account, 'twin', calm)).rejects.toMatchObject({
      kind: 'usage',
      hint: 'name one by its type or id: npm/twin (a), docker/twin (b)',
    });
  });

  test('is looked up again after server trouble', async () => {
    const { account } = await startAccount(() => ({ status: 503, headers: { 'retry-after': '2' } }));
    expect(await findPackage(account, 'widget', calm)).toMatchObject({ kind: 'retry', waitMs: 2000 });
  });
});
