import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openPlace } from '../../machine.ts';
import { startExportServer } from '../export/export-server.ts';
import { analysisIn, shown } from './page-data.ts';

const timeout = 120_000;
const range = ['--from', '3d', '--package', 'all', '--pixels', '--quiet'];

describe('export --report', () => {
  it.each([
    ['a file', 'events.csv'],
    ['a Parquet file', 'events.parquet'],
    ['files by day', 'by-day/'],
  ])('shows what a report of %s shows', { timeout }, async (_what, output) => {
    const { directory, runCli } = await openPlace({ scarf: { exports: { eventsPerDay: 200 } } });
    const split = output.endsWith('/') ? ['--split', 'day'] : [];
    const argv = ['export', 'events', ...range, ...split, '--output', output, '--report', 'now.html'];
    const { exit, stderr } = await runCli(argv);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect((await runCli(['report', output, '--output', 'later.html', '--quiet'])).exit).toBe(0);
    const [now, later] = await Promise.all(
      ['now.html', 'later.html'].map((name) => analysisIn(join(directory, name))),
    );
    expect(now?.quality.events).toBeGreaterThan(100);
    expect(shown(now!)).toEqual(shown(later!));
  });

  it('that cannot be made is in the exit code, and the rows are there', { timeout }, async () => {
    const { directory, runCli } = await openPlace();
    const server = await startExportServer({
      rows: () => [],
      misbehave: (_question, response) => {
        response.end('id,time,strange\na,2026-01-01T00:00:00Z,b\n');
        return true;
      },
    });
    const days = ['--from', '2026-01-01', '--to', '2026-01-01', '--package', 'all', '--quiet'];
    const argv = ['export', 'events', ...days, '--output', 'events.csv', '--report', 'page.html'];
    const { exit, stderr } = await runCli(argv, { environment: { SCARF_API_URL: server.url } });
    expect(exit).toBe(6);
    expect(stderr).toContain('page.html');
    expect(await readdir(directory)).toEqual(['events.csv']);
  });

  it(
    'that could not be written is refused before anything is fetched, unless the output makes its directory',
    { timeout },
    async () => {
      const { directory, runCli, sandbox } = await openPlace();
      const argv = ['export', 'companies', '--quiet', '--output', 'new/companies.csv', '--report'];
      expect((await runCli([...argv, 'missing/page.html'])).exit).toBe(6);
      expect(sandbox.traffic.list()).toEqual([]);
      expect((await runCli([...argv, 'new/page.html'])).exit).toBe(0);
      expect((await readdir(join(directory, 'new'))).sort()).toEqual(['companies.csv', 'page.html']);
    },
  );

  it('replaces no file that is not a page, and none of its own', { timeout }, async () => {
    const { directory, runCli, write } = await openPlace();
    await write('notes.html', '<p>notes');
    const argv = ['export', 'companies', '--quiet', '--output', 'companies.csv'];
    expect((await runCli([...argv, '--report', 'notes.html'])).exit).toBe(2);
    expect((await runCli([...argv, '--report', 'companies.csv'])).exit).toBe(2);
    expect(await readdir(directory)).toEqual(['notes.html']);
    for (const _run of [1, 2]) expect((await runCli([...argv, '--report', 'page.html'])).exit).toBe(0);
    expect(await readFile(join(directory, 'notes.html'), 'utf8')).toBe('<p>notes');
  });
});
