/** A stream that cannot be spooled any more: what was kept of it is delivered, and where the rest begins is said. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../child.ts';
import { eventRows, lines, openPlace, storedNumbers, upTo, type Place, type Report } from '../machine.ts';

const program = join(import.meta.dirname, '../../bin/scarf-cli.js');

/** The built command in a shell, a file on its standard input; its report, its other output and its exit code. */
async function piped(place: Place, before: string, argv: readonly string[]) {
  const all = { ...place.sandbox.environment, SCARF_STATE_DIR: join(place.directory, 'disk/state') };
  const variables = Object.entries(all).map(([name, value]) => `${name}=${String(value)}`);
  const shell = `mkdir -p disk; ${before} || exit 99; cat rows.ndjson | "$0" "$@" 2>&1`;
  const command = ['bash', '-c', shell, process.execPath, program, ...argv, '--json'];
  const { code, lines: printed } = await run(['env', ...variables, ...command], place.directory);
  const report = printed.find((line) => line.startsWith('{"schema"'));
  expect(report, printed.join('\n')).toBeDefined();
  return { code, report: JSON.parse(report ?? '') as Report };
}

async function placeWith(rows: number): Promise<Place> {
  const place = await openPlace();
  await place.write('rows.ndjson', lines(eventRows(rows)));
  return place;
}

const rows = 40_000;
const smallFiles = 'ulimit -f 1024';

describe('a spool that may grow no further (EFBIG)', () => {
  it('is delivered as far as it was kept, exit 6, its file and the first lost byte named', async () => {
    const place = await placeWith(rows);
    const { code, report } = await piped(place, smallFiles, ['import', '-']);
    expect(code).toBe(6);
    const { read, accepted } = report.counts;
    expect(accepted).toBeGreaterThan(1000);
    expect(accepted).toBeLessThan(rows);
    expect(read).toBe(accepted);
    expect(storedNumbers(place.sandbox)).toEqual(upTo(accepted));
    const [error] = report.errors;
    expect(error?.kind).toBe('local');
    expect(error?.message).toContain(join(place.directory, 'disk/state/spools', report.run));
    expect(error?.message).toMatch(/EFBIG.*kept up to byte \d+, and what followed was not read/);
    expect(report.errors).toHaveLength(1);
  });

  it('is delivered by "runs resume" when the vendor was away, and not twice', async () => {
    const place = await placeWith(rows);
    place.sandbox.faults.append([{ kind: 'status', status: 503, route: 'import' }]);
    const first = await piped(place, smallFiles, ['import', '-', '--retries', '0']);
    expect(first.code).toBe(6);
    expect(first.report.counts).toMatchObject({ accepted: 0, unsent: first.report.counts.read });
    place.sandbox.faults.clear();
    for (const _time of [1, 2]) {
      const { code, report } = await piped(place, 'true', ['runs', 'resume', first.report.run]);
      expect(code).toBe(6);
      expect(report.errors[0]?.message).toMatch(/kept up to byte \d+, and what followed was not read/);
      const { accepted } = report.counts;
      expect(accepted).toBeGreaterThanOrEqual(first.report.counts.read);
      expect(report.counts).toMatchObject({ read: accepted, unsent: 0 });
      expect(storedNumbers(place.sandbox)).toEqual(upTo(accepted));
    }
    expect(place.sandbox.vendors.scarf.counts().received).toBeLessThan(rows);
  });
});

const canMount = spawnSync('unshare', ['-m', 'true']).status === 0;

describe.runIf(canMount)('a spool on a disk that is full (ENOSPC)', () => {
  it('leaves the ledger room to say what becomes of it', async () => {
    const place = await placeWith(rows);
    const mount = 'mount -t tmpfs -o size=2m tmpfs disk';
    const all = { ...place.sandbox.environment, SCARF_STATE_DIR: join(place.directory, 'disk/state') };
    const variables = Object.entries(all).map(([name, value]) => `${name}=${String(value)}`);
    const shell = `mkdir -p disk; ${mount} || exit 99; cat rows.ndjson | "$0" "$@" 2>&1`;
    const command = [
      'unshare',
      '-m',
      'bash',
      '-c',
      shell,
      process.execPath,
      program,
      'import',
      '-',
      '--json',
    ];
    const { code, lines: printed } = await run(['env', ...variables, ...command], place.directory);
    expect(code, printed.join('\n')).toBe(6);
    const report = JSON.parse(printed.find((line) => line.startsWith('{"schema"')) ?? '') as Report;
    expect(report.errors).toHaveLength(1);
    expect(report.errors[0]?.message).toMatch(/ENOSPC.*kept up to byte \d+/);
    expect(report.counts.accepted).toBeGreaterThan(0);
    expect(report.counts.read).toBe(report.counts.accepted);
    expect(storedNumbers(place.sandbox)).toEqual(upTo(report.counts.accepted));
  });
});
