/** Parts of which every process is killed at some moment, in some order: together they are the whole, once. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSandbox, type Sandbox } from '../../src/sandbox/index.ts';
import { eventRows, lines } from '../machine.ts';
import type { Death } from './child.ts';
import { buildChild, runChild } from './processes.ts';

const points = [
  'begun',
  'inputs-recorded',
  'intent',
  'answered',
  'taken',
  'rejects-put',
  'rejects-kept',
  'settled',
  'input-ended',
  'ended',
];

/** Which parts run in which order, and where each dies first. */
const plays = [1, 2, 3, 4].map((seed) => ({
  seed,
  of: 2 + (seed % 3),
  deaths: Array.from({ length: 2 + (seed % 3) }, (_, part): Death => {
    const point = points[(seed * 3 + part * 4) % points.length] ?? 'intent';
    return { point, nth: 1 + ((seed + part) % 3) };
  }),
}));

let directory = '';
let program = '';
let sandbox: Sandbox;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'scarf-cli-chaos-'));
  program = await buildChild(directory);
  sandbox = await startSandbox({
    clock: () => Date.now(),
    random: Math.random,
    scarf: { keepEvents: true, jobMs: 5 },
  });
}, 120_000);
afterAll(async () => {
  await sandbox.close();
  await rm(directory, { recursive: true, force: true });
});

/** Every ninth row is no JSON. */
function rowsOf(seed: number, file: number, count: number): string[] {
  const first = seed * 100_000 + file * 10_000;
  return eventRows(count, { first }).map((row, index) => (index % 9 === 4 ? `${row}}` : row));
}

test.each(plays)(
  'play $seed: $of parts',
  async ({ seed, of, deaths }) => {
    const place = await mkdtemp(join(directory, 'play-'));
    const files = [rowsOf(seed, 0, 400), rowsOf(seed, 1, 150), rowsOf(seed, 2, 700)];
    for (const [file, rows] of files.entries()) await writeFile(join(place, `${file}.ndjson`), lines(rows));
    const names = files.map((_, file) => `${file}.ndjson`);
    const runPart = (part: number, death: Death | undefined) =>
      runChild(
        [
          'import',
          ...names,
          ...['--shard', `${part}/${of}`, '--chunk-size', '8KiB', '--json', '--progress', 'none'],
          ...['--report', `report-${part}.json`, '--rejects', `bad-${part}.ndjson`],
        ],
        {
          program,
          directory: place,
          environment: sandbox.environment,
          end: death === undefined ? { kind: 'none' } : { kind: 'point', death },
        },
      );
    const order = [...deaths.keys()].sort(
      (one, other) => ((one * 7 + seed) % of) - ((other * 7 + seed) % of),
    );
    const firstEnds: (number | undefined)[] = [];
    for (const part of order) firstEnds.push((await runPart(part, deaths[part])).exit);
    expect(firstEnds).toContain(undefined);
    for (const part of order.reverse()) expect((await runPart(part, undefined)).exit).toBe(3);

    const good = files.flat().filter((row) => !row.endsWith('}}'));
    const bad = files.flat().filter((row) => row.endsWith('}}'));
    const arrived = sandbox.vendors.scarf
      .events()
      .map(({ text }) => JSON.parse(text ?? '{}') as { $unique_id: string; n: number })
      .filter(({ n }) => Math.floor(n / 100_000) === seed);
    expect(new Set(arrived.map(({ $unique_id: id }) => id)).size).toBe(good.length);
    expect(arrived.map(({ n }) => n).sort((one, other) => one - other)).toEqual(
      good.map((row) => (JSON.parse(row) as { n: number }).n).sort((one, other) => one - other),
    );

    const reports = (await readdir(place)).filter((name) => name.startsWith('report-'));
    const merging = await runChild(['runs', 'merge', ...reports, '--rejects', 'bad.ndjson', '--json'], {
      program,
      directory: place,
      environment: {},
      end: { kind: 'none' },
    });
    expect(merging.exit).toBe(3);
    const { counts } = JSON.parse(merging.stdout) as { counts: Record<string, number> };
    expect(counts).toMatchObject({ read: 1250, accepted: good.length, rejected: bad.length, unsent: 0 });
    const kept = (await readFile(join(place, 'bad.ndjson'), 'utf8')).trimEnd().split('\n');
    expect(kept.sort()).toEqual(bad.sort());
  },
  240_000,
);
