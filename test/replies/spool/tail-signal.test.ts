import { expect, test } from 'vitest';
import { TailSignal } from '../../../src/replies/spool/tail-signal.ts';

test('tells what came since the last time, waits for more, and ends', async () => {
  const growth = new TailSignal();
  growth.growTo(10);
  growth.growTo(30);
  expect(await growth.next()).toEqual({ kind: 'rows', from: 0, to: 30 });
  const waiting = growth.next();
  growth.growTo(40);
  expect(await waiting).toEqual({ kind: 'rows', from: 30, to: 40 });
  growth.growTo(50);
  growth.end('whole');
  expect(await growth.next()).toEqual({ kind: 'rows', from: 40, to: 50 });
  expect(await growth.next()).toEqual({ kind: 'whole' });
});

test('bytes taken back that nobody was told of are not missed', async () => {
  const growth = new TailSignal();
  growth.growTo(10);
  await growth.next();
  growth.growTo(20);
  growth.cutTo(10);
  growth.growTo(15);
  expect(await growth.next()).toEqual({ kind: 'rows', from: 10, to: 15 });
});

test('what was told and taken back does not hold, also when the file has grown again', async () => {
  const growth = new TailSignal();
  growth.growTo(20);
  await growth.next();
  const waiting = growth.next();
  growth.cutTo(10);
  growth.growTo(40);
  growth.end('whole');
  expect(await waiting).toEqual({ kind: 'withdrawn' });
  expect(await growth.next()).toEqual({ kind: 'withdrawn' });
});

test('what was said to be whole changes no more', async () => {
  const growth = new TailSignal();
  growth.growTo(10);
  growth.end('whole');
  expect(() => growth.growTo(20)).toThrow('whole');
  expect(() => growth.cutTo(5)).toThrow('whole');
  growth.end('withdrawn');
  expect(await growth.next()).toEqual({ kind: 'rows', from: 0, to: 10 });
  expect(await growth.next()).toEqual({ kind: 'whole' });
});
