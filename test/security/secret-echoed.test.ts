import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startScriptedServer, type Question, type Scripted } from '../http/scripted-server.ts';
import { eventRows, lines, runCli, type CliRun } from '../machine.ts';
import { echo, leakyFiles, leaksIn, secret } from './hostile-echo.ts';

/** A directory and a server that echoes, and runs of the command line between them. */
async function openScene(
  answer: (question: Question) => Scripted,
  environment: (url: string) => Record<string, string>,
): Promise<{ directory: string; run: (...argv: string[]) => Promise<CliRun> }> {
  const directory = await mkdtemp(join(tmpdir(), 'echoed-'));
  const server = await startScriptedServer(answer);
  onTestFinished(async () => {
    await server.close();
    await rm(directory, { recursive: true });
  });
  return {
    directory,
    run: (...argv) =>
      runCli(argv, { directory, environment: { GITHUB_ACTIONS: 'true', ...environment(server.url) } }),
  };
}

/** The answer to an upload; no import is there. */
function ifPosted(scripted: Scripted): (question: Question) => Scripted {
  return ({ method }) => (method === 'POST' ? scripted : { status: 200, body: { event_imports: [] } });
}

function expectNoLeak(directory: string, { stdout, stderr }: CliRun): void {
  expect(leaksIn(stdout)).toEqual([]);
  expect(leaksIn(stderr)).toEqual([]);
  expect(leakyFiles(directory)).toEqual([]);
}

describe('Scarf echoes the token', () => {
  const job = (status: string) => ({
    id: `import-${secret}`,
    owner: secret,
    status,
    said: echo,
    [secret]: echo,
    events_total: 3,
    ...(status === 'done' ? { events_successfully_imported: 2, events_failed_to_import: 1 } : {}),
  });
  const log = { class: 'error', type: 'bad-row', line: 2, human_friendly_message: echo, package_id: echo };
  const scarf = ({ method, url }: Question): Scripted => {
    if (method === 'POST') return { status: 201, body: job('importing') };
    if (url.endsWith('/log')) return { status: 200, body: `${JSON.stringify(log)}\n` };
    const isList = /imports\/acme(\?|$)/.test(url);
    return { status: 200, body: isList ? { event_imports: [job('done')] } : job('done') };
  };
  const environment = (url: string) => ({ SCARF_API_URL: url, SCARF_OWNER: 'acme', SCARF_API_TOKEN: secret });

  it.each(['none', 'plain', 'json'])('in all fields of an import, with --progress %s', async (progress) => {
    const { directory, run } = await openScene(scarf, environment);
    await writeFile(join(directory, 'ev.ndjson'), lines(eventRows(3, { ids: true })));
    const outputs = [
      '--report',
      join(directory, 'report.json'),
      '--rejects',
      join(directory, 'rejects.ndjson'),
    ];
    const input = join(directory, 'ev.ndjson');
    const first = await run('import', input, '--json', '--progress', progress, ...outputs);
    expect(first).toMatchObject({ exit: 3, report: { counts: { read: 3, accepted: 2, rejected: 1 } } });
    expectNoLeak(directory, first);
    const again = await run('import', input, '--json', ...outputs);
    expect(again.exit).toBe(3);
    expectNoLeak(directory, again);
    const [id = ''] = (await run('runs', 'list')).stdout.split(' ');
    expectNoLeak(directory, await run('runs', 'show', id, '--json'));
  });

  it('in the id of an import, which a later run follows all the same', async () => {
    const posts: string[] = [];
    const { directory, run } = await openScene((question) => {
      if (question.method === 'POST') posts.push(question.url);
      return scarf(question);
    }, environment);
    const input = join(directory, 'ev.ndjson');
    await writeFile(input, lines(eventRows(3, { ids: true })));
    const first = await run('import', input, '--json', '--no-wait');
    expect(first.report?.counts).toMatchObject({ read: 3, pending: 3 });
    expectNoLeak(directory, first);
    const later = await run('import', input, '--json');
    expect(later).toMatchObject({ exit: 3, report: { counts: { accepted: 2, rejected: 1 } } });
    expectNoLeak(directory, later);
    expect(posts).toHaveLength(1);
  });

  it.each([['list'], ['list', '--json'], ['show', 'x'], ['log', 'x'], ['log', 'x', '--json'], ['wait', 'x']])(
    'to imports %s',
    async (...argv) => {
      const id = `import-${secret}`;
      const { directory, run } = await openScene(scarf, environment);
      const outcome = await run('imports', ...argv.map((word) => (word === 'x' ? id : word)));
      expect(outcome.stdout + outcome.stderr).toContain('[secret]');
      expectNoLeak(directory, outcome);
    },
  );

  it.each([
    ['an error', { status: 400, body: { message: echo } }, 3],
    ['an error that is no JSON', { status: 403, body: `"broken ${echo}` }, 4],
    ['a page', { status: 404, body: `<title>${echo}</title>` }, 3],
    [
      'a redirect',
      { status: 302, headers: { location: `https://${encodeURIComponent(secret)}.example/${secret}` } },
      2,
    ],
    ['a body cut in the middle of it', { status: 401, body: `who is Bearer ${secret.slice(0, 5)}` }, 4],
    ['a body cut by us', { status: 401, body: `${'x'.repeat(290)} ${secret}` }, 4],
  ])('in %s', async (_where, scripted, exit) => {
    const { directory, run } = await openScene(ifPosted(scripted), environment);
    await writeFile(join(directory, 'ev.ndjson'), lines(eventRows(1, { ids: true })));
    const outcome = await run('import', join(directory, 'ev.ndjson'), '--json', '--retries', '1');
    expect(outcome.exit).toBe(exit);
    expectNoLeak(directory, outcome);
    expect(outcome.stdout + outcome.stderr).not.toContain(secret.slice(0, 5));
  });
});

