/** The table of inputs: each is given to `check` and to a delivery, which must say what the table says. */
import { readdir, utimes } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { openPlace } from '../machine.ts';
import { ALL_CASES } from './cases/all.ts';
import { INPUTS, NOW, readInput, type InputCase } from './cases/case.ts';
import { casesPage } from './cases/page.ts';

/** It goes on from the time that the table calls now: jobs take their time. */
const aheadMs = Date.now() - Date.parse(NOW);
const now = () => Date.now() - aheadMs;

/** Pieces of a few bytes at first, then the rest. */
async function* piecesOf(bytes: Buffer) {
  const small = Math.min(bytes.length, 40);
  for (let at = 0; at < small; at += 5) {
    yield bytes.subarray(at, Math.min(small, at + 5));
    await new Promise((resolve) => setImmediate(resolve));
  }
  yield bytes.subarray(small);
}

async function runBoth({ vendor = 'scarf', input, made, pieces, flags = [] }: InputCase) {
  const keeps = { keepEvents: true };
  const place = await openPlace({ clock: now, sumatra: keeps, moesif: keeps, loginsight: keeps });
  const { write, runCli, sandbox } = place;
  const content = made === undefined ? readInput(input) : Buffer.from(made);
  const file = pieces === undefined ? basename(input) : '-';
  // Files are as young as they can be: somebody may still be writing them.
  if (file !== '-') await utimes(await write(file, content), now() / 1000, now() / 1000);
  const stdin = () => (pieces === 'many' ? Readable.from(piecesOf(content)) : content);
  const options = () => ({ machine: { now }, ...(file === '-' ? { stdin: stdin() } : {}) });
  const verb = vendor === 'scarf' ? ['import'] : ['ingest', vendor];
  const checked = await runCli(['check', '--target', vendor, file, ...flags, '--json'], options());
  const delivered = await runCli([...verb, file, ...flags, '--json'], options());
  return { runs: [checked, delivered], events: sandbox.vendors[vendor].events() };
}

describe.each(ALL_CASES)('%s', (_, cases) => {
  test.each(Object.entries(cases))('%s', async (_name, given) => {
    const { runs, events } = await runBoth(given);
    const [read, rejected] = given.counts;
    for (const { exit, report, stdout, stderr } of runs) {
      expect({ exit, read: report?.counts.read, rejected: report?.counts.rejected }).toEqual({
        exit: given.exit ?? 0,
        read,
        rejected,
      });
      expect(stdout + stderr).toContain(given.says ?? '');
      const { 'id-filled': _filled, ...changes } = report?.changes ?? {};
      if (given.changes !== undefined) expect(changes).toEqual(given.changes);
      if (given.warnings !== undefined) expect(report?.warnings).toEqual(given.warnings);
      const reasons = report?.rejects?.reasons.map(({ reason }) => reason);
      if (given.reasons !== undefined) expect(reasons).toEqual(given.reasons);
    }
    if (given.exit !== 2) expect(events).toHaveLength(read - rejected);
    if (given.stored !== undefined) {
      expect(JSON.parse(events[0]?.text ?? '{}')).toMatchObject(given.stored);
    }
  });
});

test('every input is used by a case, and every case has its input', async () => {
  const found = await readdir(INPUTS, { recursive: true, withFileTypes: true });
  const folder = fileURLToPath(INPUTS);
  const files = found
    .filter((entry) => entry.isFile() && entry.name !== 'README.md')
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
  const cases = ALL_CASES.flatMap(([, ofTitle]) => Object.values(ofTitle));
  const read = cases.filter(({ made }) => made === undefined).map(({ input }) => input);
  expect(files.sort()).toEqual([...new Set(read)].sort());
});

test('the page of the inputs is as the table says (vitest -u writes it)', async () => {
  await expect(casesPage()).toMatchFileSnapshot(fileURLToPath(new URL('README.md', INPUTS)));
});
