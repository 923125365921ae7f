/** Every vendor's target, over real sockets, against every fault: one suite. */
import { describe, expect, test, vi } from 'vitest';
import { Failure } from '../../src/failure.ts';
import type { Answer } from '../../src/records.ts';
import { calm } from '../vendors/bodies.ts';
import { FAULT_CASES, type FaultCase, type FaultName } from './faults.ts';
import {
  loginsightAnonymousCase,
  loginsightCase,
  loginsightCloudCase,
  loginsightV2Case,
} from './loginsight-case.ts';
import { madeUpCase } from './made-up-case.ts';
import { moesifCase } from './moesif-case.ts';
import { scarfCase, scarfPackageCase } from './scarf-case.ts';
import { sumatraBatchCase, sumatraCase } from './sumatra-case.ts';
import { saysNothingTaken, targetOf, type VendorCase } from './vendor-case.ts';

const CASES: readonly VendorCase[] = [
  scarfCase,
  scarfPackageCase,
  sumatraCase,
  sumatraBatchCase,
  moesifCase,
  loginsightCase,
  loginsightAnonymousCase,
  loginsightV2Case,
  loginsightCloudCase,
  madeUpCase,
];

const EACH_FAULT = Object.entries(FAULT_CASES) as [FaultName, FaultCase][];

describe.each(CASES)('$title', ({ vendor, start, body, taken, exceptions }) => {
  test('takes rows when nothing goes wrong', async () => {
    const running = await start([]);
    const target = await targetOf(vendor, running.settings);
    expect(await target.send(body, calm)).toMatchObject(taken);
    expect(running.received()).toBe(body.events);
  });

  test('tells repetitions by the key that its description names', async () => {
    const target = await targetOf(vendor, (await start([])).settings);
    expect(target.idField).toBe(vendor.idField);
    const ages = (target.shape.times ?? []).some(({ oldReason }) => oldReason !== undefined);
    expect(ages).toBe(vendor.ages === true);
  });

  test.each(EACH_FAULT)('%s', async (name, { fault, expected: usual }) => {
    const running = await start([{ ...fault, times: 1 }]);
    const target = await targetOf(vendor, running.settings);
    const answer = await target.send(body, calm).catch((error: unknown) => error as Failure);
    const expected = exceptions[name] ?? usual;
    if ('failure' in expected) {
      expect(answer).toBeInstanceOf(Failure);
      expect(answer).toMatchObject({ kind: expected.failure });
    } else {
      expect(answer).toMatchObject(expected.answer);
    }
    const promises = answer instanceof Failure || saysNothingTaken(answer);
    if (promises) expect(running.received()).toBe(0);
    expect(wordsOf(answer)).not.toMatch(/\p{Cc}/u);
    for (const secret of secretsIn(running.settings)) expect(wordsOf(answer)).not.toContain(secret);
  });

  test.each(EACH_FAULT.filter(([name]) => leadsToAnother(name, exceptions)))(
    'after %s the same rows are taken',
    async (_name, { fault }) => {
      const running = await start([{ ...fault, times: 1 }]);
      const target = await targetOf(vendor, running.settings);
      await target.send(body, calm);
      expect(await target.send(body, calm)).toMatchObject(taken);
      expect(running.received()).toBeGreaterThanOrEqual(body.events);
    },
  );

  test('a server that says nothing until the request is cut off: it may have been taken', async () => {
    const running = await start([{ kind: 'hang' }]);
    const target = await targetOf(vendor, running.settings);
    const cut = new AbortController();
    const answer = target.send(body, cut.signal);
    await vi.waitFor(() => expect(running.requests()).toBe(1), 120_000);
    cut.abort(new Error('interrupted'));
    expect(await answer).toMatchObject({ kind: 'retry', taken: 'maybe' });
  });

  test('nobody listens: nothing was taken', async () => {
    const running = await start([]);
    const url = 'http://127.0.0.1:1';
    const target = await targetOf(vendor, { ...running.settings, apiUrl: url });
    expect(await target.send(body, calm)).toMatchObject({ kind: 'retry', taken: 'no', why: 'transient' });
    expect(running.received()).toBe(0);
  });
});

function leadsToAnother(name: FaultName, exceptions: VendorCase['exceptions']): boolean {
  const expected = exceptions[name] ?? FAULT_CASES[name].expected;
  return 'answer' in expected && expected.answer['kind'] === 'retry';
}

function wordsOf(answer: Answer | Failure): string {
  if (answer instanceof Failure) return `${answer.message} ${answer.hint ?? ''}`;
  return 'message' in answer ? answer.message : '';
}

function secretsIn(settings: Record<string, unknown>): string[] {
  return ['token', 'password', 'sessionId']
    .map((name) => settings[name])
    .filter((value) => typeof value === 'string');
}
