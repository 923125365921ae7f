/** Times of every vendor, read by one reader. */
import { NOW, type InputCase } from './case.ts';

const rewritten = { changes: { 'time-rewritten': 1 } };
const assumed = { changes: { 'time-zone-assumed': 1 } };
const fromNumber = { changes: { 'time-from-number': 1 } };
const unreadable: Pick<InputCase, 'exit' | 'counts' | 'reasons'> = {
  exit: 3,
  counts: [1, 1],
  reasons: ['time-unreadable'],
};
const ambiguous: Pick<InputCase, 'exit' | 'counts' | 'reasons'> = {
  exit: 3,
  counts: [1, 1],
  reasons: ['time-ambiguous'],
};

/** A row whose time Scarf is sent as the text `sent`. */
function time(input: string, sent: string, others: Partial<InputCase> = {}): InputCase {
  return { input, counts: [1, 0], stored: { $time: sent }, ...others };
}

export const TIME_CASES: Record<string, InputCase> = {
  'ISO 8601 leaves as it came': time(
    'times/iso-8601-leaves-as-it-came.ndjson',
    '2026-11-25T10:00:00.123+01:00',
    {
      changes: {},
    },
  ),
  'an epoch in seconds': time('times/epoch-in-seconds.ndjson', '2025-11-25T10:00:00Z', fromNumber),
  'an epoch in milliseconds': time(
    'times/epoch-in-milliseconds.ndjson',
    '2025-11-25T10:00:00.123Z',
    fromNumber,
  ),
  'an epoch in microseconds, as text': time(
    'times/epoch-in-microseconds-as-text.ndjson',
    '2025-11-25T10:00:00.123456Z',
    fromNumber,
  ),
  'an epoch in nanoseconds': time(
    'times/epoch-in-nanoseconds.ndjson',
    '2025-11-25T10:00:00.123456789Z',
    fromNumber,
  ),
  'an epoch with a fraction': time(
    'times/epoch-with-a-fraction.ndjson',
    '2025-11-25T10:00:00.25Z',
    fromNumber,
  ),
  'an epoch with an exponent': time(
    'times/epoch-with-an-exponent.ndjson',
    '2025-11-25T10:00:00Z',
    fromNumber,
  ),
  'an epoch with spaces around it': time(
    'times/epoch-with-spaces-around-it.ndjson',
    '2025-11-25T10:00:00Z',
    fromNumber,
  ),
  'an exponent as text, of which digits may be lost': {
    input: 'times/exponent-as-text.ndjson',
    ...unreadable,
    says: '1.76406E+12',
  },
  'eight digits of a date': time('times/eight-digits-of-a-date.ndjson', '2026-11-25T00:00:00Z', assumed),
  'twelve digits of a date': time('times/twelve-digits-of-a-date.ndjson', '2026-11-25T10:00:00Z', assumed),
  'fourteen digits of a date': time(
    'times/fourteen-digits-of-a-date.ndjson',
    '2026-11-25T10:00:00Z',
    assumed,
  ),
  'ten digits with two readings': { input: 'times/ten-digits.ndjson', ...ambiguous, says: '2034' },
  'ten digits, said to be an epoch': time('times/ten-digits.ndjson', '2034-02-20T15:00:12Z', {
    flags: ['--time-format', '%s'],
    warnings: { 'future-event': 1 },
  }),
  'ten digits, said to be a date': time('times/ten-digits.ndjson', '2024-06-04T12:00:00Z', {
    flags: ['--time-format', '%Y%m%d%H'],
  }),
  'a negative epoch': { input: 'times/negative-epoch.ndjson', ...unreadable },
  'an epoch of no year between 2001 and 2100': {
    input: 'times/epoch-of-no-year-between-2001-and-2100.ndjson',
    ...unreadable,
  },
  'a spreadsheet’s serial date': {
    input: 'times/spreadsheet-serial-date.ndjson',
    ...unreadable,
    says: 'spreadsheet',
  },
  'RFC 2822': time('times/rfc-2822.ndjson', '2026-11-25T09:00:00Z', rewritten),
  'RFC 2822 with the wrong weekday': { input: 'times/rfc-2822-with-the-wrong-weekday.ndjson', ...unreadable },
  'a web server’s': time('times/web-server-log.ndjson', '2026-11-25T10:00:00Z', rewritten),
  'PostgreSQL’s': time('times/postgresql.ndjson', '2026-11-25T10:00:00.123Z', rewritten),
  'Go’s': time('times/go.ndjson', '2026-11-25T10:00:00.123Z', rewritten),
  'BigQuery’s': time('times/bigquery.ndjson', '2026-11-25T10:00:00.123456Z', rewritten),
  'Snowflake’s': time('times/snowflake.ndjson', '2026-11-25T18:00:00.123Z', rewritten),
  'SQL Server’s': time('times/sql-server.ndjson', '2026-11-25T09:00:00.1234567Z', rewritten),
  'Java’s, with a zone in brackets': time(
    'times/java-with-a-zone-in-brackets.ndjson',
    '2026-11-25T09:00:00Z',
    rewritten,
  ),
  'an offset that its zone does not have': {
    input: 'times/offset-that-its-zone-does-not-have.ndjson',
    ...unreadable,
  },
  'without a zone: UTC, and said': time('times/without-a-zone.ndjson', '2026-11-25T10:00:00Z', {
    ...assumed,
    says: 'UTC',
  }),
  'without a zone, in the one that is named': time('times/without-a-zone.ndjson', '2026-11-25T09:00:00Z', {
    ...assumed,
    flags: ['--time-zone', 'Europe/Berlin'],
    says: 'Europe/Berlin',
  }),
  'a zone that is none': {
    input: 'one-row.ndjson',
    flags: ['--time-zone', '+25:00'],
    exit: 2,
    counts: [0, 0],
    says: '+25:00',
  },
  'an offset of 25 hours': { input: 'times/offset-of-25-hours.ndjson', ...unreadable },
  'a leap second at the end of a day': time('times/leap-second.ndjson', '2026-11-25T00:00:00Z', rewritten),
  'a leap second anywhere else': { input: 'times/leap-second-in-the-morning.ndjson', ...unreadable },
  'a day that no calendar has': { input: 'times/day-that-no-calendar-has.ndjson', ...unreadable },
  'slashes with two readings': {
    input: 'times/slashes-with-two-readings.ndjson',
    ...ambiguous,
    says: "'%d/%m/%Y %H:%M' or '%m/%d/%Y %H:%M'",
  },
  'slashes with one reading': {
    input: 'times/slashes-with-one-reading.ndjson',
    ...unreadable,
    says: "'%m/%d/%Y %I:%M:%S %p'",
  },
  'slashes in the form that is said': time('times/slashes-day-first.ndjson', '2026-11-25T10:00:00Z', {
    ...assumed,
    flags: ['--time-format', '%d/%m/%Y %H:%M'],
  }),
  'Oracle’s': { input: 'times/oracle.ndjson', ...unreadable, says: "'%d-%b-%y %I.%M.%S.%f %p'" },
  'Oracle’s, in the form that was proposed': time('times/oracle.ndjson', '2026-11-25T10:00:00.123456Z', {
    flags: ['--time-format', '%d-%b-%y %I.%M.%S.%f %p'],
  }),
  'months in another language': { input: 'times/months-in-another-language.ndjson', ...unreadable },
  'a form that is none': {
    input: 'one-row.ndjson',
    flags: ['--time-format', '%d/%m %H:%M'],
    exit: 2,
    counts: [0, 0],
    says: 'year',
  },
  'MongoDB’s': { input: 'times/mongodb.ndjson', ...unreadable, says: '$date' },
  'MongoDB’s, mapped': {
    input: 'times/mongodb-mapped.ndjson',
    flags: ['--map', 'created.$date=$time'],
    counts: [1, 0],
    stored: { $time: NOW },
  },
  'a day and a clock in two columns': {
    input: 'times/day-and-a-clock-in-two-columns.csv',
    flags: ['--map', 'Date+Time=$time'],
    exit: 3,
    counts: [2, 1],
    reasons: ['time-missing'],
    stored: { $time: '2026-11-25T10:00:00Z' },
  },
  'old, sent and counted': time('times/old.ndjson', '2026-11-01T00:00:00Z', {
    warnings: { 'old-event': 1 },
  }),
  'old, and that is fine': time('times/old.ndjson', '2026-11-01T00:00:00Z', {
    flags: ['--old-events', 'send'],
    warnings: {},
  }),
  'old, and a reject': {
    input: 'times/old.ndjson',
    flags: ['--old-events', 'reject'],
    exit: 3,
    counts: [1, 1],
    reasons: ['old-event'],
    says: '2026-11-01',
  },
  'ahead, sent and counted': time('times/far-ahead.ndjson', '2612-01-01T00:00:00Z', {
    warnings: { 'future-event': 1 },
  }),
  'less than a day ahead': time('times/less-than-a-day-ahead.ndjson', '2026-11-26T11:59:59Z', {
    warnings: {},
  }),
  'ahead, and that is fine': time('times/far-ahead.ndjson', '2612-01-01T00:00:00Z', {
    flags: ['--old-events', 'send'],
    warnings: {},
  }),
  'ahead, and a reject': {
    input: 'times/two-days-ahead.ndjson',
    flags: ['--old-events', 'reject'],
    exit: 3,
    counts: [1, 1],
    reasons: ['future-event'],
    says: '2026-11-27',
  },
  'Moesif: both times of a call': {
    vendor: 'moesif',
    input: 'times/moesif-both-times-of-a-call.ndjson',
    counts: [1, 0],
    changes: { 'time-from-number': 1, 'time-rewritten': 1 },
    stored: { request: { time: '2026-11-25T00:00:00Z' }, response: { time: '2026-11-25T10:00:01Z' } },
  },
  'Moesif: a response whose time cannot be read': {
    vendor: 'moesif',
    input: 'times/moesif-response-soon.ndjson',
    ...unreadable,
    says: 'response.time',
  },
  'Moesif: a call older than 30 days': {
    vendor: 'moesif',
    input: 'times/moesif-old-call.ndjson',
    flags: ['--old-events', 'reject'],
    exit: 3,
    counts: [1, 1],
    reasons: ['old-event'],
  },
  'Moesif: both times ahead are one event ahead': {
    vendor: 'moesif',
    input: 'times/moesif-both-ahead.ndjson',
    counts: [1, 0],
    warnings: { 'future-event': 1 },
  },
  'Moesif: the time of an action': {
    vendor: 'moesif',
    input: 'times/moesif-time-of-an-action.ndjson',
    flags: ['--actions', '--time-zone', '+02:00'],
    counts: [1, 0],
    changes: { 'time-zone-assumed': 1 },
    stored: { request: { time: '2026-11-25T08:00:00Z' } },
  },
  'Log Insight: a text becomes milliseconds': {
    vendor: 'loginsight',
    input: 'times/loginsight-text-becomes-milliseconds.ndjson',
    counts: [1, 0],
    changes: { 'time-to-milliseconds': 1 },
    stored: { timestamp: Date.parse('2026-11-25T10:00:00.123Z') },
  },
  'Log Insight: seconds': {
    vendor: 'loginsight',
    input: 'times/loginsight-seconds.ndjson',
    counts: [1, 0],
    stored: { timestamp: Date.parse(NOW) },
  },
  'Log Insight: a time that cannot be read': {
    vendor: 'loginsight',
    input: 'times/loginsight-time-that-cannot-be-read.ndjson',
    ...unreadable,
  },
  'Log Insight: a time ahead': {
    vendor: 'loginsight',
    input: 'times/loginsight-time-ahead.ndjson',
    counts: [1, 0],
    warnings: { 'future-event': 1 },
  },
  'Log Insight: without a zone': {
    vendor: 'loginsight',
    input: 'times/loginsight-without-a-zone.ndjson',
    flags: ['--time-zone', 'Europe/Berlin'],
    counts: [1, 0],
    changes: { 'time-zone-assumed': 1, 'time-to-milliseconds': 1 },
    says: 'Europe/Berlin',
    stored: { timestamp: Date.parse('2026-11-25T09:00:00Z') },
  },
  'Sumatra: a column that is said to be a time': {
    vendor: 'sumatra',
    input: 'times/sumatra-column-of-times.csv',
    flags: ['--type', 'at:time'],
    exit: 3,
    counts: [2, 1],
    reasons: ['type-error'],
    says: 'nonsense',
    stored: { at: '2026-11-25T10:00:00Z' },
  },
  'Sumatra: its own clock counts, and _time is as it came': {
    vendor: 'sumatra',
    input: 'times/sumatra-time-of-its-own.ndjson',
    counts: [1, 0],
    stored: { _time: '25/11/2026' },
  },
};
