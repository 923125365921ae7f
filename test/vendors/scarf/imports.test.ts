import { expect, onTestFinished, test } from 'vitest';
import { createScarfAccount, type ScarfAccount } from '../../../src/vendors/scarf/account.ts';
import { abortImport, getImport, readImportLog } from '../../../src/vendors/scarf/imports.ts';
import { listImports } from '../../../src/vendors/scarf/paging.ts';
import { startScriptedServer, type Scripted } from '../../http/scripted-server.ts';
import { calm, directClient } from '../bodies.ts';

async function accountAgainst(...script: Scripted[]) {
  const server = await startScriptedServer(script);
  const http = directClient();
  onTestFinished(async () => {
    await http.close();
    await server.close();
  });
  const settings = { owner: 'acme', token: 't', apiUrl: server.url };
  return { server, account: createScarfAccount(settings, { http, now: () => 0 }) };
}

test('one import', async () => {
  const { account } = await accountAgainst(
    { status: 200, body: { id: 'a', status: 'done', error_log_sample: [{ line: 3 }] } },
    { status: 404 },
    { status: 500 },
  );
  expect(await getImport(account, 'a', calm)).toEqual({
    kind: 'import',
    import: { id: 'a', status: 'done', error_log_sample: [{ line: 3 }] },
  });
  expect(await getImport(account, 'a', calm)).toEqual({ kind: 'missing' });
  expect(await getImport(account, 'a', calm)).toMatchObject({ kind: 'retry' });
});

test('abort: done, no longer there, trouble', async () => {
  const { account, server } = await accountAgainst({ status: 204 }, { status: 404 }, { status: 503 });
  expect(await abortImport(account, 'a b', calm)).toEqual({ kind: 'aborted' });
  expect(await abortImport(account, 'a b', calm)).toEqual({ kind: 'missing' });
  expect(await abortImport(account, 'a b', calm)).toMatchObject({ kind: 'retry' });
  expect(server.questions[0]).toMatchObject({
    method: 'POST',
    url: '/v2/imports/acme/a%20b/abort',
    text: '',
  });
});

test('a log, entry by entry', async () => {
  const body = '{"line":1}\n\n[2]\nnull\n{"line":3}\n{"lin\n{"line":4}';
  const { account } = await accountAgainst({ status: 200, body });
  const entries: unknown[] = [];
  expect(await readImportLog(account, { id: 'a', visit: (entry) => void entries.push(entry) }, calm)).toEqual(
    {
      kind: 'read',
      unreadable: 3,
      endsTorn: false,
      isEmpty: false,
    },
  );
  expect(entries).toEqual([{ line: 1 }, { line: 3 }, { line: 4 }]);
});

test.each([
  ['a log', (account: ScarfAccount) => readImportLog(account, { id: 'a', visit: () => undefined }, calm)],
  ['a list', (account: ScarfAccount) => listImports(account, { limit: 3 }, calm)],
  ['an import', (account: ScarfAccount) => getImport(account, 'a', calm)],
  ['an abort', (account: ScarfAccount) => abortImport(account, 'a', calm)],
])('a web page is no answer to %s', async (_name, ask) => {
  const { account } = await accountAgainst(
    { status: 200, headers: { 'content-type': 'text/html' }, body: 'Please log in' },
    { status: 200, body: '<html><title>Please log in</title></html>' },
    { status: 200, body: '\ufeff\r\n\n <html><title>Please log in</title></html>' },
  );
  expect(await ask(account)).toMatchObject({ kind: 'retry', taken: 'no' });
  expect(await ask(account)).toMatchObject({ kind: 'retry', taken: 'no' });
  expect(await ask(account)).toMatchObject({ kind: 'retry', taken: 'no' });
});

test('another import is no answer to the question about one', async () => {
  const { account } = await accountAgainst({ status: 200, body: { id: 'b', status: 'done' } });
  expect(await getImport(account, 'a', calm)).toMatchObject({ kind: 'retry', taken: 'no' });
});

test('a list with a limit and a status that the server did not hear', async () => {
  const event_imports = ['done', 'importing', 'aborted', 'done', 'done'].map((status, id) => ({
    id: String(id),
    status,
  }));
  const { account, server } = await accountAgainst({ status: 200, body: { event_imports } });
  const listed = await listImports(account, { status: ['done', 'aborted'], limit: 3 }, calm);
  expect(listed).toMatchObject({ imports: [{ id: '0' }, { id: '2' }, { id: '3' }] });
  expect(server.questions.map(({ url }) => url)).toEqual([
    '/v2/imports/acme?status=done&status=aborted&per_page=200',
  ]);
});

test('a list comes newest first, in whatever order the server has it', async () => {
  const created = (id: string, created_at?: string) => ({ id, status: 'done', created_at });
  const event_imports = [
    created('undated'),
    created('old', '2026-06-01T00:00:00.000001Z'),
    created('new', '2026-06-03T00:00:00.000001Z'),
    created('middle', '2026-06-02T00:00:00.000001Z'),
  ];
  const { account } = await accountAgainst({ status: 200, body: { event_imports } });
  const listed = await listImports(account, { limit: 10 }, calm);
  const ids = listed.kind === 'imports' ? listed.imports.map(({ id }) => id) : [];
  expect(ids).toEqual(['new', 'middle', 'old', 'undated']);
});