describe('other vendors echo their secret', () => {
  it('Sumatra, in replies that are kept', async () => {
    const reply = { event_id: secret, enrichments: { said: echo }, errors: { [echo]: echo } };
    const { directory, run } = await openScene(
      () => ({ status: 200, body: reply }),
      (url) => ({ SUMATRA_API_URL: url, SUMATRA_API_KEY: secret }),
    );
    const input = join(directory, 'ev.ndjson');
    await writeFile(input, '{"_type":"signup"}\n');
    const outcome = await run(
      'ingest',
      'sumatra',
      input,
      '--json',
      '--output',
      join(directory, 'replies.ndjson'),
    );
    expect(outcome.exit).toBe(0);
    expectNoLeak(directory, outcome);
  });

  it('Moesif, in the reason of a reject', async () => {
    const { directory, run } = await openScene(
      () => ({ status: 400, body: { error: echo } }),
      (url) => ({ MOESIF_API_URL: url, MOESIF_APPLICATION_ID: secret }),
    );
    const input = join(directory, 'calls.ndjson');
    const request = {
      time: new Date().toISOString(),
      verb: 'GET',
      uri: 'https://a.example/',
      ip_address: '1.2.3.4',
    };
    await writeFile(input, `${JSON.stringify({ request: { ...request, headers: {} } })}\n`);
    const outcome = await run('ingest', 'moesif', input, '--json', '--rejects', join(directory, 'rejects'));
    expect(outcome.exit).toBe(3);
    expectNoLeak(directory, outcome);
  });

  it('Log Insight, a password, and a session that it gave itself', async () => {
    const { directory, run } = await openScene(
      ({ url }) =>
        url.endsWith('/sessions')
          ? { status: 200, body: { sessionId: secret, ttl: 1800 } }
          : { status: 400, body: { errorMessage: `${echo} and hunter2-hunter2` } },
      (url) => ({ LOGINSIGHT_URL: url, LOGINSIGHT_USERNAME: 'u', LOGINSIGHT_PASSWORD: 'hunter2-hunter2' }),
    );
    const input = join(directory, 'app.log');
    await writeFile(input, 'one line\n');
    const outcome = await run('ingest', 'loginsight', input, '--format', 'text', '--json');
    expect(outcome.exit).toBe(3);
    expect(outcome.stdout + outcome.stderr).not.toContain('hunter2');
    expectNoLeak(directory, outcome);
  });
});

it('rows of the user stay as they are, in the rejects file too', async () => {
  const row = `{"said":"${secret}"}`;
  const { directory, run } = await openScene(ifPosted({ status: 500 }), (url) => ({
    SCARF_API_URL: url,
    SCARF_OWNER: 'acme',
    SCARF_API_TOKEN: secret,
  }));
  const input = join(directory, 'ev.ndjson');
  const rejects = join(directory, 'rejects.ndjson');
  await writeFile(input, `${row}\n`);
  const outcome = await run('import', input, '--json', '--rejects', rejects);
  expect(outcome.exit).toBe(3);
  expect(leakyFiles(directory).sort()).toEqual([input, rejects]);
});
