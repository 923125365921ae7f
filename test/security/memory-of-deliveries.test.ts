/** What was delivered is known until the user gives it up: neither age nor clocks nor damage make a row be sent again. */
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { eventRows, lines, openPlace, type CliRun, type Place } from '../machine.ts';

const dayMs = 24 * 3600 * 1000;
const today = Date.UTC(2026, 10, 26);

const rowsOf: Record<string, (count: number) => string[]> = {
  sumatra: (count) => Array.from({ length: count }, (_, n) => `{"_type":"signup","n":${n}}`),
  loginsight: (count) => Array.from({ length: count }, (_, n) => `{"text":"n ${n}"}`),
  scarf: (count) => eventRows(count),
};

const commands: Record<string, string[]> = {
  sumatra: ['ingest', 'sumatra'],
  loginsight: ['ingest', 'loginsight'],
  scarf: ['import', '--fill-id', 'off'],
};

/** One delivery, its clock so many days from today. */
async function deliver(place: Place, vendor: string, file: string, { day = 0, flags = [] as string[] } = {}) {
  const argv = [...(commands[vendor] ?? []), file, ...flags, '--json', '--progress', 'none'];
  const outcome = await place.runCli(argv, { machine: { now: () => today + day * dayMs } });
  if (outcome.report === undefined) throw new Error(outcome.stderr);
  return { ...outcome, report: outcome.report };
}

const received = (place: Place, vendor: string) =>
  place.sandbox.vendors[vendor as 'sumatra' | 'loginsight' | 'scarf'].counts().received;

const runsDirectory = (place: Place) => join(place.directory, '.local/state/scarf-cli/runs');

const ledgerOf = (place: Place, run: string) => join(runsDirectory(place), run, 'ledger.ndjson');

async function runs(place: Place, ...argv: string[]): Promise<CliRun> {
  return place.runCli(['runs', ...argv, '--json'], { machine: { now: () => today + 200 * dayMs } });
}

describe('rows without ids', () => {
  it.each(['sumatra', 'loginsight', 'scarf'])(
    'are never sent again because time went by: %s',
    async (vendor) => {
      const place = await openPlace();
      const rows = rowsOf[vendor]?.(4) ?? [];
      await place.write('old.ndjson', lines(rows));
      const { report } = await deliver(place, vendor, 'old.ndjson');
      for (const day of [40, 80, 120]) {
        await place.write(`${day}.ndjson`, lines(rows.map((row) => row.replace('}', `,"day":${day}}`))));
        await deliver(place, vendor, `${day}.ndjson`, { day });
      }
      const before = received(place, vendor);
      const again = await deliver(place, vendor, 'old.ndjson', { day: 160 });
      expect(again.report.counts).toEqual(report.counts);
      expect(again.report.requests).toBe(0);
      // What it has grown by is all that is new.
      await place.write('old.ndjson', lines([...rows, (rows[0] ?? '').replace('}', ',"grown":1}')]));
      expect((await deliver(place, vendor, 'old.ndjson', { day: 160 })).report.counts.accepted).toBe(5);
      expect(received(place, vendor)).toBe(before + 1);
    },
  );

  it('are kept in short: without jobs, a range and a digest an input', async () => {
    const place = await openPlace();
    await place.write('old.ndjson', lines(rowsOf['scarf']?.(300) ?? []));
    const { report } = await deliver(place, 'scarf', 'old.ndjson', { flags: ['--chunk-size', '1KiB'] });
    const size = async () => (await readFile(ledgerOf(place, report.run))).length;
    const before = await size();
    for (const day of [40, 80]) {
      await place.write('new.ndjson', lines(eventRows(2, { first: day * 1000 })));
      await deliver(place, 'scarf', 'new.ndjson', { day });
    }
    expect(await size()).toBeLessThan(before / 2);
    const shown = JSON.parse((await runs(place, 'show', report.run)).stdout) as { jobs: unknown[] };
    expect(shown).toMatchObject({ state: 'finished', inputs: [{ rows: { accepted: 300 } }], jobs: [] });
  });

  it('that may or may not have arrived stay unknown, with ids in other rows or not', async () => {
    const place = await openPlace();
    await place.write('old.ndjson', lines(rowsOf['sumatra']?.(3) ?? []));
    place.sandbox.faults.append([{ kind: 'status', status: 500, route: 'event', times: 1 }]);
    const first = await deliver(place, 'sumatra', 'old.ndjson');
    expect(first.exit).toBe(8);
    for (const day of [40, 80]) {
      await place.write(`${day}.ndjson`, lines([`{"_type":"signup","day":${day}}`]));
      await deliver(place, 'sumatra', `${day}.ndjson`, { day });
    }
    const again = await deliver(place, 'sumatra', 'old.ndjson', { day: 120 });
    expect(again).toMatchObject({ exit: 8, report: { requests: 0, counts: first.report.counts } });
  });

  it.each(['prune', 'forget'])('are sent again after "runs %s", which says so', async (verb) => {
    const place = await openPlace();
    await place.write('old.ndjson', lines(rowsOf['sumatra']?.(3) ?? []));
    const { run } = (await deliver(place, 'sumatra', 'old.ndjson')).report;
    const { exit, stderr } = await runs(place, verb, ...(verb === 'forget' ? [run] : []));
    expect(exit).toBe(0);
    expect(stderr).toMatch(new RegExp(`^warning: run ${run} .* sent again if their files are given again`));
    await deliver(place, 'sumatra', 'old.ndjson');
    expect(received(place, 'sumatra')).toBe(6);
  });
});

