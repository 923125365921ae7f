/** What earlier runs left: looked at, continued, given up and cleared away. */
import { appendFile, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventRows, lines, openPlace, storedNumbers, upTo, type Place } from '../machine.ts';

const statePath = (place: Place, ...names: string[]) =>
  join(place.directory, '.local/state/scarf-cli', ...names);

async function json(place: Place, ...argv: string[]) {
  const { stdout, exit } = await place.runCli(['runs', ...argv, '--json']);
  return { exit, value: JSON.parse(stdout) as unknown };
}

/** A run that the vendor did not let finish. */
async function unfinished(place: Place, ...flags: string[]) {
  await place.write('a.ndjson', lines(eventRows(300)));
  place.sandbox.faults.append([{ kind: 'status', status: 500, route: 'import', skip: 2 }]);
  const small = ['--chunk-size', '4KiB', '--retries', '0'];
  const { report } = await place.importFiles(['a.ndjson', ...small, ...flags]);
  place.sandbox.faults.clear();
  return report.run;
}

async function ledgerOf(place: Place, run: string) {
  return statePath(place, 'runs', run, 'ledger.ndjson');
}

test('are listed, the newest first', async () => {
  const place = await openPlace();
  expect((await json(place, 'list')).value).toEqual([]);
  await place.write('b.ndjson', lines(eventRows(3)));
  const { report } = await place.importFiles(['b.ndjson']);
  const run = await unfinished(place);
  const { value } = await json(place, 'list');
  expect(value).toMatchObject([
    { run, state: 'unfinished', exit: 5 },
    { run: report.run, state: 'finished', exit: 0, counts: { read: 3, accepted: 3 } },
  ]);
  const { stdout } = await place.runCli(['runs', 'list']);
  expect(stdout).toMatch(/^RUN +STATE +EXIT +STARTED +COMMAND +INPUT +READ +ACCEPTED +REJECTED\n/);
  expect(stdout).toMatch(
    new RegExp(`\\n${run} +unfinished +5 .*\\n${report.run} +finished +0 .* 3 +3 +0\\n$`),
  );
});

test('show parameters, counts and jobs, the command that resumes, and no secret', async () => {
  const place = await openPlace();
  const run = await unfinished(place);
  const { value } = await json(place, 'show', run);
  expect(value).toMatchObject({
    run,
    command: 'import',
    settings: { owner: 'sandbox', chunkSize: 4096 },
    exit: 5,
    inputs: [{ path: join(place.directory, 'a.ndjson'), kind: 'file' }],
    resume: `scarf-cli runs resume ${run}`,
  });
  const { stdout } = await place.runCli(['runs', 'show', run.slice(0, 18)]);
  expect(stdout).toContain(`go on:    scarf-cli runs resume ${run}`);
  expect(stdout).toMatch(
    /command: .* scarf-cli import .*a\.ndjson --owner sandbox --chunk-size 4KiB --retries 0/,
  );
  expect(stdout).not.toContain('sandbox-token');
});

test('are resumed from anywhere, with the paths that they began with', async () => {
  const place = await openPlace();
  const run = await unfinished(place, '--rejects', 'bad.ndjson');
  const { exit, report } = await place.runCli(
    ['runs', 'resume', run, '--json', '--state-dir', statePath(place)],
    {
      machine: { workingDirectory: '/' },
    },
  );
  expect(exit).toBe(0);
  expect(report).toMatchObject({ run, counts: { read: 300, accepted: 300 } });
  expect(storedNumbers(place.sandbox)).toEqual(upTo(300));
  expect((await json(place, 'show', run)).value).toMatchObject({ state: 'finished', resume: null });
});

