import { PassThrough } from 'node:stream';
import { Chalk } from 'chalk';
import { describe, expect, test } from 'vitest';
import { realMachine } from '../../src/real-machine.ts';
import { showDelivery } from '../../src/report/delivery/display.ts';
import { createDisplay } from '../../src/report/display.ts';
import { colorsFor } from '../../src/report/terminal/colors.ts';
import { summaryText } from '../../src/report/delivery/text.ts';
import { countOf, formatBytes, formatCount, formatDuration } from '../../src/report/terminal/numbers.ts';
import { sentenceText } from '../../src/report/sentence.ts';
import { checkSpeed, checkVerdict } from '../../src/report/words/check.ts';
import { nextStep } from '../../src/report/words/delivery.ts';
import { WARNING_CODES, warningText } from '../../src/report/words/rows.ts';
import { printable, printableJson } from '../../src/report/terminal/printable.ts';
import { liveBlock, progressLine } from '../../src/report/delivery/progress.ts';
import { timeLeftText } from '../../src/report/words/progress.ts';
import { loadFitLine } from '../../src/report/terminal/width.ts';
import { TallyKeeper } from '../../src/report/delivery/tally-keeper.ts';
import { writtenTo } from '../written-to.ts';

const colors = new Chalk({ level: 0 });
const fitLine = await loadFitLine();

const facts = {
  vendor: 'Scarf',
  requestNoun: 'import',
  exit: 'ok',
  durationMs: 1,
  nowMs: 0,
  rejects: undefined,
  run: undefined,
  isResumable: true,
} as const;

describe('numbers', () => {
  test.each([
    [0, '0'],
    [999, '999'],
    [1000, '1,000'],
    [1234567, '1,234,567'],
  ])('%d as a count', (count, text) => expect(formatCount(count)).toBe(text));

  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [99_400, '99 kB'],
    [999_600, '1.0 MB'],
    [1_234_000_000, '1.2 GB'],
  ])('%d bytes', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  test.each([
    [12, '12 ms'],
    [12_340, '12.3 s'],
    [245_000, '4 min 5 s'],
    [7_800_000, '2 h 10 min'],
  ])('%d ms', (ms, text) => expect(formatDuration(ms)).toBe(text));

  test('one row is no plural', () => {
    expect(countOf(1, 'row')).toBe('1 row');
    expect(countOf(2, 'retry', 'retries')).toBe('2 retries');
  });
});

describe('colour', () => {
  test.each([
    ['a terminal', { isTTY: true }, {}, true, 1],
    ['no terminal', { isTTY: false }, {}, true, 0],
    ['NO_COLOR', { isTTY: true }, { NO_COLOR: '1' }, true, 0],
    ['an empty NO_COLOR', { isTTY: true }, { NO_COLOR: '' }, true, 1],
    ['FORCE_COLOR in a pipe', {}, { FORCE_COLOR: '1' }, true, 1],
    ['NO_COLOR against FORCE_COLOR', {}, { FORCE_COLOR: '1', NO_COLOR: '1' }, true, 0],
    ['a dumb terminal', { isTTY: true }, { TERM: 'dumb' }, true, 0],
    ['CLICOLOR=0', { isTTY: true }, { CLICOLOR: '0' }, true, 0],
    ['FORCE_COLOR against CLICOLOR=0', {}, { CLICOLOR: '0', FORCE_COLOR: '1' }, true, 1],
    ['FORCE_COLOR=false', { isTTY: true }, { FORCE_COLOR: 'false' }, true, 0],
    ['--no-color', { isTTY: true }, { FORCE_COLOR: '1' }, false, 0],
  ])('%s', (_name, stream, environment, wanted, level) => {
    expect(colorsFor(stream, environment, wanted).level).toBe(level);
  });
});

test('text from outside cannot steer a terminal', () => {
  expect(printable('a\u001b[2Jb\u009bc\u202ed\r\ne')).toBe('a\u{fffd}[2Jb\u{fffd}c\u{fffd}d\u{fffd}\ne');
});

test('JSON is escaped for a terminal, and stays what it is', () => {
  const value = { 'a\u2028': 'b\u007f\u009b\u202ec ##[error]x' };
  const shown = printableJson(JSON.stringify(value));
  expect(shown).toBe(String.raw`{"a\u2028":"b\u007f\u009b\u202ec ##\u005berror]x"}`);
  expect(JSON.parse(shown)).toEqual(value);
});

