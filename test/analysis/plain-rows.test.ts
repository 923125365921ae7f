/** Rows that the kernel takes by itself are counted as those that are looked at one by one. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Analyser } from '../../src/analysis/analyser.ts';
import { propertyRuns } from '../property-runs.ts';
import { csvOf, EVENT_COLUMNS, eventRow, withRepetitions, type EventRow } from './rows.ts';

/** The kernel leaves tables of more than 1,024 columns alone. */
const MORE_COLUMNS = Array.from({ length: 1024 }, (_, index) => `more_${index}`);

const long = (end: string) => fc.constant(`${'x'.repeat(1200)}${end}`);
const odd: Partial<Record<keyof EventRow, fc.Arbitrary<string>>> = {
  id: fc.oneof(fc.constantFrom('', 'event "1"', 'event,1'), long('a'), long('b')),
  time: fc.constantFrom(
    '',
    'yesterday',
    '2026-10-01',
    '2026-10-01T23:30:00-02:00',
    '2026-10-01 01:30:00+02',
    '2026-10-01T10:00:00+00:00',
    '2026-02-30T00:00:00Z',
    '1969-12-31T23:59:59.9Z',
  ),
  confidence: fc.constantFrom('0.', '.5', '1.00', '1.01', '2', ' 0.5', '-0', '1e-1', 'high', '0.99999'),
  origin_id: fc.oneof(fc.constant(''), long('a'), long('b')),
  origin_company: fc.oneof(fc.constantFrom('"Acme"', 'Acme\r\nInc.'), long('a')),
  user_agent: fc.constantFrom('/', ' npm/1', 'x"y/1'),
  referer: fc.constantFrom('?', '#', 'https://a.example/"?x'),
  mtc_quota_exceeded: fc.constantFrom('t', 'TRUE', 'f', '1'),
};

/** A row in which some cells are unusual. */
const oddRow = fc
  .tuple(eventRow, fc.record(odd as Record<string, fc.Arbitrary<string>>, { requiredKeys: [] }))
  .map(([row, cells]): EventRow => ({ ...row, ...cells }));

function analyse(bytes: Buffer, cuts: readonly number[]) {
  const analyser = new Analyser();
  const feed = analyser.feed('events.csv');
  const ends = [...cuts.map((cut) => cut % bytes.length), bytes.length].sort((one, two) => one - two);
  let from = 0;
  for (const end of ends) feed.take(bytes.subarray(from, (from = end)));
  feed.end();
  const { quality, ...found } = analyser.finish();
  return { ...found, quality: { ...quality, bytes: 0 } };
}

it('count alike, wherever the bytes are cut and whatever ends a line', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 3, arbitrary: eventRow }, oddRow), { minLength: 1, maxLength: 60 }),
      fc.boolean(),
      fc.array(fc.nat(), { maxLength: 8 }),
      (some, isOfWindows, cuts) => {
        const rows = withRepetitions(some);
        const bytesOf = (columns: readonly string[]) => {
          const text = csvOf(columns, rows);
          return Buffer.from(isOfWindows ? text.replaceAll(/(?<!\r)\n/g, '\r\n') : text);
        };
        const plain = analyse(bytesOf(EVENT_COLUMNS), cuts);
        const careful = analyse(bytesOf([...EVENT_COLUMNS, ...MORE_COLUMNS]), cuts);
        expect(plain).toEqual(careful);
      },
    ),
    propertyRuns(20),
  );
});
