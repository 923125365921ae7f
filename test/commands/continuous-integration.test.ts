/** A run as a step of a CI system. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { eventRows, lines, openPlace } from '../machine.ts';

const rows = `${lines(eventRows(2, { ids: true }))}no row\n`;

describe('a step of GitHub Actions', () => {
  test('has annotations, a summary and outputs, and none of them has the token', async () => {
    const { write, runCli, directory } = await openPlace();
    const path = await write('events.ndjson', rows);
    const summary = await write('summary.md', 'before\n');
    const outputs = await write('outputs', '');
    const environment = {
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: directory,
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_OUTPUT: outputs,
    };
    const { exit, stderr } = await runCli(['import', path, '--rejects', 'rejects.ndjson'], { environment });
    expect(exit).toBe(3);
    expect(stderr).toContain('::error file=events.ndjson,line=3');
    expect(await readFile(summary, 'utf8')).toMatch(
      /^before\n### scarf-cli import: exit 3\n[^]*\| 3 \| 2 \| 1 \|/,
    );
    const text = await readFile(outputs, 'utf8');
    expect(text).toMatch(
      /^counts<<(\S+)\n\{"read":3,"accepted":2,"rejected":1,.*\}\n\1\nrun<<\1\n\S+\n\1\nrejects<<\1\n\S*rejects\.ndjson\n/,
    );
  });

  test('whose files cannot be written says so and ends as the run did', async () => {
    const { write, runCli, directory } = await openPlace();
    const path = await write('events.ndjson', lines(eventRows(1)));
    const environment = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: directory };
    const { exit, stderr } = await runCli(['import', path], { environment });
    expect([exit, stderr]).toEqual([0, expect.stringContaining('cannot tell GitHub Actions')]);
  });

  test('that fails before it begins is annotated too', async () => {
    const { runCli } = await openPlace();
    const { exit, stderr } = await runCli(['import', 'none.ndjson'], {
      environment: { GITHUB_ACTIONS: 'true' },
    });
    expect([exit, stderr]).toEqual([2, expect.stringContaining('::error::')]);
  });
});

describe('--report-format', () => {
  test.each([
    ['gitlab', /^\[\{"check_name":"scarf-cli\//],
    ['junit', /^<\?xml version="1.0" encoding="UTF-8"\?>\n<testsuites name="scarf-cli import"/],
    ['json', /^\{"schema":1,"command":"import"/],
  ])('%s is written, and replaced by the next run', async (format, beginning) => {
    const { write, runCli, directory } = await openPlace();
    const path = await write('events.ndjson', rows);
    for (let run = 0; run < 2; run++) {
      const argv = ['import', path, '--report', 'report', '--report-format', format, '--rejects', 'rejects'];
      expect((await runCli(argv)).exit).toBe(3);
      expect(await readFile(join(directory, 'report'), 'utf8')).toMatch(beginning);
    }
  });
});
