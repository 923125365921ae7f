/** Parts of which any process is killed at some moment, in some order: together they are the whole, once. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSandbox } from '../../src/sandbox/index.ts';
import { eventRows, lines } from '../machine.ts';
import { propertyRuns } from '../property-runs.ts';
import type { Death } from './child.ts';
import { buildChild, runChild, type Ended } from './processes.ts';

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

let directory = '';
let program = '';

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'scarf-cli-chaos-'));
  program = await buildChild(directory);
});
afterAll(() => rm(directory, { recursive: true, force: true }));

interface File {
  rows: number;
  packed: boolean;
}

const files = fc.array(fc.record({ rows: fc.integer({ min: 1, max: 500 }), packed: fc.boolean() }), {
  minLength: 1,
  maxLength: 3,
});

const death = fc.record({ point: fc.constantFrom(...points), nth: fc.integer({ min: 1, max: 3 }) });

/** A part that runs: where it dies, and when its turn is in each of the two rounds. */
const part = fc.record({ death: fc.option(death, { nil: undefined }), turns: fc.tuple(fc.nat(), fc.nat()) });

/** Every ninth row is no JSON. */
function rowsOf({ rows }: File, first: number): string[] {
  return eventRows(rows, { first }).map((row, index) => (index % 9 === 4 ? `${row}}` : row));
}

const isGood = (row: string) => !row.endsWith('}}');

async function writeFiles(
  place: string,
  given: readonly File[],
): Promise<{ names: string[]; all: string[] }> {
  const all: string[] = [];
  const names: string[] = [];
  for (const [number, file] of given.entries()) {
    const rows = rowsOf(file, all.length);
    all.push(...rows);
    const name = `${number}.ndjson${file.packed ? '.gz' : ''}`;
    await writeFile(join(place, name), file.packed ? gzipSync(lines(rows)) : lines(rows));
    names.push(name);
  }
  return { names, all };
}

test('any files, number and order of parts, chunk size and deaths: the parts are the whole', async () => {
  await fc.assert(
    fc.asyncProperty(
      files,
      fc.array(part, { minLength: 1, maxLength: 4 }),
      fc.constantFrom('2KiB', '8KiB', '32MiB'),
      fc.constantFrom('bytes', 'size'),
      async (given, parts, chunkSize, way) => {
        const place = await mkdtemp(join(directory, 'play-'));
        const sandbox = await startSandbox({
          clock: () => Date.now(),
          random: Math.random,
          scarf: { keepEvents: true, jobMs: 5 },
        });
        try {
          const { names, all } = await writeFiles(place, given);
          const run = (argv: readonly string[], end?: Death): Promise<Ended> =>
            runChild(argv, {
              program,
              directory: place,
              environment: sandbox.environment,
              end: end === undefined ? { kind: 'none' } : { kind: 'point', death: end },
            });
          const runPart = (index: number, end?: Death) =>
            run(
              [
                ...['import', ...names, '--shard', `${index}/${parts.length}`, '--shard-by', way],
                ...['--chunk-size', chunkSize, '--json', '--progress', 'none'],
                ...['--report', `report-${index}.json`, '--rejects', `bad-${index}.ndjson`],
              ],
              end,
            );
          for (const round of [0, 1] as const) {
            const order = [...parts.entries()].sort(
              ([, one], [, other]) => one.turns[round] - other.turns[round],
            );
            for (const [index, { death: end }] of order) {
              const { exit } = await runPart(index, round === 0 ? end : undefined);
              if (round === 1) expect(exit === 0 || exit === 3).toBe(true);
            }
          }
          // With their ids, which follow from where the rows stand in the whole.
          const whole = await run(['check', ...names, '--show', '100000', '--json']);
          const expected = whole.stdout.split('\n').filter((line) => line.startsWith('{"$'));
          expect(expected).toHaveLength(all.filter(isGood).length);
          const arrived = sandbox.vendors.scarf.events().map(({ text }) => text ?? '');
          expect(arrived.sort()).toEqual(expected.sort());
          await expectMerged(place, { run, all });
        } finally {
          await sandbox.close();
        }
      },
    ),
    { ...propertyRuns(3), endOnFailure: true },
  );
}, 1_200_000);

/** The reports add up to the whole, and every reject is there once. */
async function expectMerged(
  place: string,
  { run, all }: { run: (argv: readonly string[]) => Promise<Ended>; all: readonly string[] },
): Promise<void> {
  const bad = all.filter((row) => !isGood(row));
  const reports = (await readdir(place)).filter((name) => name.startsWith('report-'));
  const merging = await run(['runs', 'merge', ...reports, '--rejects', 'all.bad', '--json']);
  expect(merging.exit).toBe(bad.length > 0 ? 3 : 0);
  const { counts } = JSON.parse(merging.stdout) as { counts: Record<string, number> };
  expect(counts).toMatchObject({
    read: all.length,
    accepted: all.length - bad.length,
    rejected: bad.length,
    unsent: 0,
  });
  const kept = bad.length === 0 ? '' : await readFile(join(place, 'all.bad'), 'utf8');
  expect(
    kept
      .split('\n')
      .filter((row) => row !== '')
      .sort(),
  ).toEqual([...bad].sort());
}
