/** What -v, -vv, --debug and --log-file show of a command's conversations. */
import { execFile } from 'node:child_process';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startScriptedServer, type Scripted } from '../../http/scripted-server.ts';
import { eventRows, lines, openPlace, runCli, type CliRun, type Place } from '../../machine.ts';

const busyOnce = [
  { vendor: 'scarf' as const, route: 'import', kind: 'status' as const, status: 503, times: 1 },
];

async function placeWithRows(options: Parameters<typeof openPlace>[0] = {}): Promise<Place> {
  const place = await openPlace(options);
  await place.write('events.ndjson', lines(eventRows(3, { ids: true })));
  return place;
}

const requestLine =
  /^\d{4}-\d\d-\d\dT[\d:.]+Z request \d+: (GET|POST|DELETE) http:\S+ \d{3}, [\d.]+ (ms|s), .*received [\d.]+ [kM]?B, attempt \d+/m;

type Line = Record<string, unknown> & { type: string };

async function logOf(place: Place, name = 'run.ndjson'): Promise<Line[]> {
  const text = await readFile(join(place.directory, name), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

describe('-v', () => {
  test('prints each request with method, address, status, time, bytes and attempt, and each wait with its reason', async () => {
    const place = await placeWithRows({ faults: busyOnce });
    const { exit, stderr } = await place.runCli(['import', 'events.ndjson', '-v']);
    expect(exit).toBe(0);
    expect(stderr).toMatch(/request 1: GET http:\S+\/v2\/imports\/sandbox\?\S+ 200, .*attempt 1/);
    expect(stderr).toMatch(/request 2: POST http:\S+\/v2\/sandbox\/import 503, .*sent \d+ B, .*attempt 1/);
    expect(stderr).toMatch(/waiting [\d.]+ m?s after attempt 1: 503 Service Unavailable/);
    expect(stderr).toMatch(/request 3: POST http:\S+ 200, .*attempt 2/);
    expect(stderr).not.toContain('authorization');
    expect(stderr).not.toContain('run-started');
  });

  test('-vv prints headers too, with secrets masked', async () => {
    const place = await placeWithRows();
    const { stderr } = await place.runCli(['import', 'events.ndjson', '-vv']);
    expect(stderr).toContain('    authorization: [secret]\n');
    expect(stderr).toContain('    content-type: application/x-ndjson\n');
    expect(stderr).not.toContain('sandbox-token');
    expect(stderr).not.toContain('body:');
  });

  test('--debug prints the steps of the run and its end', async () => {
    const place = await placeWithRows();
    const { stderr } = await place.runCli(['import', 'events.ndjson', '--debug']);
    expect(stderr).toMatch(/run: chunk-taken chunk=1 rows=3/);
    expect(stderr).toMatch(/Z exit 0 after /);
  });

  test('with --progress json every line of standard error is JSON', async () => {
    const place = await placeWithRows();
    const { stderr } = await place.runCli(['import', 'events.ndjson', '-v', '--progress', 'json', '--quiet']);
    const types = stderr
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as Line).type);
    expect(types).toContain('request-ended');
    expect(types).toContain('chunk-taken');
  });

  test('has names in the environment, behind the flags', async () => {
    const place = await placeWithRows();
    const environment = {
      SCARF_CLI_VERBOSE: '2',
      SCARF_CLI_LOG_FILE: 'env.log',
      SCARF_CLI_LOG_FORMAT: 'ndjson',
    };
    const { stderr } = await place.runCli(['imports', 'list'], { environment });
    expect(stderr).toContain('    authorization: [secret]\n');
    expect((await logOf(place, 'env.log')).map(({ type }) => type)).toContain('request-ended');
    const wrong = await place.runCli(['imports', 'list'], { environment: { SCARF_CLI_VERBOSE: 'loud' } });
    expect(wrong.exit).toBe(2);
    expect(wrong.stderr).toContain('SCARF_CLI_VERBOSE');
  });

  test('without it nothing of this is printed', async () => {
    const place = await placeWithRows();
    const { stderr } = await place.runCli(['import', 'events.ndjson']);
    expect(stderr).not.toContain('request 1');
  });
});

describe('every verb that asks somebody', () => {
  test.each([
    ['import', 'events.ndjson'],
    ['imports', 'list'],
    ['imports', 'abort', '--all', '--yes'],
    ['export', 'events', '--from', 'yesterday', '--output', 'out.csv'],
    ['export', 'aggregates', '--output', 'aggregates.csv'],
    ['schedule', 'list'],
    ['ingest', 'sumatra', 'typed.ndjson'],
    ['ingest', 'moesif', 'calls.ndjson'],
    ['ingest', 'loginsight', 'texts.ndjson'],
  ])('%s %s shows its requests', async (...argv) => {
    const place = await placeWithRows();
    await place.write('typed.ndjson', '{"_type":"a"}\n');
    await place.write('texts.ndjson', '{"text":"a"}\n');
    const call = { request: { time: '2126-11-26T00:00:00Z', uri: 'https://a.example/', verb: 'GET' } };
    await place.write('calls.ndjson', `${JSON.stringify(call)}\n`);
    const { exit, stderr } = await place.runCli([...argv, '-v']);
    expect(exit).toBe(0);
    expect(stderr).toMatch(requestLine);
  });
});

