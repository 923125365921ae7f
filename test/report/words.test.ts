import { PassThrough } from 'node:stream';
import chalk, { Chalk } from 'chalk';
import { describe, expect, onTestFinished, test } from 'vitest';
import { realMachine } from '../../src/machine.ts';
import { showDelivery } from '../../src/report/delivery/display.ts';
import { createDisplay } from '../../src/report/display.ts';
import { colorsFor } from '../../src/report/terminal/colors.ts';
import { summaryText } from '../../src/report/delivery/text.ts';
import { annotations } from '../../src/report/github.ts';
import { liveBlock } from '../../src/report/terminal/live-block.ts';
import { countOf, formatBytes, formatCount, formatDuration } from '../../src/report/terminal/numbers.ts';
import { printable } from '../../src/report/terminal/printable.ts';
import { progressLine, timeLeft } from '../../src/report/delivery/progress-line.ts';
import { TallyKeeper } from '../../src/report/delivery/tally.ts';

const colors = new Chalk({ level: 0 });

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
    ['--no-color', { isTTY: true }, { FORCE_COLOR: '1' }, false, 0],
  ])('%s', (_name, stream, environment, wanted, level) => {
    expect(colorsFor(stream, environment, wanted).level).toBe(level);
  });
});

test('text from outside cannot steer a terminal', () => {
  expect(printable('a\u001b[2Jb\u009bc\u202ed\r\ne')).toBe('a\u{fffd}[2Jb\u{fffd}c\u{fffd}d\u{fffd}\ne');
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
      title: '1 input to scarf',
      exit: 'rejected',
      durationMs: 1,
      rejects: { path: 'rejects\u001b[2J', fate: 'present' },
      next: undefined,
      run: 'run\u001b[2J',
    },
    new Chalk({ level: 1 }),
  );
  expect(text).toMatch(/^\u001b\[\d+m./);
  expect(text.replaceAll(/\u001b\[\d+m/g, '')).not.toContain('\u001b');
  expect(text.match(/\u{fffd}/gu)).toHaveLength(6);
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
  const facts = {
    title: '',
    exit: 'ok' as const,
    durationMs: 0,
    rejects: undefined,
    next: undefined,
    run: undefined,
  };
  const text = summaryText(keeper.tally, facts, colors);
  expect(text).toContain(': user-id to user_id\n');
  expect(text).toContain('1 event some thing: a-b\n');
});

