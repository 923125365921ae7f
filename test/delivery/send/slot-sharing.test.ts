/** Processes that share the slots of one account, in time that passes only while all of them wait. */
import { expect, test } from 'vitest';
import { share } from './shared-account.ts';

const account = { slots: 15, importMs: 15_000, uploadMs: 200 };
const imports = 88;
/** As long as it takes at least: rounds of as many imports as there are slots. */
const minMs = Math.ceil(imports / account.slots) * (account.importMs + account.uploadMs);

test.each([1, 2, 3])(
  'eight processes take hardly longer than one, and end together (seed %j)',
  async (seed) => {
    const one = await share([imports], { ...account, seed });
    const eight = await share(Array<number>(8).fill(imports / 8), { ...account, seed });
    const lastMs = Math.max(...eight.endedMs);
    expect(eight.imports).toBe(imports);
    expect(lastMs).toBeLessThanOrEqual(Math.max(...one.endedMs) * 1.1);
    expect(lastMs).toBeLessThanOrEqual(minMs * 1.2);
    expect(lastMs / Math.min(...eight.endedMs)).toBeLessThanOrEqual(2);
    expect(eight.maxActive).toBeLessThanOrEqual(account.slots);
    // Doubling up to a minute it was refused as often, and took half as long again.
    expect(eight.refused).toBeLessThan(2.5 * imports);
  },
);

test('slots that somebody else gives back at one moment are shared as well', async () => {
  const beginMs = 10_000;
  const { endedMs, maxActive } = await share(Array<number>(8).fill(imports / 8), {
    ...account,
    foreign: { imports: account.slots, untilMs: beginMs },
  });
  const lastMs = Math.max(...endedMs) - beginMs;
  expect(lastMs).toBeLessThanOrEqual(minMs * 1.2);
  expect(lastMs / (Math.min(...endedMs) - beginMs)).toBeLessThanOrEqual(2);
  expect(maxActive).toBeLessThanOrEqual(account.slots);
});

test('one large process beside small ones takes the slots that they leave', async () => {
  const { endedMs, imports: made } = await share([60, 4, 4, 4, 4, 4, 4, 4], account);
  expect(made).toBe(imports);
  expect(Math.max(...endedMs)).toBeLessThanOrEqual(minMs * 1.2);
  expect(Math.max(...endedMs.slice(1))).toBeLessThan(endedMs[0] ?? 0);
});

test('one process alone is never refused', async () => {
  expect(await share([imports], account)).toMatchObject({ imports, refused: 0, maxActive: account.slots });
});
