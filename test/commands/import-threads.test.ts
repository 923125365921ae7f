/** Imports large enough for threads, against those of one thread. */
import { expect, test } from 'vitest';
import { lines, openPlace, PACKAGE, type Place } from '../machine.ts';

const stored = (place: Place) => place.sandbox.vendors.scarf.events().length;

/** About 10 MB, with rows in between that no kernel decides, and some that nobody sends. */
function largeFile(): string {
  const time = new Date().toISOString();
  const odd = ['not json', `{"$pixel":"x","$time":"${time}"}`, `{"$package":"${PACKAGE}"}`, ''];
  const rows = Array.from({ length: 34_000 }, (_, index) => {
    const row = `{"$package":"${PACKAGE}","$time":"${time}","n":${index},"text":"${'some words '.repeat(20)}"}`;
    return index % 500 === 499 ? `${row}\r\n${odd[(index >> 2) % odd.length]}` : row;
  });
  return lines(rows);
}

test('two threads send what one sends: rows, ids, rejects and their lines', async () => {
  const place = await openPlace();
  await place.write('large.ndjson', largeFile());
  const importWith = async (threads: string) => {
    const { exit, report } = await place.importFiles(['large.ndjson', '--threads', threads, '--again']);
    const { counts, changes, warnings, rejects } = report;
    const { reasons } = rejects as unknown as { reasons: unknown };
    return { outcome: { exit, counts, changes, warnings, reasons }, stored: stored(place) };
  };
  const alone = await importWith('1');
  const together = await importWith('2');
  expect(alone.outcome.exit).toBe(3);
  expect(alone.outcome.counts.accepted).toBeGreaterThan(34_000);
  expect(together.outcome).toEqual(alone.outcome);
  // Events with an id that is there already are not stored again.
  expect(alone.stored).toBe(alone.outcome.counts.accepted);
  expect(together.stored).toBe(alone.stored);
});

test.each(['0', '9', '1.5', 'many'])('--threads %s is refused', async (threads) => {
  const place = await openPlace();
  const { exit, stderr } = await place.runCli(['import', 'x.ndjson', '--threads', threads]);
  expect(exit).toBe(2);
  expect(stderr).toContain('--threads');
});
