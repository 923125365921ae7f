import { connect } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import type { Fault } from '../../src/sandbox/index.ts';
import { ndjson, openSandbox, scarfEvents, scarfHeaders, type Opened } from './open.ts';

async function importEvents(sandbox: Opened, count = 3): Promise<Response> {
  return fetch(`${sandbox.url}/v2/sandbox/import`, {
    method: 'POST',
    headers: scarfHeaders,
    body: ndjson(scarfEvents(count)),
  });
}

const stored = (sandbox: Opened): number => sandbox.vendors.scarf.counts().stored;

async function withFault(fault: Fault): Promise<Opened> {
  return openSandbox({
    scarf: { jobMs: 0 },
    faults: [{ vendor: 'scarf', route: 'import', times: 1, ...fault }],
  });
}

describe('a fault', () => {
  it.each([
    [{ kind: 'status', status: 503, headers: { 'retry-after': '1' } }, 503, 0],
    [{ kind: 'status', status: 502, at: 'after', body: '<html>' }, 502, 3],
    [{ kind: 'garbage' }, 200, 3],
    [{ kind: 'garbage', at: 'before', body: '{}' }, 200, 0],
    [{ kind: 'delay', delayMs: 1 }, 200, 3],
    [{ kind: 'delay', delayMs: 1, at: 'after' }, 200, 3],
    [{ kind: 'slow-reply', delayMs: 1 }, 200, 3],
  ] as [Fault, number, number][])(
    '%o is answered with %i and leaves %i events',
    async (fault, status, events) => {
      const sandbox = await withFault(fault);
      const reply = await importEvents(sandbox);
      expect(reply.status).toBe(status);
      for (const [name, value] of Object.entries(fault.headers ?? {}))
        expect(reply.headers.get(name)).toBe(value);
      const text = await reply.text();
      if (fault.body !== undefined) expect(text).toBe(fault.body);
      expect(stored(sandbox)).toBe(events);
      expect((await importEvents(sandbox)).status).toBe(200);
      expect(sandbox.traffic.list()[0]).toMatchObject({ faults: [fault.kind], status });
    },
  );

  it('that delays a compressed request is over when its client has gone meanwhile', async () => {
    const sandbox = await withFault({ kind: 'delay', delayMs: 100 });
    const socket = connect(Number(new URL(sandbox.url).port), '127.0.0.1');
    socket.write('POST /v2/sandbox/import HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer sandbox-token\r\n');
    socket.write('Content-Encoding: gzip\r\nContent-Length: 100\r\n\r\nhalf');
    await vi.waitFor(() => expect(sandbox.traffic.inHand('scarf')).toBe(1), 120_000);
    socket.destroy();
    await vi.waitFor(() => expect(sandbox.traffic.inHand('scarf')).toBe(0), 120_000);
    expect(stored(sandbox)).toBe(0);
  });

  it.each([
    [{ kind: 'reset' }, 0],
    [{ kind: 'reset', at: 'after' }, 3],
    [{ kind: 'reset-mid-body' }, 0],
    [{ kind: 'reset-mid-reply' }, 3],
  ] as [Fault, number][])('%o cuts the connection and leaves %i events', async (fault, events) => {
    const sandbox = await withFault(fault);
    await expect(importEvents(sandbox).then((reply) => reply.text())).rejects.toThrow();
    expect(stored(sandbox)).toBe(events);
    expect((await importEvents(sandbox)).status).toBe(200);
  });

  it('can end a reply early as though it were whole', async () => {
    const sandbox = await withFault({ kind: 'short-reply', afterBytes: 9 });
    expect(await (await importEvents(sandbox)).text()).toHaveLength(9);
  });

  it('can leave a client without an answer, and closing the sandbox ends the wait', async () => {
    const sandbox = await withFault({ kind: 'hang', at: 'after' });
    const pending = importEvents(sandbox);
    await expect.poll(() => stored(sandbox)).toBe(3);
    await sandbox.close();
    await expect(pending).rejects.toThrow();
    // A second call is no mistake.
    await sandbox.close();
  });

  it('meets the requests that its selection names', async () => {
    const faults: Fault[] = [{ kind: 'status', status: 429, skip: 1, every: 2, times: 2 }];
    const sandbox = await openSandbox({ scarf: { jobMs: 0 }, faults });
    const statuses: number[] = [];
    for (let count = 0; count < 7; count += 1) statuses.push((await importEvents(sandbox)).status);
    expect(statuses).toEqual([200, 429, 200, 429, 200, 200, 200]);
  });

  it('is added, listed and removed at run time, and a misspelt one is refused', async () => {
    const sandbox = await openSandbox();
    const admin = `${sandbox.url}/_sandbox/faults`;
    const add = async (faults: unknown): Promise<number> =>
      (await fetch(admin, { method: 'POST', body: JSON.stringify(faults) })).status;
    expect(await add([{ kind: 'status', status: 401 }])).toBe(204);
    expect((await importEvents(sandbox)).status).toBe(401);
    expect(await (await fetch(admin)).json()).toEqual([{ kind: 'status', status: 401 }]);
    expect((await fetch(admin, { method: 'DELETE' })).status).toBe(204);
    expect((await importEvents(sandbox)).status).toBe(200);
    for (const bad of [
      {},
      [{}],
      [{ kind: 'boom' }],
      [{ kind: 'reset', tmies: 1 }],
      [{ kind: 'status', status: '1' }],
      [{ kind: 'status', status: 9999 }],
      [{ kind: 'status', status: 100 }],
      [{ kind: 'status', times: 1.5 }],
      [{ kind: 'status', skip: -1 }],
      [{ kind: 'status', every: 0 }],
    ]) {
      expect(await add(bad)).toBe(400);
    }
  });
});

describe('an upload that the client cuts', () => {
  it('leaves nothing behind and frees its slot', async () => {
    const sandbox = await openSandbox({ scarf: { jobMs: 0, maxActive: 1 } });
    const socket = connect(Number(new URL(sandbox.url).port), '127.0.0.1');
    const head = 'POST /v2/sandbox/import HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sandbox-token\r\n';
    socket.write(`${head}Content-Length: 1000000\r\n\r\n${ndjson(scarfEvents(100))}`);
    await once(socket, 'connect');
    await expect.poll(() => sandbox.vendors.scarf.counts().activeImports).toBe(1);
    socket.destroy();
    await expect.poll(() => sandbox.vendors.scarf.counts().activeImports).toBe(0);
    expect((await importEvents(sandbox)).status).toBe(200);
    expect(stored(sandbox)).toBe(3);
  });
});

describe('the admin endpoints', () => {
  it('tell state, events and requests without a credential', async () => {
    const sandbox = await openSandbox({ scarf: { jobMs: 0, keepEvents: true } });
    await importEvents(sandbox);
    const read = async (path: string): Promise<string> =>
      (await fetch(`${sandbox.url}/_sandbox/${path}`)).text();
    expect(JSON.parse(await read('state'))).toMatchObject({
      scarf: { requests: 1, stored: 3, uniqueIds: 3, duplicates: 0, conflicting: 0, imports: 1 },
    });
    expect((await read('events?vendor=scarf')).trim().split('\n')).toHaveLength(3);
    const requests = await read('requests');
    expect(JSON.parse(requests)).toMatchObject([{ route: 'import', status: 200, bodyBytes: 318 }]);
    expect(requests).not.toContain('sandbox-token');
  });
});