describe('rows with ids', () => {
  async function withOldRun(row = '') {
    const place = await openPlace();
    await place.write('old.ndjson', lines([...eventRows(3, { ids: true }), ...(row === '' ? [] : [row])]));
    const { run } = (await deliver(place, 'scarf', 'old.ndjson')).report;
    const later = async (day: number) => {
      await place.write('new.ndjson', lines(eventRows(2, { first: (day + 2_000_000) * 1000, ids: true })));
      return deliver(place, 'scarf', 'new.ndjson', { day });
    };
    return { place, run, later };
  }

  it('are forgotten after thirty days on which two runs agree', async () => {
    const { place, run, later } = await withOldRun();
    await later(31);
    expect(await readdir(runsDirectory(place))).toContain(run);
    await later(32);
    expect(await readdir(runsDirectory(place))).not.toContain(run);
    expect(await runs(place, 'show', run)).toMatchObject({ exit: 2 });
  });

  it('are remembered as long as they are made use of', async () => {
    const { place, run, later } = await withOldRun();
    await later(20);
    expect((await deliver(place, 'scarf', 'old.ndjson', { day: 20 })).report.requests).toBe(0);
    await later(40);
    await later(41);
    expect(await readdir(runsDirectory(place))).toContain(run);
  });

  it.each([60, -365 * 56])('are not forgotten by one run whose clock is %i days wrong', async (day) => {
    const { place, run, later } = await withOldRun();
    await later(0);
    await later(day);
    await later(1);
    expect(await readdir(runsDirectory(place))).toHaveLength(4);
    expect(await readdir(runsDirectory(place))).toContain(run);
  });

  it('are not forgotten because their file looks old', async () => {
    const { place, run, later } = await withOldRun();
    await utimes(ledgerOf(place, run), 0, 0);
    await later(1);
    await later(2);
    expect(await readdir(runsDirectory(place))).toContain(run);
  });

  it('are not removed with rows that were refused', async () => {
    const { place, run, later } = await withOldRun('bad');
    await later(31);
    await later(32);
    const rejects = join(runsDirectory(place), run, 'rejects.ndjson');
    expect(await readFile(rejects, 'utf8')).toContain('bad');
  });
});

describe('a damaged ledger', () => {
  async function withDamage(damage: (text: string) => string) {
    const place = await openPlace();
    await place.write('a.ndjson', lines(rowsOf['sumatra']?.(3) ?? []));
    await place.write('b.ndjson', lines(['{"_type":"login","n":1}']));
    await place.write('c.ndjson', lines(['{"text":"c"}']));
    const { run } = (await deliver(place, 'sumatra', 'a.ndjson')).report;
    const text = damage(await readFile(ledgerOf(place, run), 'utf8'));
    await writeFile(ledgerOf(place, run), text);
    return { place, run, text, aside: `${ledgerOf(place, run)}.damaged` };
  }

  const inRanges = (text: string) => text.replace('"inDoubt":false', '"inDoubt":folse');

  it('of another run is set aside, named, and stops nothing else', async () => {
    const { place, run, text, aside } = await withDamage(inRanges);
    const other = await deliver(place, 'sumatra', 'b.ndjson');
    expect(other.exit).toBe(0);
    expect(other.report.notices[0]).toMatchObject({
      code: 'damaged-ledger',
      message: expect.stringContaining(run) as string,
    });
    expect(await readFile(aside, 'utf8')).toBe(text);
    expect((await deliver(place, 'loginsight', 'c.ndjson')).report.notices).toEqual([]);
    expect(JSON.parse((await runs(place, 'list')).stdout)).toContainEqual(
      expect.objectContaining({ run, state: 'damaged' }),
    );
  });

  it('stops the delivery of its own input until the user gives it up', async () => {
    const { place, run, text, aside } = await withDamage(inRanges);
    for (const _time of [1, 2]) {
      const { exit, report } = await deliver(place, 'sumatra', 'a.ndjson');
      expect(exit).toBe(6);
      expect(report.errors[0]?.message).toContain('may hold what was delivered of a.ndjson');
      expect(report.errors[0]?.hint).toContain(`scarf-cli runs forget ${run}`);
    }
    await place.write('renamed.ndjson', await readFile(join(place.directory, 'a.ndjson')));
    expect((await deliver(place, 'sumatra', 'renamed.ndjson')).exit).toBe(6);
    expect(received(place, 'sumatra')).toBe(3);
    expect((await runs(place, 'forget', run)).exit).toBe(0);
    expect(await readFile(aside.replace('.damaged', '.forgotten'), 'utf8')).toBe(text);
    expect((await deliver(place, 'sumatra', 'a.ndjson')).exit).toBe(0);
  });

  it.each([
    ['emptied', () => ''],
    ['overwritten', () => '\0'.repeat(500)],
    ['written over by something else', () => 'hello\nworld\n'],
    ['cut short', (text: string) => text.slice(0, text.indexOf('{"type":"summary"'))],
    ['hit in the record of an input', (text: string) => text.replace('"type":"input"', '"type":"imput"')],
    ['hit in a line end', (text: string) => text.replaceAll('}\n{"crc', '} {"crc')],
  ])('that was %s stops every delivery of its recipe, and no other', async (_name, damage) => {
    const { place, run } = await withDamage(damage);
    for (const file of ['a.ndjson', 'b.ndjson']) {
      const { exit, report } = await deliver(place, 'sumatra', file);
      expect(exit, file).toBe(6);
      expect(report.errors[0]?.hint).toContain(`scarf-cli runs forget ${run}`);
    }
    expect((await deliver(place, 'loginsight', 'c.ndjson')).exit).toBe(0);
    expect((await runs(place, 'forget', run)).exit).toBe(0);
    expect((await deliver(place, 'sumatra', 'b.ndjson')).exit).toBe(0);
  });
});