test('a warning about rows is said once, with its count, when the first of them are read', () => {
  const keeper = new TallyKeeper();
  const showing = showDelivery(keeper.tally, { machine: realMachine(), maxActive: undefined });
  const read = (warnings: Record<string, number>, quiet = false) => {
    const place = { input: 0, rejected: 0, bytes: 9, sourceBytes: 9, changes: {} };
    const event = { type: 'rows-read' as const, rows: 5, ...place, warnings };
    keeper.add(event);
    return showing.sentenceFor(event, quiet);
  };
  expect(read({ 'old-event': 3 }, true)).toBeUndefined();
  expect(read({})).toBeUndefined();
  expect(read({ 'old-event': 3 })).toContain('3 of the first 15 rows: older');
  expect(read({ 'old-event': 5 })).toBeUndefined();
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

describe('progress', () => {
  test('a whole file that is read is not yet 100 %', () => {
    const { tally } = halfDone(['a.ndjson']);
    const line = progressLine({ tally, bytesPerSecond: 0, maxActive: 15 });
    expect(line).toContain('99 % of 1.0 kB');
    expect(line).toContain('7/15 imports active');
  });

  test('several inputs have a line each, and no line is wider than the terminal', () => {
    const paths = Array.from({ length: 9 }, (_, index) => `logs/${'long'.repeat(30)}-${index}.ndjson`);
    const { tally } = halfDone(paths);
    const lines = liveBlock({ tally, bytesPerSecond: 100, maxActive: 15 }, { columns: 60, colors }).split(
      '\n',
    );
    expect(lines.some((line) => line.includes('8 to come'))).toBe(true);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(57);
  });

  test.each([
    [1000, 100, '9 to 12 s left'],
    [1_000_000, 100, '3 to 4 h left'],
    [150, 100, 'about 1 s left'],
  ])('%d bytes at %d per second', (total, rate, text) => expect(timeLeft(100, total, rate)).toBe(text));
});

test('rejects become annotations that data cannot break out of', () => {
  const keeper = new TallyKeeper();
  const reject = { input: 0, from: 0, to: 1, line: 7, reason: 'not-json', source: 'local' as const };
  keeper.add({
    type: 'row-rejected',
    path: 'a,b:c.ndjson',
    reject: { ...reject, message: 'bad\n::set-output name=x::y' },
  });
  expect(annotations(keeper.tally)).toBe(
    '::error file=a%2Cb%3Ac.ndjson,line=7::not-json: bad%0A\ufffd::set-output name=x::y\n',
  );
});

test.each([
  ['a terminal without columns', { isTTY: true, columns: 0 }, {}],
  ['a dumb terminal', { isTTY: true, columns: 80 }, { TERM: 'dumb' }],
  ['a pipe', { columns: 80 }, {}],
])('%s is written to in whole lines', async (_name, facts, environment) => {
  const stderr = Object.assign(new PassThrough(), facts);
  const machine = { ...realMachine(), stderr, environment };
  const showing = { sentenceFor: () => undefined, line: () => 'half', block: () => 'live' };
  const display = await createDisplay(machine, showing, { mode: 'auto', quiet: false, color: false });
  display.say('the end\n');
  display.end();
  expect(String(stderr.read())).toBe('the end\n');
});

/** A terminal of 80 columns, and what was written to it. */
function terminal(environment: Record<string, string>) {
  const moves = { clearLine: () => true, cursorTo: () => true, moveCursor: () => true };
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 80, ...moves });
  return { machine: { ...realMachine(), stderr, environment }, written: () => String(stderr.read() ?? '') };
}

test('the live block does not come back behind the summary', async () => {
  const { machine, written } = terminal({});
  const showing = { sentenceFor: () => undefined, line: () => 'half', block: () => 'live' };
  const display = await createDisplay(machine, showing, { mode: 'auto', quiet: false, color: false });
  display.end();
  written();
  display.say('the end\n');
  display.end();
  expect(written()).toBe('the end\n');
});

test('a terminal that wants no colour gets none from the spinner either', async () => {
  // The spinner would go by the process's own environment.
  const { level } = chalk;
  chalk.level = 1;
  onTestFinished(() => void (chalk.level = level));
  const { machine, written } = terminal({ NO_COLOR: '1' });
  const showing = { sentenceFor: () => undefined, line: () => 'half', block: () => 'live' };
  const display = await createDisplay(machine, showing, { mode: 'auto', quiet: false, color: true });
  display.say('a sentence\n');
  display.end();
  expect(written()).not.toMatch(/\u{1b}\[3\dm/u);
});

test('a narrow terminal has room for words behind the bar', () => {
  const { tally } = halfDone(['a.ndjson']);
  const [first] = liveBlock({ tally, bytesPerSecond: 0, maxActive: 15 }, { columns: 40, colors }).split('\n');
  expect(first).toContain('1.0 kB of 1.0 kB');
});

test.each([
  ['ok', '✓'],
  ['interrupt', '✗'],
  ['unavailable', '✗'],
] as const)('a run with nothing but pending rows that ends %s is marked %s', (exit, mark) => {
  const { tally } = halfDone(['a.ndjson']);
  const facts = { title: '1 input', exit, durationMs: 1, rejects: undefined, run: 'r', next: undefined };
  expect(summaryText(tally, facts, colors)).toMatch(new RegExp(`^${mark} `, 'u'));
});