describe('--log-file', () => {
  test('holds everything of the run as NDJSON, whatever is printed', async () => {
    const place = await placeWithRows({ faults: busyOnce });
    const { exit, stderr } = await place.runCli([
      'import',
      'events.ndjson',
      '--log-file',
      'run.ndjson',
      '--quiet',
    ]);
    expect(exit).toBe(0);
    expect(stderr).toBe('');
    const log = await logOf(place);
    expect(log[0]).toMatchObject({
      schema: 1,
      type: 'log',
      program: 'scarf-cli',
      argv: expect.arrayContaining(['import']) as string[],
    });
    for (const { ts } of log) expect(ts).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    const ended = log.filter(({ type }) => type === 'request-ended');
    expect(ended[1]).toMatchObject({ method: 'POST', status: 503, attempt: 1, bytesReceived: 0 });
    expect(ended[1]?.['bytesSent']).toBeGreaterThan(0);
    expect(ended[2]).toMatchObject({ method: 'POST', status: 200, attempt: 2 });
    expect(log.find(({ type }) => type === 'waiting')).toMatchObject({
      reason: '503 Service Unavailable',
      attempt: 1,
      counted: true,
    });
    expect(log.at(-1)).toMatchObject({ type: 'command-ended', exit: 0 });
    expect((await stat(join(place.directory, 'run.ndjson'))).mode & 0o777).toBe(0o600);
  });

  test.each([
    ['run.log', [], false],
    ['run.log', ['--log-format', 'ndjson'], true],
    ['run.jsonl', [], true],
    ['run.json', ['--log-format', 'text'], false],
  ])('%s %j: the format follows from the name, unless it is given', async (name, options, isJson) => {
    const place = await placeWithRows();
    await place.runCli(['imports', 'list', '--log-file', name, ...options]);
    const text = await readFile(join(place.directory, name), 'utf8');
    expect(text.startsWith('{')).toBe(isJson);
    expect(text).toContain('request');
  });

  test('says how a command failed that was refused', async () => {
    const place = await placeWithRows();
    const environment = { SCARF_API_TOKEN: 'wrong-token' };
    const { exit } = await place.runCli(['imports', 'list', '--log-file', 'run.ndjson'], { environment });
    expect(exit).toBe(4);
    const log = await logOf(place);
    expect(log.find(({ type }) => type === 'request-ended')).toMatchObject({ status: 401 });
    expect(log.find(({ type }) => type === 'run-event')).toMatchObject({
      event: { type: 'failed', kind: 'credentials' },
    });
    expect(log.at(-1)).toMatchObject({ exit: 4 });
  });

  test('one file a run: a later run replaces the log of an earlier one', async () => {
    const place = await placeWithRows();
    for (const limit of ['1', '2']) {
      await place.runCli(['imports', 'list', '--limit', limit, '--log-file', 'run.ndjson']);
    }
    const log = await logOf(place);
    expect(log.filter(({ type }) => type === 'log')).toHaveLength(1);
    expect(log[0]?.['argv']).toContain('2');
  });

  test.each([
    [['import', 'events.ndjson', '--log-file', 'events.ndjson'], 'events.ndjson'],
    [['import', 'events.ndjson', '--log-file', 'other.txt', '--overwrite'], 'other.txt'],
    [['import', 'old.log', '--log-file', 'old.log', '--format', 'text'], 'old.log'],
    [['imports', 'list', '--log-file', 'other.txt'], 'other.txt'],
    [['imports', 'list', '--log-file', '-'], 'other.txt'],
  ])('%j is refused, and the file stays', async (argv, name) => {
    const place = await placeWithRows();
    await place.write('other.txt', 'somebody else wrote this\n');
    await place.runCli(['imports', 'list', '--log-file', 'old.log']);
    const before = await readFile(join(place.directory, name), 'utf8');
    const { exit } = await place.runCli(argv);
    expect(exit).toBe(2);
    expect(await readFile(join(place.directory, name), 'utf8')).toBe(before);
  });

  test.each(['/dev/full', 'no/such/directory/run.log'])(
    '%s cannot hold a log: that is said once, and the run goes on',
    async (path) => {
      const place = await placeWithRows();
      const { exit, stderr } = await place.runCli(['import', 'events.ndjson', '--log-file', path]);
      expect(exit).toBe(0);
      expect(stderr.match(/goes on without its log/g)).toHaveLength(1);
      expect(place.sandbox.vendors.scarf.events()).toHaveLength(3);
    },
  );

  test('a FIFO that nobody reads holds nothing up', async () => {
    const place = await placeWithRows();
    await promisify(execFile)('mkfifo', [join(place.directory, 'fifo')]);
    const { exit, stderr } = await place.runCli(['import', 'events.ndjson', '--log-file', 'fifo']);
    expect(exit).toBe(0);
    expect(stderr.match(/goes on without its log/g)).toHaveLength(1);
  });
});

