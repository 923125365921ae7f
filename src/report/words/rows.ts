/** The words for changes to rows and warnings about rows: a sentence per code, with the number of rows. */
import { countOf, formatCount } from '../terminal/numbers.ts';

/** What is counted, as the subject of a sentence: `20 of the first 200 rows`, `1 event`. */
interface Subject {
  text: string;
  is: 'is' | 'are';
  has: 'has' | 'have';
  was: 'was' | 'were';
  /** Title of the vendor: `Scarf`. */
  vendor: string;
}

/** The text after the number of rows. `zone`: the zone for times without one. */
const CHANGES: Readonly<Record<string, string>> = {
  'id-filled': 'got an id',
  'id-to-text': 'had a non-text id, sent as text',
  'field-converted': 'had a value converted to the declared type',
  'response-left-out': 'had a response of only nulls, sent without it',
  'time-from-number': 'had a numeric time, sent as ISO 8601',
  'time-zone-assumed': 'had a time without zone, taken as {zone}',
  'time-rewritten': 'had a time rewritten as ISO 8601',
  'key-renamed': 'had a key renamed',
  'key-dropped': 'named the artifact that --package or --pixel names already',
  'type-filled': 'got the event type',
  'headers-filled': 'got empty headers',
  'headers-joined': 'had repeated headers, joined by commas',
  'field-renamed': 'had a field renamed to a legal name',
  'text-split': 'had a long text, split into several events',
  'text-truncated': 'had a text truncated to the maximum length',
  'time-kept-in-field': 'had their own time kept in a field, since the server changes it',
  'time-to-milliseconds': 'had a time sent as milliseconds',
  'text-from-key': 'had their text taken from another key',
  'time-from-key': 'had their time taken from another key',
  'type-error-nulled': 'had a value of the wrong type, sent as null',
};

/** How old events may be, by the title of the vendor. */
const AGE_LIMITS: Readonly<Record<string, string>> = { Scarf: '7-day', Moesif: '30-day' };

const WARNINGS: Readonly<Record<string, (subject: Subject) => string>> = {
  'old-event': ({ text, is, vendor }) =>
    `${text} ${is} older than ${vendor}'s ${AGE_LIMITS[vendor] ?? 'age'} limit and may be refused (--old-events)`,
  'future-event': ({ text, is }) => `${text} ${is} more than a day ahead of this machine's clock`,
  'text-missing': ({ text, has }) => `${text} ${has} no text: only fields can be searched`,
  'time-missing': ({ text, has }) => `${text} ${has} no time: the server takes its own`,
  'time-clamped': ({ text, is }) =>
    `${text} ${is} more than 10 minutes off: the server replaces the time unless you log in`,
  'uri-relative': ({ text, has }) => `${text} ${has} a relative request.uri; Moesif expects an absolute URI`,
  'query-keys-over-500': ({ text, has }) =>
    `${text} ${has} more than 500 keys in the query of request.uri; Moesif does not keep them all`,
  'ip-address-missing': ({ text, has }) =>
    `${text} ${has} no request.ip_address; Moesif takes the address of this machine`,
  'event-cut-by-vendor': ({ text, is }) => `${text} ${is} over 1 MB; Moesif truncates bodies`,
  'server-warning': ({ text, was }) => `${text} ${was} imported with a warning in the log`,
  'log-line-unreadable': ({ text, was }) => `${text} of an import log ${was} unreadable and skipped`,
  'neither-counted-nor-logged': ({ text, is }) =>
    `${text} ${is} taken as imported: of their import Scarf gave neither counters nor a log`,
  'left-out-of-count': ({ text, is }) => `${text} ${is} missing from the server's count of what it took`,
  'reply-without-id': ({ text, has }) => `${text} ${has} a reply without event_id`,
  'line-passed-over': ({ text, was }) =>
    `${text} of the log ${was} left out: no requests, or told of in other lines`,
  'feature-error': ({ text, has }) => `${text} ${has} errors in features`,
};

/** The codes that have a sentence here. @internal */
export const WARNING_CODES: readonly string[] = Object.keys(WARNINGS);

/** What is counted, where that is not events. */
const NOUNS: Readonly<Record<string, string>> = {
  'log-line-unreadable': 'line',
  'line-passed-over': 'line',
};

/** `3 rows got an id` */
export function changeText(code: string, rows: number, zone: string): string {
  const { kind, detail } = partsOf(code);
  const words = CHANGES[kind] ?? kind.replaceAll('-', ' ');
  return `${countOf(rows, 'row')} ${words.replace('{zone}', () => zone)}${detail}`;
}

/** What was counted by whom: `of` the first rows, or of all. */
export interface CountedBy {
  /** Title of the vendor: `Scarf`. */
  vendor: string;
  of?: number;
}

/** `20 events are older than Scarf's 7-day limit and may be refused`; with `of` rows: `20 of the first 200 rows are ...`. */
export function warningText(code: string, count: number, { vendor, of }: CountedBy): string {
  const { kind, detail } = partsOf(code);
  const noun = NOUNS[kind];
  const text = of === undefined || noun !== undefined ? countOf(count, noun ?? 'event') : shareOf(count, of);
  const forms =
    count === 1
      ? ({ is: 'is', has: 'has', was: 'was' } as const)
      : ({ is: 'are', has: 'have', was: 'were' } as const);
  const sentence = WARNINGS[kind];
  const said =
    sentence === undefined ? `${text}: ${kind.replaceAll('-', ' ')}` : sentence({ text, vendor, ...forms });
  return `${said}${detail}`;
}

/** `20 of the first 200 rows`, `all of the first 20 rows`, `the first row`. */
function shareOf(count: number, of: number): string {
  if (count < of) return `${formatCount(count)} of the first ${countOf(of, 'row')}`;
  return of === 1 ? 'the first row' : `all of the first ${countOf(of, 'row')}`;
}

/** Splits off the detail that may follow a code: `feature-error: a-feature`. */
function partsOf(code: string): { kind: string; detail: string } {
  const [kind = code] = code.split(': ', 1);
  return { kind, detail: code.slice(kind.length) };
}
