import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ndjson, openSandbox, scarfEvents, scarfHeaders, type Opened } from './open.ts';

interface EventImport {
  id: string;
  status: string;
  events_total: number;
  events_successfully_imported: number;
  events_failed_to_import: number;
  created_at: string;
}

async function post(sandbox: Opened, body: string | Buffer, headers: Record<string, string> = {}) {
  return fetch(`${sandbox.url}/v2/sandbox/import`, {
    method: 'POST',
    headers: { ...scarfHeaders, ...headers },
    body,
  });
}

async function get(sandbox: Opened, path: string): Promise<Response> {
  return fetch(sandbox.url + path, { headers: scarfHeaders });
}

async function show(sandbox: Opened, id: string): Promise<EventImport> {
  return (await (await get(sandbox, `/v2/imports/sandbox/${id}`)).json()) as EventImport;
}

async function accepted(reply: Response): Promise<EventImport> {
  expect(reply.status).toBe(200);
  return (await reply.json()) as EventImport;
}

describe('an import', () => {
  it('is importing until its time has come, then done, and only then holds its events', async () => {
    const sandbox = await openSandbox({ scarf: { keepEvents: true } });
    const started = await accepted(await post(sandbox, ndjson(scarfEvents(3))));
    expect(started.status).toBe('importing');
    expect(sandbox.vendors.scarf.events()).toHaveLength(0);
    sandbox.advance(60);
    expect(await show(sandbox, started.id)).toMatchObject({
      status: 'done',
      events_total: 3,
      events_successfully_imported: 3,
      events_failed_to_import: 0,
      created_at: expect.stringMatching(/\.\d{6}Z$/) as string,
    });
    expect(sandbox.vendors.scarf.events().map(({ id }) => id)).toEqual(['event-0', 'event-1', 'event-2']);
  });

  it('is unpacked when the header says gzip, several members too, and refused when damaged', async () => {
    const sandbox = await openSandbox({ scarf: { jobMs: 0, keepEvents: 'ids' } });
    const gzip = { 'content-encoding': 'gzip' };
    const members = [gzipSync(ndjson(scarfEvents(2, 'a'))), gzipSync(ndjson(scarfEvents(2, 'b')))];
    const job = await accepted(await post(sandbox, Buffer.concat(members), gzip));
    expect(job).toMatchObject({ status: 'done', events_total: 4 });
    const damaged = gzipSync(ndjson(scarfEvents(500)));
    const refused = await post(sandbox, damaged.subarray(0, damaged.length - 20), gzip);
    expect([refused.status, await refused.text()]).toEqual([400, '']);
    expect((await post(sandbox, ndjson(scarfEvents(1)), gzip)).status).toBe(400);
    expect(sandbox.vendors.scarf.counts().stored).toBe(4);
  });

  it('names bad rows by line and counts a blank line into the total only', async () => {
    const artifacts = [{ kind: 'package' as const, id: '970493a1-4ca0-4a4d-a085-fdce578e5a08' }];
    const sandbox = await openSandbox({ scarf: { jobMs: 0, artifacts, keepEvents: true } });
    const good = JSON.stringify(scarfEvents(1)[0]);
    const lines = [
      good,
      '',
      'not json',
      '[1]',
      '{"$package":"x"}',
      '{"$package":"x","$time":"2026-01-01T00:00:00Z"}',
      '{"$tracking_pixel":"p","$time":1767225600}',
      '{"$time":"2026-01-01T00:00:00Z"}',
      `${good}${good}`,
    ];
    const body = Buffer.concat([
      Buffer.from(`${lines.join('\r\n')}\n"`),
      Buffer.from([0xff]),
      Buffer.from('"'),
    ]);
    const job = await accepted(await post(sandbox, body));
    expect(job).toMatchObject({
      events_total: 10,
      events_successfully_imported: 1,
      events_failed_to_import: 8,
    });
    const log = (await (await get(sandbox, `/v2/imports/sandbox/${job.id}/log`)).text()).trim().split('\n');
    const entries = log.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(entries.map(({ line, type }) => [line, type])).toEqual([
      [3, 'failed-to-decode'],
      [4, 'failed-to-decode'],
      [5, 'failed-to-decode'],
      [6, 'artifact-not-found'],
      [7, 'artifact-not-found'],
      [8, 'artifact-not-found'],
      [9, 'failed-to-decode'],
      [10, 'failed-to-decode'],
      [undefined, 'progress'],
    ]);
    expect(entries[0]).toMatchObject({ class: 'error', human_friendly_message: 'Not a valid JSON object' });
    expect(entries[3]).toMatchObject({ package_id: 'x' });
    expect(entries[4]).toMatchObject({ tracking_pixel_id: 'p' });
    expect(sandbox.vendors.scarf.events().map(({ text }) => text)).toEqual([good]);
  });

  it('needs no artifact in its rows at an artifact of its own, which must be known', async () => {
    const artifacts = [{ kind: 'pixel' as const, id: 'known' }];
    const sandbox = await openSandbox({ scarf: { jobMs: 0, artifacts } });
    const send = (path: string): Promise<Response> =>
      fetch(sandbox.url + path, {
        method: 'POST',
        headers: scarfHeaders,
        body: '{"$time":"2026-01-01T00:00:00Z"}',
      });
    const job = await accepted(await send('/v2/tracking-pixels/sandbox/known/import'));
    expect(job.events_successfully_imported).toBe(1);
    expect((await send('/v2/tracking-pixels/sandbox/other/import')).status).toBe(404);
    expect((await send('/v2/packages/sandbox/known/import')).status).toBe(404);
  });

  it.each([
    ['accept', 200, 1, 0],
    ['reject-line', 200, 0, 1],
    ['reject-request', 422, 0, 0],
  ] as const)(
    'with events over seven days old and the switch at %s',
    async (oldEvents, status, stored, failed) => {
      const sandbox = await openSandbox({ scarf: { jobMs: 0, oldEvents } });
      const reply = await post(sandbox, '{"$package":"p","$time":"2026-11-01T00:00:00Z"}\n');
      expect(reply.status).toBe(status);
      const [job] = sandbox.vendors.scarf.imports();
      expect([sandbox.vendors.scarf.counts().stored, job?.failed ?? 0]).toEqual([stored, failed]);
    },
  );

  it('ends early on abort with 204, also when it has ended', async () => {
    const sandbox = await openSandbox({ scarf: { keepEvents: 'ids', jobMs: 100 } });
    const job = await accepted(await post(sandbox, ndjson(scarfEvents(10))));
    sandbox.advance(51);
    const abort = (): Promise<Response> =>
      fetch(`${sandbox.url}/v2/imports/sandbox/${job.id}/abort`, { method: 'POST', headers: scarfHeaders });
    expect((await abort()).status).toBe(204);
    expect((await abort()).status).toBe(204);
    expect((await show(sandbox, job.id)).status).toBe('aborted');
    expect(sandbox.vendors.scarf.events()).toHaveLength(5);
  });
});