describe('what is not for others', () => {
  const secret = 'token-that-nobody-may-see';

  async function ask(answer: Scripted, argv: readonly string[]): Promise<CliRun & { log: string }> {
    const place = await placeWithRows();
    const server = await startScriptedServer([answer]);
    onTestFinished(() => server.close());
    const environment = { SCARF_OWNER: 'acme', SCARF_API_TOKEN: secret, SCARF_API_URL: server.url };
    const run = await runCli([...argv, '--log-file', 'run.log'], { directory: place.directory, environment });
    return { ...run, log: await readFile(join(place.directory, 'run.log'), 'utf8') };
  }

  test.each(['-v', '-vv', '--debug'])(
    '%s masks a token that a server echoes, and shows its request id',
    async (flag) => {
      const headers = {
        'x-request-id': 'abc-123',
        'x-echo': `Bearer ${secret}`,
        'set-cookie': 'session=1234567890',
      };
      const answer = { status: 403, headers, body: { message: `no, ${secret}` } };
      const { log, stderr } = await ask(answer, ['imports', 'list', flag, '--debug-bodies']);
      for (const text of [log, stderr]) {
        expect(text).toContain('request id abc-123');
        expect(text).not.toContain(secret);
        expect(text).not.toContain('1234567890');
      }
    },
  );

  test('a token in a reply that nobody knew before is masked by its name', async () => {
    const body = {
      event_imports: [],
      access_token: 'fresh-from-the-server',
      nested: { sessionId: 'also-fresh' },
    };
    const { log } = await ask({ status: 200, body }, ['imports', 'list', '--debug-bodies']);
    expect(log).toContain('event_imports');
    expect(log).not.toMatch(/fresh/);
  });

  test('the session of a login, and its password', async () => {
    const place = await placeWithRows();
    await place.write('texts.ndjson', '{"text":"a"}\n');
    await place.runCli(['ingest', 'loginsight', 'texts.ndjson', '--log-file', 'run.log', '--debug-bodies']);
    const log = await readFile(join(place.directory, 'run.log'), 'utf8');
    expect(log).toMatch(/"sessionId":"\[secret\]"/);
    expect(log).toMatch(/"password":"\[secret\]"/);
    expect(log).toMatch(/body: .*"text":"a"/);
  });

  test('bodies are there with --debug-bodies only', async () => {
    const place = await placeWithRows();
    await place.runCli(['import', 'events.ndjson', '--log-file', 'a.log', '--debug']);
    await place.runCli(['import', 'events.ndjson', '--log-file', 'b.log', '--debug-bodies', '--again']);
    expect(await readFile(join(place.directory, 'a.log'), 'utf8')).not.toContain('event-2');
    expect(await readFile(join(place.directory, 'b.log'), 'utf8')).toMatch(/body: .*event-2/);
  });

  test('control characters of a server move no cursor, and an event stays one line', async () => {
    const answer = { status: 500, body: 'bad \u001b[2J\nnews\u0007' };
    const { log, stderr } = await ask(answer, [
      'imports',
      'list',
      '--debug',
      '--debug-bodies',
      '--retries',
      '0',
    ]);
    for (const text of [log, stderr]) {
      expect(text).toContain('news');
      expect(text).not.toMatch(/[\u001b\u0007]/);
    }
    expect(log).toMatch(/body: bad .*news/);
  });
});

test('a resumed run does not write the log of the first one again', async () => {
  const place = await placeWithRows();
  await place.runCli(['import', 'events.ndjson', '--log-file', 'first.log', '-vv', '--debug-bodies']);
  const ledgers = await place.runCli(['runs', 'list', '--json']);
  expect(ledgers.stdout).not.toContain('first.log');
  expect(ledgers.stdout).not.toContain('debugBodies');
  const [{ run }] = JSON.parse(ledgers.stdout) as [{ run: string }];
  await writeFile(join(place.directory, 'first.log'), 'kept\n');
  await place.runCli(['runs', 'resume', run, '--log-file', 'second.log']);
  expect(await readFile(join(place.directory, 'first.log'), 'utf8')).toBe('kept\n');
  expect(await readFile(join(place.directory, 'second.log'), 'utf8')).toContain('exit 0');
});