test('what comes from outside is cleaned in a summary, our own colours stay', () => {
  const keeper = new TallyKeeper();
  const reject = { input: 0, from: 0, to: 9, line: 1, reason: 'not\u001b[2Jjson', source: 'server' as const };
  keeper.add({
    type: 'row-rejected',
    path: 'ev\u001b[2J.ndjson',
    reject: { ...reject, message: 'no\u009b!' },
  });
  keeper.add({ type: 'job-changed', job: { id: 'job\u001b[2J', status: 'done', rows: 1 } });
  const text = summaryText(
    keeper.tally,
    {
      ...facts,
      exit: 'rejected',
      rejects: {
        ...{ path: 'rejects\u001b[2J', state: 'present' },
        files: [{ path: 'rejects\u001b[2J', state: 'present' }],
      },
      run: 'run\u001b[2J',
    },
    new Chalk({ level: 1 }),
  );
  expect(text).toMatch(/^\u001b\[\d+m./);
  expect(text.replaceAll(/\u001b\[\d+m/g, '')).not.toContain('\u001b');
  expect(text.match(/\u{fffd}/gu)).toHaveLength(6);
});

test('a group of rejects that differ in words shows the first words, and how many others there are', () => {
  const keeper = new TallyKeeper();
  const reject = { input: 0, from: 0, to: 9, reason: 'time-unreadable', source: 'local' as const };
  for (const [line, message] of ['no a', 'no b', 'no a', 'no c'].entries()) {
    keeper.add({ type: 'row-rejected', path: 'f', reject: { ...reject, line: line + 1, message } });
  }
  expect(keeper.tally.reasons).toEqual([
    {
      ...{ reason: 'time-unreadable', source: 'local', message: 'no a', rows: 4, others: 2 },
      places: [
        { path: 'f', line: 1 },
        { path: 'f', line: 2, message: 'no b' },
        { path: 'f', line: 3 },
        { path: 'f', line: 4, message: 'no c' },
      ],
    },
  ]);
  expect(summaryText(keeper.tally, { ...facts, exit: 'rejected' }, colors)).toContain(
    '4 rows rejected, time-unreadable: no a, and 2 others like it\n',
  );
});

test('names in codes are shown as they are', () => {
  const keeper = new TallyKeeper();
  keeper.add({
    type: 'rows-read',
    input: 0,
    rows: 2,
    rejected: 0,
    bytes: 9,
    sourceBytes: 9,
    changes: { 'field-renamed: user-id to user_id': 2, 'headers-joined': 1 },
    warnings: { 'some-thing: a-b': 1 },
  });
  const text = summaryText(keeper.tally, facts, colors);
  expect(text).toContain(': user-id to user_id\n');
  expect(text).toContain('1 event: some thing: a-b\n');
});

test('no warning is titled twice, and each agrees with its number', () => {
  for (const code of [...WARNING_CODES, 'some-other: detail']) {
    for (const [count, of] of [[1], [2], [1, 1], [1, 9], [9, 9], [2, 9]] as const) {
      const text = warningText(code, count, { vendor: 'Scarf', ...(of === undefined ? {} : { of }) });
      const written = sentenceText({ level: 'warning', text }, colors);
      expect(written.match(/warning:/g)).toHaveLength(1);
      expect(text).not.toMatch(count === 1 ? /\b(are|have|were)\b/ : /\b(is|has|was)\b/);
      expect(text).not.toMatch(/\b1 (rows|events|lines)\b|\b[2-9] (row|event|line)\b/);
    }
  }
});

test('a warning about rows is said once, with its count, when the first of them are read', () => {
  const keeper = new TallyKeeper();
  const showing = showDelivery(keeper.tally, {
    machine: realMachine(),
    vendor: 'Scarf',
    maxActive: undefined,
  });
  const read = (warnings: Record<string, number>, quiet = false) => {
    const place = { input: 0, rejected: 0, bytes: 9, sourceBytes: 9, changes: {} };
    const event = { type: 'rows-read' as const, rows: 5, ...place, warnings };
    keeper.add(event);
    return showing.sentencesFor(event, { quiet, isLive: false }).map(({ text }) => text);
  };
  expect(read({ 'old-event': 3 }, true)).toEqual([]);
  expect(read({})).toEqual([]);
  expect(read({ 'old-event': 3 })).toEqual([
    "3 of the first 15 rows are older than Scarf's 7-day limit and may be refused (--old-events)",
  ]);
  expect(read({ 'old-event': 5 })).toEqual([]);
});

test('old events are told of with the limit of their vendor', () => {
  const told = (vendor: string) => warningText('old-event', 2, { vendor });
  expect(told('Moesif')).toBe(
    "2 events are older than Moesif's 30-day limit and may be refused (--old-events)",
  );
  expect(told('Acme')).toBe("2 events are older than Acme's age limit and may be refused (--old-events)");
});

test('a run that read a pipe goes on by its id, since the command would read other bytes', () => {
  const facts = { run: 'run-1', rejectsFiles: 0, watch: undefined };
  expect(nextStep('terminate', { ...facts, isOfStream: false })).toBe('run it again to go on: run-1');
  expect(nextStep('terminate', { ...facts, isOfStream: true })).toContain('scarf-cli runs resume run-1');
});

function halfDone(paths: readonly string[]) {
  const keeper = new TallyKeeper();
  paths.forEach((path, input) => keeper.add({ type: 'input-opened', input, path, sourceBytes: 1000 }));
  keeper.add({
    type: 'rows-read',
    input: 0,
    rows: 10,
    rejected: 1,
    bytes: 1000,
    sourceBytes: 1000,
    changes: {},
    warnings: {},
  });
  keeper.add({ type: 'slots-known', active: 3, others: 4 });
  return keeper;
}

const shown = { vendor: 'Scarf', bytesPerSecond: 0, elapsedMs: 4_000, maxActive: 15 };

describe('progress', () => {
  test('a whole file that is read is not 99 % read, but being processed', () => {
    const { tally } = halfDone(['a.ndjson']);
    expect(progressLine({ ...shown, tally })).toBe(
      'a.ndjson · waiting for Scarf to answer · 0 events confirmed · 7 of 15 imports active · 4.0 s elapsed',
    );
  });

  test('imports that are left are counted, with the name of a single input', () => {
    const keeper = halfDone(['a.ndjson']);
    const job = { rows: 5, rejected: 0 };
    keeper.add({ type: 'chunk-taken', chunk: 1, job: 'one', ...job });
    keeper.add({ type: 'chunk-taken', chunk: 2, job: 'two', ...job });
    keeper.add({ type: 'job-changed', job: { id: 'one', status: 'done', rows: 5 } });
    const [first] = liveBlock({ ...shown, tally: keeper.tally }, { columns: 80, colors, fitLine });
    expect(first).toBe('a.ndjson  Scarf is processing: 1 of 2 imports left · 4.0 s elapsed');
  });

  test('reading has its share, rate, time left and time gone', () => {
    const keeper = new TallyKeeper();
    keeper.add({ type: 'input-opened', input: 0, path: 'a.ndjson', sourceBytes: 1000 });
    keeper.add({
      type: 'rows-read',
      input: 0,
      rows: 4,
      rejected: 0,
      bytes: 420,
      sourceBytes: 420,
      changes: {},
      warnings: {},
    });
    const block = liveBlock(
      { ...shown, bytesPerSecond: 100, tally: keeper.tally },
      { columns: 80, colors, fitLine },
    );
    expect(block[0]).toMatch(/^a\.ndjson {2}━+$/);
    expect(block[1]).toBe('  42 % of 1.0 kB · 100 B/s · 6 to 8 s left · 4.0 s elapsed');
  });

  test.each([
    [0, 15, 'the account runs 15 imports, none of them ours; waiting'],
    [4, 11, 'the account runs 15 imports, 4 of them ours; waiting'],
    [0, 1, 'the account runs 1 import, none of them ours; waiting'],
  ])('while %d of ours and %d of others run it is said why nothing goes out', (active, others, text) => {
    const keeper = halfDone(['a.ndjson']);
    keeper.add({ type: 'slot-awaited', active, others });
    expect(progressLine({ ...shown, tally: keeper.tally })).toContain(text);
    keeper.add({ type: 'slot-granted' });
    expect(progressLine({ ...shown, tally: keeper.tally })).not.toContain(text);
  });

  test('once it is to stop there is no time left to show', () => {
    const keeper = halfDone(['a.ndjson', 'b.ndjson']);
    keeper.add({ type: 'stop-requested', graceMs: 1_000 });
    const line = progressLine({ ...shown, bytesPerSecond: 100, tally: keeper.tally });
    expect(line).toContain('2 files · stopping: finishing uploads');
    expect(line).not.toContain('left');
  });

  test('several inputs have a line each', () => {
    const paths = Array.from({ length: 9 }, (_, index) => `logs/${index}.ndjson`);
    const { tally } = halfDone(paths);
    const lines = liveBlock({ ...shown, bytesPerSecond: 100, tally }, { columns: 60, colors, fitLine });
    expect(lines).toContain('  8 more files waiting');
    expect(lines[0]).toMatch(/^9 files {2}━+$/);
  });

  test.each([
    [900, '9 to 12 s left'],
    [999_900, '3 to 4 h left'],
    [50, 'about 1 s left'],
  ])('%d bytes at 100 per second', (bytes, text) => expect(timeLeftText(bytes * 10)).toBe(text));
});

test.each([
  ['a terminal without columns', { isTTY: true, columns: 0 }, {}],
  ['a dumb terminal', { isTTY: true, columns: 80 }, { TERM: 'dumb' }],
  ['a pipe', { columns: 80 }, {}],
])('%s is written to in whole lines', async (_name, facts, environment) => {
  const stderr = Object.assign(new PassThrough(), facts);
  const machine = { ...realMachine(), stderr, environment };
  const showing = { sentencesFor: () => [], line: () => 'half', block: () => ['live'] };
  const display = await createDisplay(machine, showing, { mode: 'auto', quiet: false, color: false });
  display.say('the end\n');
  display.end();
  expect(writtenTo(stderr)).toBe('the end\n');
});

/** A terminal of 80 columns, and what was written to it. */
function terminal(environment: Record<string, string>) {
  const moves = { clearLine: () => true, cursorTo: () => true, moveCursor: () => true };
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 80, ...moves });
  return { machine: { ...realMachine(), stderr, environment }, written: () => writtenTo(stderr) };
}

