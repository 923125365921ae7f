import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { withClient } from '../../postgres-server.ts';
import { findPostgres, usePostgres } from '../../use-postgres.ts';
import { temporaryDirectory } from '../../vendors/temporary.ts';
import { makeEvents } from './event-rows.ts';
import { startExportServer } from './export-server.ts';
import { runCli } from './run-cli.ts';

const rows = makeEvents({ from: '2026-11-15', to: '2026-11-21', perDay: 5 });
const programs = findPostgres();

/** The fenced blocks of a page, by language, in their order. */
async function blocksOf(page: string): Promise<{ language: string; text: string }[]> {
  const text = await readFile(join('docs', page), 'utf8');
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', block = '']) => ({
    language,
    text: block,
  }));
}

async function block(page: string, language: string, contains: string): Promise<string> {
  const found = (await blocksOf(page)).find(
    (one) => one.language === language && one.text.includes(contains),
  );
  if (found === undefined) throw new Error(`${page} has no ${language} block with ${contains}`);
  return found.text;
}

/** Runs the words behind `scarf-cli` where nothing is set but `environment`, with paths moved to a directory. */
async function runCommand(
  words: readonly string[],
  environment: Record<string, string>,
  paths: Record<string, string> = {},
) {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, 'token'), 'secret-token\n');
  const { url, asked } = await startExportServer({ rows: () => rows, duplicateEvery: 5 });
  const moved = words.map((word) =>
    Object.entries(paths).reduce((text, [from, to]) => text.replace(from, join(directory, to)), word),
  );
  const run = await runCli(moved, {
    url,
    directory,
    machine: { environment: { SCARF_API_URL: url, ...environment } },
  });
  return { ...run, asked, directory };
}

interface Workflow {
  jobs: { export: { steps: Step[] } };
}
interface Step {
  uses?: string;
  run?: string;
  if?: string;
  with?: Record<string, unknown>;
}

const split = (line: string) => line.trim().split(/\s+/);

describe('docs/automation.md', () => {
  test('the cron line', async () => {
    const line = (await block('automation.md', 'cron', 'scarf-cli')).split(/\s{2,}/)[1] ?? '';
    const [program, ...words] = split(line);
    expect(program).toBe('scarf-cli');
    const paths = { '/etc/scarf/token': 'token', '/srv/scarf': 'srv' };
    const { exit, stderr, directory } = await runCommand(words, {}, paths);
    expect([exit, stderr]).toEqual([0, '']);
    expect(await readdir(join(directory, 'srv', 'events'))).toContain('events-2026-11-21.csv');
  });

  test('the systemd service', async () => {
    const service = await block('automation.md', 'ini', 'ExecStart');
    const [, command = ''] = /^ExecStart=(.*)$/m.exec(service) ?? [];
    const [program, ...words] = split(command);
    expect(program).toBe('/usr/local/bin/scarf-cli');
    const paths = { '${CREDENTIALS_DIRECTORY}/token': 'token', '/var/lib/scarf': 'var' };
    const { exit, directory } = await runCommand(words, {}, paths);
    expect(exit).toBe(0);
    expect(await readdir(join(directory, 'var', 'events'))).toContain('date=2026-11-21');
  });

  test.skipIf(!isInstalled('systemd-analyze'))('the units, as systemd reads them', async () => {
    const directory = await temporaryDirectory();
    const service = await block('automation.md', 'ini', 'ExecStart');
    const timer = await block('automation.md', 'ini', 'OnCalendar');
    const units = join(directory, 'units');
    await mkdir(units);
    await writeFile(
      join(units, 'scarf-export.service'),
      service.replace('/usr/local/bin/scarf-cli', process.execPath),
    );
    await writeFile(join(units, 'scarf-export.timer'), timer);
    execFileSync('systemd-analyze', ['verify', join(units, 'scarf-export.timer')], { stdio: 'pipe' });
  });

  test('the step of the workflow', async () => {
    const workflow = await block('automation.md', 'yaml', 'runs-on');
    const [, command = ''] = /- run: npx --yes scarf-cli (.*)$/m.exec(workflow) ?? [];
    const owner = /SCARF_OWNER: (\S+)/.exec(workflow)?.[1] ?? '';
    const { exit, directory } = await runCommand(split(command), {
      SCARF_OWNER: owner,
      SCARF_API_TOKEN: 'secret-token',
    });
    expect(exit).toBe(0);
    expect(await readdir(join(directory, 'events'))).toContain('_events.manifest.json');
  });

  test('the workflow keeps the files, the checkpoint and the rejects of a run that failed', async () => {
    const workflow = parse(await block('automation.md', 'yaml', 'runs-on')) as Workflow;
    const { steps } = workflow.jobs.export;
    const at = steps.findIndex(({ run }) => run?.includes(' --output events/ --rejects rejects.csv'));
    const uses = (part: readonly Step[], action: string) =>
      part.find((one) => one.uses?.startsWith(`${action}@`));
    const restored = uses(steps.slice(0, at), 'actions/cache/restore');
    const saved = uses(steps.slice(at), 'actions/cache/save');
    const key = 'scarf-events-${{ github.run_id }}-${{ github.run_attempt }}';
    expect(restored?.with).toEqual({ path: 'events', key, 'restore-keys': 'scarf-events-' });
    expect(saved).toMatchObject({ if: 'always()', with: { path: 'events', key } });
    const uploaded = uses(steps.slice(at), 'actions/upload-artifact');
    expect(uploaded).toMatchObject({ if: 'always()', with: { path: 'events\nrejects.csv*\n' } });
  });
});