describe('the limit of active imports', () => {
  it('is answered before the body is read, counts the imports of others, and gives way as they end', async () => {
    const sandbox = await openSandbox({ scarf: { foreignActive: 13 } });
    await accepted(await post(sandbox, ndjson(scarfEvents(1))));
    await accepted(await post(sandbox, ndjson(scarfEvents(1))));
    const refused = await post(sandbox, 'x'.repeat(10_000_000));
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain('too many active imports');
    expect(sandbox.traffic.list().at(-1)).toMatchObject({ status: 422, wireBytes: 0 });
    sandbox.advance(60);
    await accepted(await post(sandbox, ndjson(scarfEvents(1))));
    expect(sandbox.vendors.scarf.counts()).toMatchObject({ maxActiveImports: 15, refusedForActive: 1 });
  });

  it('is moved by the admin endpoint', async () => {
    const sandbox = await openSandbox({ scarf: { maxActive: 2 } });
    const change = (body: unknown): Promise<Response> =>
      fetch(`${sandbox.url}/_sandbox/jobs`, { method: 'POST', body: JSON.stringify(body) });
    expect((await change({ start: 2 })).status).toBe(204);
    expect((await post(sandbox, '')).status).toBe(422);
    expect((await change({ finish: 'all' })).status).toBe(204);
    expect((await post(sandbox, '')).status).toBe(200);
  });
});

describe('the list of imports', () => {
  it('stops at ten rows without a word, newest first, and pages by cursor or number', async () => {
    const sandbox = await openSandbox({ scarf: { jobMs: 0 } });
    const ids: string[] = [];
    for (let count = 0; count < 13; count += 1) ids.unshift((await accepted(await post(sandbox, ''))).id);
    const list = async (query: string): Promise<string[]> => {
      const body = (await (await get(sandbox, `/v2/imports/SandBox${query}`)).json()) as Record<
        string,
        EventImport[]
      >;
      expect(Object.keys(body)).toEqual(['event_imports']);
      return (body['event_imports'] ?? []).map(({ id }) => id);
    };
    expect(await list('')).toEqual(ids.slice(0, 10));
    expect(await list(`?after=${ids[9]}`)).toEqual(ids.slice(10));
    expect(await list('?page=2')).toEqual(ids.slice(10));
    expect(await list('?per_page=200&status=done&status=aborted')).toEqual(ids);
    expect(await list('?status=importing')).toEqual([]);
  });

  it('refuses as its framework does', async () => {
    const sandbox = await openSandbox();
    const answer = async (path: string): Promise<[number, string]> => {
      const reply = await get(sandbox, path);
      return [reply.status, await reply.text()];
    };
    expect(await answer('/v2/imports/sandbox/not-a-uuid')).toEqual([400, '']);
    expect(await answer('/v2/imports/sandbox/00000000-0000-4000-8000-000000000000')).toEqual([404, '']);
    expect(await answer('/v2/imports/sandbox?status=queued')).toEqual([400, '']);
    expect(await answer('/v2/imports/sandbox?after=x')).toEqual([
      400,
      'Unable to recognize query parameter: after',
    ]);
    expect(await answer('/v2/imports/sandbox?per_page=x')).toEqual([
      400,
      'Unable to recognize query parameter: per_page',
    ]);
    expect(await answer('/v2/imports/stranger')).toEqual([404, '']);
    const head = await fetch(`${sandbox.url}/v2/imports/sandbox`, { method: 'HEAD', headers: scarfHeaders });
    expect(head.status).toBe(405);
    expect((await fetch(`${sandbox.url}/v2/imports/sandbox`)).status).toBe(401);
  });

  it('lets a member read but not import', async () => {
    const sandbox = await openSandbox({ scarf: { role: 'member' } });
    expect((await get(sandbox, '/v2/imports/sandbox')).status).toBe(200);
    expect((await post(sandbox, '')).status).toBe(403);
  });
});

