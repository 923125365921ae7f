/** Events as exports have them, made from a seed, with values that are meant to break something. */
import fc from 'fast-check';

export const EVENT_COLUMNS = [
  'id',
  'type',
  'package',
  'pixel',
  'version',
  'time',
  'referer',
  'user_agent',
  'platform',
  'variables',
  'origin_id',
  'origin_latitude',
  'origin_country',
  'origin_company',
  'origin_domain',
  'dnt',
  'confidence',
  'mtc_quota_exceeded',
] as const;

export type EventRow = Record<(typeof EVENT_COLUMNS)[number], string>;

const hostile = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  'comma, and "quote"',
  'two\nlines',
  '東京 🚀',
  "=cmd|' /C calc'!A0",
  '(none)',
  '(other)',
  '__proto__',
];

const anyOf = (...values: readonly string[]) => fc.constantFrom(...values);

/** One row. The same origin comes again on other days, and some ids repeat. */
export const eventRow: fc.Arbitrary<EventRow> = fc
  .record({
    id: fc.integer({ min: 0, max: 400 }),
    day: fc.integer({ min: 1, max: 28 }),
    origin: fc.integer({ min: 0, max: 60 }),
    type: anyOf('manifest-fetch', 'binary-download', 'pixel-fetch', ...hostile.slice(0, 2)),
    isPixel: fc.boolean(),
    artifact: anyOf('tool', 'library', ...hostile),
    version: anyOf('1.0.0', '1.1.0', '2.0.0-beta', '', ...hostile),
    referer: anyOf('https://a.example/x?y=1', 'https://a.example/x#z', '', ...hostile),
    agent: anyOf('npm/10.8 node', 'curl/8', 'Mozilla/5.0 (X11, y)', 'plain', '', ...hostile),
    platform: anyOf('linux-x64', 'darwin', ''),
    country: anyOf('US', 'DE', 'JP', '', ...hostile),
    company: anyOf('', 'UNKNOWN', 'Acme', ...hostile),
    confidence: anyOf('', '0.874', '1', '0', '0.1', '0.05', '1.0', '0.3'),
    withheld: anyOf('true', 'false', ''),
    variables: anyOf('', ...hostile),
  })
  .map(({ id, day, origin, isPixel, artifact, agent, country, company, withheld, ...rest }) => ({
    ...rest,
    id: `event-${id}`,
    package: isPixel ? '' : artifact,
    pixel: isPixel ? artifact : '',
    time: `2026-10-${String(day).padStart(2, '0')} 10:00:00`,
    user_agent: agent,
    origin_id: `origin-${origin}`,
    origin_latitude: '1.5',
    origin_country: country,
    origin_company: company,
    origin_domain: company === '' ? '' : `${company.length}.example`,
    dnt: 'false',
    mtc_quota_exceeded: withheld,
  }));

/** Equal ids are equal rows, as the vendor delivers repetitions. */
export function withRepetitions(rows: readonly EventRow[]): EventRow[] {
  const first = new Map<string, EventRow>();
  return rows.map((row) => first.get(row.id) ?? (first.set(row.id, row), row));
}

export function csvOf(columns: readonly string[], rows: readonly Readonly<Record<string, string>>[]): string {
  const cell = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const lines = rows.map((row) => columns.map((name) => cell(row[name] ?? '')).join(','));
  return [columns.join(','), ...lines, ''].join('\n');
}