test('the live block does not come back behind the summary', async () => {
  const { machine, written } = terminal({});
  const showing = { sentencesFor: () => [], line: () => 'half', block: () => ['live'] };
  const display = await createDisplay(machine, showing, { mode: 'auto', quiet: false, color: false });
  display.end();
  written();
  display.say('the end\n');
  display.end();
  expect(written()).toBe('the end\n');
});

test('a terminal that wants no colour gets none from the live block either', async () => {
  const { machine, written } = terminal({ NO_COLOR: '1' });
  const showing = { sentencesFor: () => [], line: () => 'half', block: () => ['live'] };
  const display = await createDisplay(machine, showing, { mode: 'auto', quiet: false, color: true });
  display.say('a sentence\n');
  display.end();
  expect(written()).not.toMatch(/\u{1b}\[\d*m/u);
});

test.each([
  ['ok', '✓'],
  ['interrupt', '✗'],
  ['unavailable', '✗'],
] as const)('a run with nothing but pending rows that ends %s is marked %s', (exit, mark) => {
  const { tally } = halfDone(['a.ndjson']);
  expect(summaryText(tally, { ...facts, exit, run: 'r' }, colors)).toMatch(new RegExp(`^${mark} `, 'u'));
});

test.each([
  [false, 'it would take 2 imports, 4.1 MB'],
  [true, 'it would take about 2 imports, 4.1 MB'],
])('a check says when sizes are estimated: %s', (estimated, told) => {
  const sizes = { requests: 2, bytes: 4_100_000, estimated };
  const verdict = checkVerdict({ valid: 3, rejected: 0, skipped: 0, noun: 'import', ...sizes });
  expect(verdict).toBe(`3 rows are valid; none would be rejected; ${told}`);
});

test('a check says how fast it was, unless it was over too soon to tell', () => {
  expect(checkSpeed({ readBytes: 1_200_000_000, durationMs: 4_100 })).toBe('read 1.2 GB in 4.1 s, 293 MB/s');
  expect(checkSpeed({ readBytes: 7_999_999, durationMs: 100 })).toBeUndefined();
  expect(checkSpeed({ readBytes: 8_000_000, durationMs: 0 })).toBeUndefined();
});
