/** The table of inputs: each is given to `check` and to a delivery, which must say what the table says. */
import { utimes } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { openPlace } from '../machine.ts';
import { NOW, type InputCase } from './cases/case.ts';
import { CONTAINER_CASES } from './cases/containers.ts';
import { HEADER_CASES } from './cases/headers.ts';
import { JSON_CASES } from './cases/json.ts';
import { LAST_ROW_CASES } from './cases/last-row.ts';
import { STRANGE_CASES } from './cases/strange.ts';
import { TABLE_CASES } from './cases/tables.ts';
import { TIME_CASES } from './cases/times.ts';
import { VALUE_CASES } from './cases/values.ts';

/** It goes on from the time that the table calls now: jobs take their time. */
const aheadMs = Date.now() - Date.parse(NOW);
const now = () => Date.now() - aheadMs;

/** Pieces of a few bytes at first, then the rest. */
async function* piecesOf(content: string | Buffer) {
  const bytes = Buffer.from(content as string);
  const small = Math.min(bytes.length, 40);
  for (let at = 0; at < small; at += 5) {
    yield bytes.subarray(at, Math.min(small, at + 5));
    await new Promise((resolve) => setImmediate(resolve));
  }
  yield bytes.subarray(small);
}

async function runBoth({ vendor = 'scarf', file = 'a.ndjson', content, pieces, flags = [] }: InputCase) {
  const keeps = { keepEvents: true };
  const place = await openPlace({ clock: now, sumatra: keeps, moesif: keeps, loginsight: keeps });
  const { write, runCli, sandbox } = place;
  // Files are as young as they can be: somebody may still be writing them.
  if (file !== '-') await utimes(await write(file, content), now() / 1000, now() / 1000);
  const stdin = () => (pieces === 'many' ? Readable.from(piecesOf(content)) : Buffer.from(content as string));
  const options = () => ({ machine: { now }, ...(file === '-' ? { stdin: stdin() } : {}) });
  const verb = vendor === 'scarf' ? ['import'] : ['ingest', vendor];
  const checked = await runCli(['check', '--target', vendor, file, ...flags, '--json'], options());
  const delivered = await runCli([...verb, file, ...flags, '--json'], options());
  return { runs: [checked, delivered], events: sandbox.vendors[vendor].events() };
}

describe.each([
  ['JSON', JSON_CASES],
  ['containers', CONTAINER_CASES],
  ['tables', TABLE_CASES],
  ['headers', HEADER_CASES],
  ['times', TIME_CASES],
  ['values', VALUE_CASES],
  ['the last row', LAST_ROW_CASES],
  ['strange', STRANGE_CASES],
])('%s', (_, cases) => {
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
