/** The share and the time left of an export, as folds of its events. */
import { Chalk } from 'chalk';
import { expect, test } from 'vitest';
import type { ExportEvent } from '../../../src/events.ts';
import { showExport } from '../../../src/report/export/display.ts';
import { ExportTallyKeeper } from '../../../src/report/export/tally.ts';

/** An export of so many windows, drawn a second after each step. */
function drawn(windows: number, steps: readonly (readonly ExportEvent[])[]) {
  let elapsedMs = 0;
  const keeper = new ExportTallyKeeper();
  const showing = showExport(keeper.tally, { elapsedMs: () => elapsedMs });
  keeper.add({
    ...{ type: 'export-planned', dataset: 'events', destination: 'out.csv', days: undefined },
    windows: Array.from({ length: windows }, () => undefined),
  });
  showing.line();
  return steps.map((events) => {
    for (const event of events) keeper.add(event);
    elapsedMs += 1000;
    return showing.line();
  });
}

const received = (window: number, share?: number): ExportEvent => ({
  ...{ type: 'rows-received', window, bytes: 1_000_000, rows: 10 },
  ...(share === undefined ? {} : { share }),
});
const withdrawn = (window: number): ExportEvent => ({
  ...{ type: 'rows-withdrawn', window, bytes: 1_000_000, rows: 10 },
});
const committed = (window: number): ExportEvent => ({
  ...{ type: 'window-committed', window, days: undefined, written: 10, known: 0, rejected: 0 },
});

/** What a line says of share, windows and time left. */
const told = (line = '') => line.split(' · ').filter((part) => /%|window|left|finishing/.test(part));

test.each<[string, number, ExportEvent[][], string[]]>([
  ['one window has both', 1, [[received(0, 0.2)]], ['20 %', '0 of 1 window', '4 to 6 s left']],
  ['all of it but its commit is there', 1, [[received(0, 1)]], ['finishing', '0 of 1 window']],
  ['a reply says no length', 1, [[received(0)]], ['0 of 1 window']],
  ['what came is withdrawn', 1, [[received(0, 0.2)], [withdrawn(0)]], ['0 of 1 window']],
  ['it is whole', 1, [[received(0, 1)], [committed(0)]], ['1 of 1 window']],
  [
    'windows that have not begun take as long as those before them',
    4,
    [[received(0, 0.5)]],
    ['12 %', '0 of 4 windows', '7 to 10 s left'],
  ],
  [
    'windows are received side by side',
    2,
    [[received(0, 0.5), received(1, 0.25)]],
    ['37 %', '0 of 2 windows', '2 to 3 s left'],
  ],
  [
    'a window comes after another',
    2,
    [[received(0, 1)], [committed(0), received(1, 0.5)]],
    ['75 %', '1 of 2 windows', 'about 1 s left'],
  ],
  [
    'windows are whole and no length is told',
    5,
    [
      [received(0), committed(0)],
      [received(1), committed(1)],
    ],
    ['2 of 5 windows', '3 to 4 s left'],
  ],
])('where %s', (_name, windows, steps, expected) => {
  expect(told(drawn(windows, steps).at(-1))).toEqual(expected);
});

test('the bar grows within a window', () => {
  const keeper = new ExportTallyKeeper();
  const showing = showExport(keeper.tally, { elapsedMs: () => 0 });
  keeper.add({
    ...{ type: 'export-planned', dataset: 'events', destination: 'out.csv', days: undefined },
    windows: [undefined],
  });
  keeper.add(received(0, 0.5));
  const colors = new Chalk({ level: 1 });
  const [head = ''] = showing.block({ columns: 72, colors, fitLine: (line) => line });
  expect(head).toContain(colors.cyan('━'.repeat(10)) + colors.dim('━'.repeat(10)) + ' 50 % · 0 of 1 window');
});