describe.skipIf(programs === undefined)('into PostgreSQL', () => {
  const server = usePostgres();
  const countRows = (database: string) =>
    withClient(database, async (client) => {
      const { rows: counted } = await client.query<{ count: number }>(
        'select count(*)::int as count from scarf_events_raw',
      );
      return counted[0]?.count;
    });

  test('the arguments of the Kubernetes job', async () => {
    const job = await block('automation.md', 'yaml', 'CronJob');
    const words = [...(/args: \[(.*)\]/.exec(job)?.[1] ?? '').matchAll(/'([^']*)'/g)].map(
      ([, word = '']) => word,
    );
    const database = await server.createDatabase();
    const environment = { SCARF_OWNER: 'acme', SCARF_API_TOKEN: 'secret-token', PSQL_CONN_STRING: database };
    const { exit } = await runCommand(words, environment);
    expect(exit).toBe(0);
    expect(await countRows(database)).toBe(rows.length);
  });

  test('the switch from the exporter of the vendor', async () => {
    const script = await block('from-scarf-postgres-exporter.md', 'console', 'scarf-cli export');
    const [, command = ''] = /^scarf-cli (.*)$/m.exec(script) ?? [];
    const set = [...script.matchAll(/(\w+)=(\S+)/g)].map(
      ([, name = '', value = '']) => [name, value] as const,
    );
    const database = await server.createDatabase();
    const environment = {
      ...Object.fromEntries(set),
      SCARF_API_TOKEN: 'secret-token',
      PSQL_CONN_STRING: database,
    };
    const { exit, asked } = await runCommand(split(command), environment);
    expect(exit).toBe(0);
    expect(asked).toEqual(['/v2/packages/acme/events 2026-10-22..2026-11-21']);
    expect(await countRows(database)).toBe(rows.length);
  });

  test('the key for a table of the exporter, once its duplicates are gone', async () => {
    const script = await block('from-scarf-postgres-exporter.md', 'console', 'scarf-cli export');
    const [, command = ''] = /^scarf-cli (.*)$/m.exec(script) ?? [];
    const sql = await block('from-scarf-postgres-exporter.md', 'sql', 'add primary key');
    const database = await server.createDatabase();
    const environment = { SCARF_OWNER: 'acme', SCARF_API_TOKEN: 'secret-token', PSQL_CONN_STRING: database };
    await withClient(database, async (client) => {
      await client.query('create table scarf_events_raw (id text, time timestamp)');
      await client.query(`insert into scarf_events_raw values ('old', '2026-11-01'), ('old', '2026-11-01')`);
    });
    expect((await runCommand([...split(command), '--dedupe-existing'], environment)).exit).toBe(0);
    await withClient(database, (client) => client.query(sql));
    expect((await runCommand(split(command), environment)).exit).toBe(0);
    expect(await countRows(database)).toBe(rows.length + 1);
  });
});

function isInstalled(program: string): boolean {
  return (process.env['PATH'] ?? '')
    .split(delimiter)
    .some((directory) => existsSync(join(directory, program)));
}