test('whose input was moved name the way, and go on where it is', async () => {
  const place = await openPlace();
  const run = await unfinished(place);
  await rename(join(place.directory, 'a.ndjson'), join(place.directory, 'moved.ndjson'));
  const lost = await place.runCli(['runs', 'resume', run]);
  expect(lost.exit).toBe(2);
  expect(lost.stderr).toContain(`scarf-cli runs resume ${run} --input FILE`);
  await place.write('other.ndjson', lines(eventRows(9, { first: 500 })));
  const before = storedNumbers(place.sandbox).length;
  const strange = await place.runCli(['runs', 'resume', run, '--input', 'other.ndjson']);
  expect(strange.exit).toBe(2);
  const both = ['--input', 'moved.ndjson', '--input', 'other.ndjson'];
  expect((await place.runCli(['runs', 'resume', run, ...both])).exit).toBe(2);
  expect(storedNumbers(place.sandbox)).toHaveLength(before);
  const { exit, report } = await place.runCli(['runs', 'resume', run, '--input', 'moved.ndjson', '--json']);
  expect(exit).toBe(0);
  expect(report).toMatchObject({ run, counts: { read: 300, accepted: 300 } });
  expect(storedNumbers(place.sandbox)).toEqual(upTo(300));
  const finished = await place.runCli(['runs', 'resume', run]);
  expect([finished.exit, finished.stderr]).toEqual([2, expect.stringContaining('nothing is left')]);
});

test('whose input was replaced by another of its name go on with the one it was', async () => {
  const place = await openPlace();
  const run = await unfinished(place);
  await rename(join(place.directory, 'a.ndjson'), join(place.directory, 'a.ndjson.1'));
  await place.write('a.ndjson', lines(eventRows(9, { first: 500 })));
  const { exit, report } = await place.runCli(['runs', 'resume', run, '--input', 'a.ndjson.1', '--json']);
  expect({ exit, run: report?.run }).toEqual({ exit: 0, run });
  expect(storedNumbers(place.sandbox)).toEqual(upTo(300));
});

test('are resumed without a word where that is asked for', async () => {
  const place = await openPlace();
  const run = await unfinished(place);
  const { exit, stdout, stderr } = await place.runCli(['runs', 'resume', run, '--quiet']);
  expect({ exit, stdout, stderr }).toEqual({ exit: 0, stdout: '', stderr: '' });
  expect(storedNumbers(place.sandbox)).toEqual(upTo(300));
});

test('are forgotten, and begin anew then', async () => {
  const place = await openPlace();
  const run = await unfinished(place);
  expect((await json(place, 'forget', run)).value).toEqual({ run, forgotten: true });
  expect((await json(place, 'resume', run)).exit).toBe(2);
  const { report } = await place.importFiles(['a.ndjson']);
  expect(report.run).not.toBe(run);
  expect(report.thisRun.accepted).toBe(300);
});

test('with a damaged ledger are refused, named and forgotten', async () => {
  const place = await openPlace();
  const run = await unfinished(place);
  const ledger = await ledgerOf(place, run);
  const text = await readFile(ledger, 'utf8');
  await writeFile(ledger, text.replace('"type":"input"', '"type":"imput"'));
  const refused = await place.importFiles(['a.ndjson']);
  expect(refused.exit).toBe(6);
  expect(refused.report.errors[0]).toMatchObject({
    message: `the ledger of run ${run} is damaged at line 2, and may hold what was delivered of a.ndjson`,
    hint: expect.stringContaining(`runs forget ${run}`) as string,
  });
  expect((await json(place, 'list')).value).toMatchObject([{ run, state: 'damaged' }]);
  expect((await json(place, 'forget', run)).exit).toBe(0);
  expect((await place.importFiles(['a.ndjson'])).exit).toBe(0);
});

test('with a torn last record go on without it', async () => {
  const place = await openPlace();
  const run = await unfinished(place);
  await appendFile(await ledgerOf(place, run), '{"crc":"00');
  const { exit, report } = await place.importFiles(['a.ndjson']);
  expect(exit).toBe(0);
  expect(report.run).toBe(run);
});

test('are pruned when they are finished and were long not used', async () => {
  const place = await openPlace();
  await place.write('b.ndjson', lines(eventRows(3)));
  const { run } = (await place.importFiles(['b.ndjson'])).report;
  expect((await json(place, 'prune')).value).toEqual({ pruned: [], sentAgain: [] });
  expect((await json(place, 'prune', '--older-than', '0s')).value).toEqual({ pruned: [run], sentAgain: [] });
  const other = await unfinished(place);
  expect((await json(place, 'prune', '--older-than', '0s')).value).toEqual({ pruned: [], sentAgain: [] });
  expect(await readdir(statePath(place, 'runs'))).toEqual([other]);
});

test('that nobody has heard of are a mistake', async () => {
  const place = await openPlace();
  expect((await place.runCli(['runs', 'show', 'nothing'])).exit).toBe(2);
  expect((await place.runCli(['runs', 'frobnicate'])).exit).toBe(2);
});
