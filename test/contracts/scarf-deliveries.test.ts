/** Whole imports into Scarf, beyond what holds for all vendors: trouble without end, questions about jobs, their fates. */
import { describe, expect, test } from 'vitest';
import type { Counts } from '../../src/records.ts';
import type { Fault, OutcomeKind } from '../../src/sandbox/index.ts';
import { sceneWith, type Scene } from './delivery-run.ts';

const count = 6;

const rows = Array.from(
  { length: count },
  (_, index) =>
    `{"$time":"2026-06-30T00:00:00Z","$package":"970493a1-4ca0-4a4d-a085-fdce578e5a08","n":${index}}`,
);

interface Ending {
  exit: number;
  counts?: Partial<Counts>;
  /** Events at the vendor when all is over. */
  stored: number;
}

const allAccepted: Ending = { exit: 0, counts: { accepted: count }, stored: count };
const allRejected: Ending = { exit: 3, counts: { rejected: count }, stored: 0 };
const stoppedAtOnce = (exit: number): Ending => ({ exit, stored: 0 });

async function importRows(scene: Scene, ...flags: string[]) {
  await scene.writeRows('events.ndjson', rows);
  return scene.runJson(['import', 'events.ndjson', ...flags]);
}

function expectEnding(outcome: Awaited<ReturnType<typeof importRows>>, scene: Scene, ending: Ending): void {
  expect(outcome).toMatchObject({ exit: ending.exit });
  expect(scene.sandbox.vendors.scarf.counts().stored).toBe(ending.stored);
  expect(outcome.stdout + outcome.stderr).not.toContain('sandbox-token');
  if (ending.counts === undefined) return;
  expect(outcome.report?.counts).toMatchObject(ending.counts);
  expectEquation(outcome.report?.counts);
}

function expectEquation(counts: Counts | undefined): void {
  if (counts === undefined) throw new Error('no counts');
  const { read, accepted, rejected, skipped, pending, unknown, unsent } = counts;
  expect(accepted + rejected + skipped + pending + unknown + unsent).toBe(read);
  expect(read).toBe(count);
}

describe('every upload meets', () => {
  test.each([
    ['a 415', { kind: 'status', status: 415 }, stoppedAtOnce(2)],
    ['a 500', { kind: 'status', status: 500 }, { exit: 5, counts: { unsent: count }, stored: 0 }],
    ['a reset', { kind: 'reset' }, { exit: 5, counts: { unsent: count }, stored: 0 }],
    ['a 413', { kind: 'status', status: 413 }, allRejected],
  ] satisfies [string, Fault, Ending][])('%s', async (_name, fault, ending) => {
    const scene = await sceneWith({ faults: [{ ...fault, route: 'import' }] });
    expectEnding(await importRows(scene, '--retries', '3'), scene, ending);
  });

  test('a lack of room, while nothing moves', async () => {
    const scene = await sceneWith({ scarf: { foreignActive: 15 } });
    expectEnding(await importRows(scene), scene, { exit: 5, counts: { unsent: count }, stored: 0 });
  });
});

describe('a question about jobs meets', () => {
  const TROUBLE: [string, Fault][] = [
    ['a 429', { kind: 'status', status: 429, headers: { 'Retry-After': '1' } }],
    ['a 500', { kind: 'status', status: 500 }],
    ['a 502 in HTML', { kind: 'status', status: 502, body: '<html>' }],
    ['a reset', { kind: 'reset' }],
    ['a reset within the reply', { kind: 'reset-mid-reply' }],
    ['garbage', { kind: 'garbage' }],
  ];

  test.each(TROUBLE)('%s, once', async (_name, fault) => {
    const faults = ['list', 'log'].map((route) => ({ ...fault, route, times: 2 }));
    const scene = await sceneWith({ faults, scarf: { outcomes: [{ kind: 'no-counters' }] } });
    expectEnding(await importRows(scene), scene, allAccepted);
  });

  test('a 401 in the middle: what was taken stays pending', async () => {
    const faults = [{ kind: 'status', status: 401, route: 'list', skip: 1 }] satisfies Fault[];
    const scene = await sceneWith({ faults });
    const outcome = await importRows(scene);
    expect(outcome.exit).toBe(4);
    expect(outcome.report?.counts).toMatchObject({ pending: count });
  });
});

describe('the job', () => {
  test.each<[OutcomeKind, Partial<Ending>]>([
    ['aborts', { exit: 7, counts: { unknown: count } }],
    ['vanishes', { exit: 8, counts: { unknown: count } }],
    ['never-ends', { exit: 5, counts: { pending: count } }],
    ['no-counters', { exit: 0, counts: { accepted: count } }],
    ['odd-counters', { exit: 0, counts: { accepted: count } }],
    ['unknown-status', { exit: 0, counts: { accepted: count } }],
    ['appears-late', { exit: 0, counts: { accepted: count } }],
  ])('%s', async (kind, ending) => {
    const scene = await sceneWith({ scarf: { outcomes: [{ kind, times: 1 }] } });
    const outcome = await importRows(scene);
    expect(outcome).toMatchObject({ exit: ending.exit, report: { counts: ending.counts } });
    expectEquation(outcome.report?.counts);
    if (kind === 'odd-counters') expect(outcome.report).toMatchObject({ unaccounted: 1 });
  });
});

test('rows that the vendor refuses are rejects with their line', async () => {
  const artifacts = [{ kind: 'package' as const, id: '970493a1-4ca0-4a4d-a085-fdce578e5a08' }];
  const scene = await sceneWith({ scarf: { artifacts } });
  await scene.writeRows('events.ndjson', [
    ...rows.slice(0, 3),
    '{"$time":"2026-06-30T00:00:00Z","$package":"q"}',
  ]);
  const outcome = await scene.runJson(['import', 'events.ndjson']);
  expect(outcome).toMatchObject({ exit: 3, report: { counts: { read: 4, accepted: 3, rejected: 1 } } });
  expect(outcome.stderr).toContain('events.ndjson:4');
});
