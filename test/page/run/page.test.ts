import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PAGE_PREFIX } from '../../../src/page/prefix.ts';
import { runPage as rawPage } from '../../../src/page/run/page.ts';
import { barsOf, compact } from '../page-text.ts';
import { factsOf, factsWith } from './facts.ts';

const runPage = (facts: Parameters<typeof rawPage>[0]) => compact(rawPage(facts));
const none = { read: 0, accepted: 0, rejected: 0, skipped: 0, pending: 0, unknown: 0, unsent: 0 };
const headingsOf = (page: string) => [...page.matchAll(/<h2 id="(\w+)">/g)].map(([, id]) => id);

describe('a page about a run', () => {
  test('has a part for all that it did', () => {
    const page = runPage(factsWith({ errors: [{ kind: 'local', message: 'disk full' }] }));
    expect(headingsOf(page)).toEqual([
      ...['errors', 'rows', 'throughput', 'imports', 'rejects', 'days', 'warnings', 'inputs', 'about'],
    ]);
    expect(rawPage(factsWith())).toMatch(PAGE_PREFIX);
    for (const text of [
      'Exit code 3: some rows were rejected or failed',
      'read 1,003 = accepted 1,000 + rejected 3',
      'from taken to settled 2.5 s on average',
      '2 imports: 1 done, 1 aborted',
      'events.ndjson:7:2',
      '<code>{bad</code>',
      'Of 1 more row nothing is kept here',
      '10 events without a time',
      'mind the gap',
      '12 rows got an id',
    ])
      expect(page).toContain(text);
  });

  test('leaves out what there is not', () => {
    const page = runPage(
      factsWith({
        ...{ counts: none, inputs: [], jobs: [], changes: {}, warnings: {}, notices: [] },
        rejects: { paths: [], reasons: [] },
        history: { stretches: [{ fromMs: 0, samples: [] }], days: {}, undatedRows: 0 },
      }),
    );
    expect(headingsOf(page)).toEqual(['rows', 'about']);
    expect(page).toContain('read 0 = 0');
  });

  test('says that a run has not ended', () => {
    const { exit: _exit, endedAt: _endedAt, ...open } = factsWith({ goOn: 'scarf-cli runs resume x' });
    const page = runPage(open);
    expect(page).toContain('Not finished: read 1,003 =');
    expect(page).toContain('scarf-cli runs resume x');
  });

  test.each(['<script>alert(1)</script>', `" onload="alert(1)`, '</title></style><img src=x>', '\u202Egpj'])(
    'shows %j as text, wherever it stands',
    (hostile) => {
      const page = runPage(factsOf(hostile));
      expect(page).not.toMatch(/<script|<img|onload="/);
      expect(page.match(/<\/(title|style)>/g)?.length).toBe(
        runPage(factsOf('plain')).match(/<\/(title|style)>/g)?.length,
      );
    },
  );

  test('has one digest in its policy, and no style and no handler in its elements', () => {
    const page = runPage(factsWith());
    expect(page).toContain("script-src 'none'");
    expect(page).not.toMatch(/ style="| on\w+="|https?:\/\/(?!api\.scarf\.invalid)/);
  });
});

describe('throughput', () => {
  test('is what settled between two moments, without the time between two processes', () => {
    expect(barsOf(runPage(factsWith()), 'throughput')).toEqual([
      '10:00:00 UTC to 10:00:10 UTC: 500 rows, 50 a second',
      '11:00:00 UTC to 11:00:01 UTC: 3 rows, 3 a second',
      '11:00:01 UTC to 11:00:10 UTC: 500 rows, 56 a second',
    ]);
    const [wide = ''] = /<svg class="chart wide"[^]*?<\/svg>/.exec(runPage(factsWith())) ?? [];
    expect(wide.match(/class="break"/g)).toHaveLength(1);
  });

  test('takes outcomes that come at one moment together', () => {
    const samples = [0, 0, 20, 1_000].map((atMs) => ({ atMs, rows: 10, bytes: 1 }));
    const history = { stretches: [{ fromMs: 0, samples }], days: {}, undatedRows: 0 };
    const bars = barsOf(runPage(factsWith({ history })), 'throughput');
    expect(bars).toHaveLength(2);
    expect(bars[0]).toContain('30 rows');
  });
});

describe('days', () => {
  const daysOf = (days: Record<string, number>) =>
    barsOf(runPage(factsWith({ history: { stretches: [], days, undatedRows: 0 } })), 'days');

  test('have a bar each, those without events too', () => {
    expect(daysOf({ '2026-11-26': 590, '2026-11-24': 400, none: 10 })).toEqual([
      ...['2026-11-24: 400 events', '2026-11-25: 0 events', '2026-11-26: 590 events'],
    ]);
  });

  test('are months when they are many', () => {
    const bars = daysOf({ '2025-11-30': 1, '2026-02-01': 2, '2026-11-26': 3 });
    expect(bars).toHaveLength(13);
    expect([bars[0], bars[3], bars[12]]).toEqual([
      ...['2025-11: 1 event', '2026-02: 2 events', '2026-11: 3 events'],
    ]);
  });

  test('from the year 1 to 9999 leave the chart in bounds', () => {
    expect(daysOf({ '0001-01-01': 1, '9999-12-31': 2 })).toHaveLength(400);
  });
});

test('no number makes a chart leave its picture', () => {
  const sample = fc.record({ atMs: fc.nat(1e13), rows: fc.nat(1e12), bytes: fc.nat(1e15) });
  fc.assert(
    fc.property(fc.array(sample, { minLength: 1 }), (unsorted) => {
      const samples = unsorted.toSorted((one, other) => one.atMs - other.atMs);
      const history = { stretches: [{ fromMs: 0, samples }], days: {}, undatedRows: 0 };
      const page = runPage(factsWith({ history }));
      expect(page).not.toMatch(/NaN|Infinity/);
      for (const [, x, y, width, height] of page.matchAll(
        /class="bar" x="([^"]+)" y="([^"]+)" width="([^"]+)" height="([^"]+)"/g,
      )) {
        expect(Number(x) + Number(width)).toBeLessThanOrEqual(901);
        expect(Number(y) + Number(height)).toBeLessThanOrEqual(221);
      }
    }),
  );
});
