import { once } from 'node:events';
import { writeFile, rm, mkdtemp, readFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDeflateRaw } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { virtualClock } from './virtual-clock.ts';

describe('time', () => {
  test('stands until it is moved on', async () => {
    const clock = virtualClock(1_000);
    expect([clock.now(), clock.elapsedMs()]).toEqual([1_000, 0]);
    await clock.advance(500.5);
    expect([clock.now(), clock.elapsedMs()]).toEqual([1_500, 500.5]);
  });

  test('fires timers in their order, each after all that followed from the last', async () => {
    const clock = virtualClock();
    const order: string[] = [];
    const sleep = async (name: string, ms: number) => {
      await clock.sleep(ms);
      order.push(`${name} ${clock.elapsedMs()}`);
    };
    void sleep('late', 300);
    void sleep('early', 100).then(() => sleep('after early', 100));
    void sleep('same as early', 100);
    const stop = clock.every(120, () => order.push(`tick ${clock.elapsedMs()}`));
    await clock.advance(250);
    expect(order).toEqual(['early 100', 'same as early 100', 'tick 120', 'after early 200', 'tick 240']);
    stop();
    await clock.advance(1_000);
    expect(order.slice(5)).toEqual(['late 300']);
    expect(clock.waiting()).toBe(0);
  });

  test('that is waited for no more fires nothing', async () => {
    const clock = virtualClock();
    const stopping = new AbortController();
    const sleeping = clock.sleep(100, stopping.signal);
    stopping.abort(new Error('stopped'));
    await expect(sleeping).rejects.toThrow('stopped');
    await expect(clock.sleep(1, stopping.signal)).rejects.toThrow('stopped');
    expect(clock.waiting()).toBe(0);
  });
});

describe('time that passes by itself', () => {
  /** How long it slept before the work was done: nothing, when the clock waited for the work. */
  async function sleptDuring(work: () => Promise<unknown>): Promise<number> {
    const clock = virtualClock();
    const stop = clock.run();
    const done = new AbortController();
    const sleeping = clock.sleep(1_000, done.signal).catch(() => undefined);
    await work();
    const sleptMs = clock.elapsedMs();
    done.abort();
    await sleeping;
    stop();
    return sleptMs;
  }

  test('goes from timer to timer while everything waits', async () => {
    const clock = virtualClock();
    onTestFinished(clock.run());
    for (let hours = 0; hours < 10; hours++) await clock.sleep(3_600_000);
    expect(clock.elapsedMs()).toBe(36_000_000);
  });

  test('stands while a request is answered', async () => {
    const server = createServer((_request, response) => {
      setImmediate(() => setImmediate(() => response.end('x'.repeat(1_000_000))));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const get = async () => {
      const asking = request({ port, host: '127.0.0.1', agent: false }).end();
      const [reply] = (await once(asking, 'response')) as [AsyncIterable<Buffer>];
      for await (const _part of reply);
    };
    expect(await sleptDuring(get)).toBe(0);
  });

  test('stands while files are written and bytes compressed', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'clock-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const path = join(directory, 'file');
    const work = async () => {
      await writeFile(path, Buffer.alloc(4_000_000, 'abc'), { flush: true });
      const deflate = createDeflateRaw({ level: 9 });
      deflate.end(await readFile(path));
      for await (const _part of deflate);
    };
    expect(await sleptDuring(work)).toBe(0);
  });
});
