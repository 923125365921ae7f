/** Ledgers that were torn or damaged, and what a run makes of them. */
import { readFileSync, readdirSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeLedger, encodeRecord } from '../../../src/delivery/ledger/ledger-text.ts';
import type { LedgerRecord } from '../../../src/delivery/ledger/records.ts';
import { eventRows, lines, openPlace, upTo, type Place, type Report } from '../../machine.ts';
import { propertyRuns } from '../../property-runs.ts';

const records: LedgerRecord[] = upTo(5).map((chunk) => ({
  type: 'taken',
  chunk,
  job: `job-${chunk}`,
  files: {},
}));
const encoded = records.map(encodeRecord);
const bytes = Buffer.concat(encoded);

describe('a ledger', () => {
  test('torn at any byte holds the whole records before it', () => {
    for (let length = 0; length <= bytes.length; length += 1) {
      const whole = encoded.filter((_, index) => Buffer.concat(encoded.slice(0, index + 1)).length <= length);
      expect(decodeLedger(bytes.subarray(0, length))).toEqual({
        kind: 'whole',
        records: records.slice(0, whole.length),
        validBytes: Buffer.concat(whole).length,
      });
    }
  });

  test('damaged anywhere but in its last record is not trusted', () => {
    const lastStart = bytes.length - (encoded.at(-1)?.length ?? 0);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: lastStart - 2 }),
        fc.integer({ min: 1, max: 255 }),
        (at, change) => {
          const damaged = Buffer.from(bytes);
          damaged[at] = (damaged[at] ?? 0) ^ change;
          expect(decodeLedger(damaged).kind).toBe('damaged');
        },
      ),
    );
  });
});

interface Recorded {
  place: Place;
  run: string;
  ledger: Buffer;
  report: Report;
  rejects: string;
  command: string[];
}

const runsOf = (place: Place) => join(place.directory, '.local/state/scarf-cli/runs');

/** A whole delivery, and its ledger as it was before it was made short. */
async function record(ids: 'own' | 'position'): Promise<Recorded> {
  const place = await openPlace();
  const good = eventRows(60, { ids: ids === 'own' });
  await place.write(
    'a.ndjson',
    lines(good.slice(0, 40).flatMap((row, n) => (n % 7 === 0 ? [`bad ${n}`, row] : [row]))),
  );
  await place.write('b.ndjson', lines(['bad b', ...good.slice(40)]).trimEnd());
  const command = ['a.ndjson', 'b.ndjson', '--chunk-size', '2KiB', '--rejects', 'bad.ndjson'];
  let ledger = Buffer.alloc(0);
  const keepLedger = (point: string) => {
    const [run = ''] = readdirSync(runsOf(place));
    if (point === 'ended') ledger = readFileSync(join(runsOf(place), run, 'ledger.ndjson'));
  };
  const { report } = await place.importFiles(command, { machine: { faultPoint: keepLedger } });
  expect(report.counts).toMatchObject({ read: 67, accepted: 60, rejected: 7 });
  const rejects = await readFile(join(place.directory, 'bad.ndjson'), 'utf8');
  return { place, run: report.run, ledger, report, rejects, command };
}

const sorted = (text: string) => text.split('\n').sort();

test.each(['own', 'position'] as const)(
  'a run whose ledger was torn at any byte behind the record of its files comes to the same end, with ids: %s',
  async (ids) => {
    const { place, run, ledger, report, rejects, command } = await record(ids);
    const rejectsPath = join(place.directory, 'bad.ndjson');
    // A ledger that has lost which files are the run's own cannot tell them from others.
    const ownership = ledger.indexOf('\n', ledger.indexOf('bad.ndjson.meta.ndjson')) + 1;
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: ownership, max: ledger.length }), async (length) => {
        await rm(runsOf(place), { recursive: true });
        await mkdir(join(runsOf(place), run), { recursive: true });
        await writeFile(join(runsOf(place), run, 'ledger.ndjson'), ledger.subarray(0, length));
        await writeFile(rejectsPath, rejects);
        const again = await place.importFiles(command);
        expect(again.exit).toBe(3);
        expect(again.report.counts).toEqual(report.counts);
        expect(sorted(await readFile(rejectsPath, 'utf8'))).toEqual(sorted(rejects));
        const { stored, conflicting } = place.sandbox.vendors.scarf.counts();
        expect({ stored, conflicting }).toEqual({ stored: 60, conflicting: 0 });
      }),
      propertyRuns(6),
    );
  },
);