describe('de-duplication', () => {
  const rows = (mark: string): string =>
    ndjson([{ $package: 'p', $time: '2026-01-01T00:00:00Z', $unique_id: 'one', mark }]);

  it.each([
    ['first', 'early'],
    ['last', 'late'],
  ] as const)(
    'keeps the %s event of an id and tells same bytes from different ones',
    async (dedupe, kept) => {
      const sandbox = await openSandbox({ scarf: { jobMs: 0, dedupe, keepEvents: true } });
      for (const mark of ['early', 'early', 'late']) await accepted(await post(sandbox, rows(mark)));
      expect(sandbox.vendors.scarf.counts()).toMatchObject({
        received: 3,
        stored: 1,
        duplicates: 2,
        conflicting: 1,
      });
      expect(
        sandbox.vendors.scarf.events().map(({ text }) => (JSON.parse(text ?? '') as { mark: string }).mark),
      ).toEqual([kept]);
    },
  );

  it('counts the same when nothing is kept', async () => {
    const sandbox = await openSandbox({ scarf: { jobMs: 0 } });
    await accepted(await post(sandbox, ndjson(scarfEvents(5000))));
    await accepted(await post(sandbox, ndjson(scarfEvents(6000))));
    await accepted(await post(sandbox, ndjson([{ ...scarfEvents(1)[0], changed: true }])));
    expect(sandbox.vendors.scarf.counts()).toMatchObject({
      received: 11_001,
      stored: 6000,
      uniqueIds: 6000,
      duplicates: 5001,
      conflicting: 1,
      untracked: 0,
    });
  });

  it('says how many ids it could not remember when its memory is full', async () => {
    const sandbox = await openSandbox({ scarf: { jobMs: 0, maxTrackedIds: 100 } });
    await accepted(await post(sandbox, ndjson(scarfEvents(250))));
    expect(sandbox.vendors.scarf.counts()).toMatchObject({ received: 250, uniqueIds: 100, untracked: 150 });
  });
});

describe('odd ends', () => {
  const start = async (sandbox: Opened): Promise<string> =>
    (await accepted(await post(sandbox, ndjson(scarfEvents(4))))).id;
  const status = async (sandbox: Opened, id: string): Promise<string | number> => {
    const reply = await get(sandbox, `/v2/imports/sandbox/${id}`);
    return reply.status === 200 ? ((await reply.json()) as EventImport).status : reply.status;
  };

  it('abort, vanish, never come, come late or pass through the unknown', async () => {
    const kinds = ['aborts', 'vanishes', 'never-ends', 'appears-late', 'unknown-status'] as const;
    const outcomes = kinds.map((kind) => ({ kind, times: 1 }));
    const sandbox = await openSandbox({ scarf: { outcomes } });
    const ids: string[] = [];
    for (const _ of kinds) ids.push(await start(sandbox));
    const statuses = async (): Promise<(string | number)[]> => {
      const found: (string | number)[] = [];
      for (const id of ids) found.push(await status(sandbox, id));
      return found;
    };
    expect(await statuses()).toEqual(['importing', 'importing', 'importing', 404, 'importing']);
    sandbox.advance(60);
    expect(await statuses()).toEqual(['aborted', 404, 'importing', 'done', 'finalizing']);
    sandbox.advance(60);
    expect(await statuses()).toEqual(['aborted', 404, 'importing', 'done', 'done']);
  });

  it('tell no counters or counters with a gap', async () => {
    const sandbox = await openSandbox({ scarf: { jobMs: 0 } });
    const outcomes = [{ kind: 'no-counters', times: 1 }, { kind: 'odd-counters' }];
    await fetch(`${sandbox.url}/_sandbox/jobs`, { method: 'POST', body: JSON.stringify({ outcomes }) });
    const bare = (await (await post(sandbox, ndjson(scarfEvents(4)))).json()) as EventImport;
    expect(Object.keys(bare)).toEqual(['id']);
    expect(await show(sandbox, bare.id)).toEqual({ id: bare.id, status: 'done' });
    expect(await accepted(await post(sandbox, ndjson(scarfEvents(4))))).toMatchObject({
      events_total: 4,
      events_successfully_imported: 3,
      events_failed_to_import: 0,
    });
  });
});
