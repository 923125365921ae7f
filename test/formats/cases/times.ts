/** Times of every vendor, read by one reader. */
import { callRow, logRow, NOW, scarfRow, type InputCase } from './case.ts';

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

/** A time that Scarf is sent as another text. */
function time(given: unknown, sent: string, others: Partial<InputCase> = {}): InputCase {
  return { content: scarfRow({ $time: given }), counts: [1, 0], stored: { $time: sent }, ...others };
}

export const TIME_CASES: Record<string, InputCase> = {
  'ISO 8601 leaves as it came': time('2026-11-25T10:00:00.123+01:00', '2026-11-25T10:00:00.123+01:00', {
    changes: {},
  }),
  'an epoch in seconds': time(1_764_064_800, '2025-11-25T10:00:00Z', fromNumber),
  'an epoch in milliseconds': time(1_764_064_800_123, '2025-11-25T10:00:00.123Z', fromNumber),
  'an epoch in microseconds, as text': time('1764064800123456', '2025-11-25T10:00:00.123456Z', fromNumber),
  'an epoch in nanoseconds': time('1764064800123456789', '2025-11-25T10:00:00.123456789Z', fromNumber),
  'an epoch with a fraction': time('1764064800.250', '2025-11-25T10:00:00.25Z', fromNumber),
  'an epoch with an exponent': time(1.7640648e9, '2025-11-25T10:00:00Z', fromNumber),
  'an epoch with spaces around it': time(' 1764064800 ', '2025-11-25T10:00:00Z', fromNumber),
  'an exponent as text, of which digits may be lost': {
    content: scarfRow({ $time: '1.76406E+12' }),
    ...unreadable,
    says: '1.76406E+12',
  },
  'eight digits of a date': time('20261125', '2026-11-25T00:00:00Z', assumed),
  'twelve digits of a date': time('202611251000', '2026-11-25T10:00:00Z', assumed),
  'fourteen digits of a date': time(20_261_125_100_000, '2026-11-25T10:00:00Z', assumed),
  'ten digits with two readings': { content: scarfRow({ $time: '2024060412' }), ...ambiguous, says: '2034' },
  'ten digits, said to be an epoch': time('2024060412', '2034-02-20T15:00:12Z', {
    flags: ['--time-format', '%s'],
    warnings: { 'future-event': 1 },
  }),
  'ten digits, said to be a date': time('2024060412', '2024-06-04T12:00:00Z', {
    flags: ['--time-format', '%Y%m%d%H'],
  }),
  'a negative epoch': { content: scarfRow({ $time: -1_764_064_800 }), ...unreadable },
  'an epoch of no year between 2001 and 2100': { content: scarfRow({ $time: 86_400 }), ...unreadable },
  'a spreadsheet’s serial date': {
    content: scarfRow({ $time: '46351.4166667' }),
    ...unreadable,
    says: 'spreadsheet',
  },
  'RFC 2822': time('Wed, 25 Nov 2026 10:00:00 +0100', '2026-11-25T09:00:00Z', rewritten),
  'RFC 2822 with the wrong weekday': {
    content: scarfRow({ $time: 'Mon, 25 Nov 2026 10:00:00 +0100' }),
    ...unreadable,
  },
  'a web server’s': time('25/Nov/2026:10:00:00 +0000', '2026-11-25T10:00:00Z', rewritten),
  'PostgreSQL’s': time('2026-11-25 10:00:00.123000+00', '2026-11-25T10:00:00.123Z', rewritten),
  'Go’s': time('2026-11-25 10:00:00.123 +0000 UTC', '2026-11-25T10:00:00.123Z', rewritten),
  'BigQuery’s': time('2026-11-25 10:00:00.123456 UTC', '2026-11-25T10:00:00.123456Z', rewritten),
  'Snowflake’s': time('2026-11-25 10:00:00.123 -0800', '2026-11-25T18:00:00.123Z', rewritten),
  'SQL Server’s': time('2026-11-25 10:00:00.1234567 +01:00', '2026-11-25T09:00:00.1234567Z', rewritten),
  'Java’s, with a zone in brackets': time(
    '2026-11-25T10:00:00+01:00[Europe/Berlin]',
    '2026-11-25T09:00:00Z',
    rewritten,
  ),
  'an offset that its zone does not have': {
    content: scarfRow({ $time: '2026-11-25T10:00:00+02:00[Europe/Berlin]' }),
    ...unreadable,
  },
  'without a zone: UTC, and said': time('2026-11-25 10:00:00', '2026-11-25T10:00:00Z', {
    ...assumed,
    says: 'UTC',
  }),
  'without a zone, in the one that is named': time('2026-11-25 10:00:00', '2026-11-25T09:00:00Z', {
    ...assumed,
    flags: ['--time-zone', 'Europe/Berlin'],
    says: 'Europe/Berlin',
  }),
  'a zone that is none': {
    content: scarfRow(),
    flags: ['--time-zone', '+25:00'],
    exit: 2,
    counts: [0, 0],
    says: '+25:00',
  },
  'an offset of 25 hours': { content: scarfRow({ $time: '2026-11-25T10:00:00+25:00' }), ...unreadable },
  'a leap second at the end of a day': time('2026-11-24T23:59:60Z', '2026-11-25T00:00:00Z', rewritten),
  'a leap second anywhere else': { content: scarfRow({ $time: '2026-11-25T10:00:60Z' }), ...unreadable },
  'a day that no calendar has': { content: scarfRow({ $time: '2026-02-30T10:00:00Z' }), ...unreadable },
  'slashes with two readings': {
    content: scarfRow({ $time: '04/06/2026 10:00' }),
    ...ambiguous,
    says: "'%d/%m/%Y %H:%M' or '%m/%d/%Y %H:%M'",
  },
  'slashes with one reading': {
    content: scarfRow({ $time: '11/25/2026 10:00:00 AM' }),
    ...unreadable,
    says: "'%m/%d/%Y %I:%M:%S %p'",
  },
  'slashes in the form that is said': time('25/11/2026 10:00', '2026-11-25T10:00:00Z', {
    ...assumed,
    flags: ['--time-format', '%d/%m/%Y %H:%M'],
  }),
  'Oracle’s': {
    content: scarfRow({ $time: '25-NOV-26 10.00.00.123456 AM' }),
    ...unreadable,
    says: "'%d-%b-%y %I.%M.%S.%f %p'",
  },
  'Oracle’s, in the form that was proposed': time(
    '25-NOV-26 10.00.00.123456 AM',
    '2026-11-25T10:00:00.123456Z',
    {
      flags: ['--time-format', '%d-%b-%y %I.%M.%S.%f %p'],
    },
  ),
  'months in another language': { content: scarfRow({ $time: '25 Dezember 2026' }), ...unreadable },
  'a form that is none': {
    content: scarfRow(),
    flags: ['--time-format', '%d/%m %H:%M'],
    exit: 2,
    counts: [0, 0],
    says: 'year',
  },
  'MongoDB’s': { content: scarfRow({ $time: { $date: NOW } }), ...unreadable, says: '$date' },
  'MongoDB’s, mapped': {
    content: scarfRow({ $time: undefined, created: { $date: NOW } }),
    flags: ['--map', 'created.$date=$time'],
    counts: [1, 0],
    stored: { $time: NOW },
  },
  'a day and a clock in two columns': {
    file: 'a.csv',
    content: '$package,Date,Time\np,2026-11-25,10:00:00\np,,10:00:00\n',
    flags: ['--map', 'Date+Time=$time'],
    exit: 3,
    counts: [2, 1],
    reasons: ['time-missing'],
    stored: { $time: '2026-11-25T10:00:00Z' },
  },
  'old, sent and counted': time('2026-11-01T00:00:00Z', '2026-11-01T00:00:00Z', {
    warnings: { 'old-event': 1 },
  }),
  'old, and that is fine': time('2026-11-01T00:00:00Z', '2026-11-01T00:00:00Z', {
    flags: ['--old-events', 'send'],
    warnings: {},
  }),
  'old, and a reject': {
    content: scarfRow({ $time: '2026-11-01T00:00:00Z' }),
    flags: ['--old-events', 'reject'],
    exit: 3,
    counts: [1, 1],
    reasons: ['old-event'],
    says: '2026-11-01',
  },
  'ahead, sent and counted': time('2612-01-01T00:00:00Z', '2612-01-01T00:00:00Z', {
    warnings: { 'future-event': 1 },
  }),
  'less than a day ahead': time('2026-11-26T11:59:59Z', '2026-11-26T11:59:59Z', { warnings: {} }),
  'ahead, and that is fine': time('2612-01-01T00:00:00Z', '2612-01-01T00:00:00Z', {
    flags: ['--old-events', 'send'],
    warnings: {},
  }),
  'ahead, and a reject': {
    content: scarfRow({ $time: '2026-11-27T00:00:00Z' }),
    flags: ['--old-events', 'reject'],
    exit: 3,
    counts: [1, 1],
    reasons: ['future-event'],
    says: '2026-11-27',
  },
  'Moesif: both times of a call': {
    vendor: 'moesif',
    content: callRow(
      { time: 1_764_028_800_000 + 31_536_000_000 },
      { response: { time: '25/Nov/2026:10:00:01 +0000', status: 200, headers: {} } },
    ),
    counts: [1, 0],
    changes: { 'time-from-number': 1, 'time-rewritten': 1 },
    stored: { request: { time: '2026-11-25T00:00:00Z' }, response: { time: '2026-11-25T10:00:01Z' } },
  },
  'Moesif: a response whose time cannot be read': {
    vendor: 'moesif',
    content: callRow({}, { response: { time: 'soon', status: 200, headers: {} } }),
    ...unreadable,
    says: 'response.time',
  },
  'Moesif: a call older than 30 days': {
    vendor: 'moesif',
    content: callRow({ time: '2026-10-01T00:00:00Z' }),
    flags: ['--old-events', 'reject'],
    exit: 3,
    counts: [1, 1],
    reasons: ['old-event'],
  },
  'Moesif: both times ahead are one event ahead': {
    vendor: 'moesif',
    content: callRow(
      { time: '2027-01-01T00:00:00Z' },
      { response: { time: '2027-01-01T00:00:00Z', status: 200, headers: {} } },
    ),
    counts: [1, 0],
    warnings: { 'future-event': 1 },
  },
  'Moesif: the time of an action': {
    vendor: 'moesif',
    content: `${JSON.stringify({ action_name: 'a', request: { uri: 'https://a.example/', ip_address: '192.0.2.1', time: '2026-11-25 10:00' } })}\n`,
    flags: ['--actions', '--time-zone', '+02:00'],
    counts: [1, 0],
    changes: { 'time-zone-assumed': 1 },
    stored: { request: { time: '2026-11-25T08:00:00Z' } },
  },
  'Log Insight: a text becomes milliseconds': {
    vendor: 'loginsight',
    content: logRow({ timestamp: '2026-11-25T10:00:00.123Z' }),
    counts: [1, 0],
    changes: { 'time-to-milliseconds': 1 },
    stored: { timestamp: Date.parse('2026-11-25T10:00:00.123Z') },
  },
  'Log Insight: seconds': {
    vendor: 'loginsight',
    content: logRow({ timestamp: Date.parse(NOW) / 1000 }),
    counts: [1, 0],
    stored: { timestamp: Date.parse(NOW) },
  },
  'Log Insight: a time that cannot be read': {
    vendor: 'loginsight',
    content: logRow({ timestamp: 'soon' }),
    ...unreadable,
  },
  'Log Insight: a time ahead': {
    vendor: 'loginsight',
    content: logRow({ timestamp: '2027-01-01T00:00:00Z' }),
    counts: [1, 0],
    warnings: { 'future-event': 1 },
  },
  'Log Insight: without a zone': {
    vendor: 'loginsight',
    content: logRow({ timestamp: '2026-11-25 10:00' }),
    flags: ['--time-zone', 'Europe/Berlin'],
    counts: [1, 0],
    changes: { 'time-zone-assumed': 1, 'time-to-milliseconds': 1 },
    says: 'Europe/Berlin',
    stored: { timestamp: Date.parse('2026-11-25T09:00:00Z') },
  },
  'Sumatra: a column that is said to be a time': {
    vendor: 'sumatra',
    file: 'a.csv',
    content: '_type,at\na,25/Nov/2026:10:00:00 +0000\na,nonsense\n',
    flags: ['--type', 'at:time'],
    exit: 3,
    counts: [2, 1],
    reasons: ['type-error'],
    says: 'nonsense',
    stored: { at: '2026-11-25T10:00:00Z' },
  },
  'Sumatra: its own clock counts, and _time is as it came': {
    vendor: 'sumatra',
    content: '{"_type":"a","_time":"25/11/2026"}\n',
    counts: [1, 0],
    stored: { _time: '25/11/2026' },
  },
};
