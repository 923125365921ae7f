/** `doctor`: a line a check, and an exit code that says whose fault it is. */
import { readdir, writeFile } from 'node:fs/promises';
import { createServer as createTlsServer } from 'node:https';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { SignalName } from '../../src/machine.ts';
import { realMachine } from '../../src/real-machine.ts';
import { makeSelfSignedCertificate } from '../../src/sandbox/wire/certificate.ts';
import { openPlace, runCli, type CliOptions, type Place } from '../machine.ts';
import { withClient } from '../postgres-server.ts';
import { findPostgres, usePostgres } from '../use-postgres.ts';

interface Check {
  check: string;
  state: 'ok' | 'warning' | 'failed' | 'skipped';
  message: string;
  fix?: string;
}

interface Doctored {
  exit: number;
  checks: Record<string, Check>;
}

/** Time as it passes: checks are bounded in it, and what they need is loaded on use. */
const real = realMachine();
const clock = {
  elapsedMs: () => real.elapsedMs(),
  sleep: (ms: number, signal?: AbortSignal) => real.sleep(ms, signal),
};

async function doctor(
  place: Place,
  argv: readonly string[] = [],
  options: CliOptions = {},
): Promise<Doctored> {
  const { exit, stdout } = await place.runCli(['doctor', ...argv, '--json'], {
    ...options,
    machine: { ...clock, ...options.machine },
  });
  const document = JSON.parse(stdout) as { schema: number; command: string; checks: Check[]; exit: number };
  expect(document).toMatchObject({ schema: 1, command: 'doctor', exit });
  return { exit, checks: Object.fromEntries(document.checks.map((one) => [one.check, one])) };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as { port: number }).port;
}

describe('where all is well', () => {
  test('each check has a line, and the exit code is 0', async () => {
    const place = await openPlace();
    const { exit, stdout } = await place.runCli(['doctor'], { machine: clock });
    expect(exit).toBe(0);
    const names = stdout
      .trimEnd()
      .split('\n')
      .map((line) => /^[✓!✗-] (\w+) /.exec(line)?.[1]);
    expect(names).toEqual([
      'node',
      'dns',
      'proxy',
      'tls',
      'server',
      'clock',
      'token',
      'owner',
      'slots',
      'state',
      'space',
      'locks',
      'postgresql',
    ]);
    expect(stdout).not.toContain('sandbox-token');
    expect(await readdir(place.directory)).toEqual([]);
  });

  test.each(['scarf', 'sumatra', 'moesif', 'loginsight'])('%s', async (vendor) => {
    const place = await openPlace();
    const { exit, checks } = await doctor(place, [vendor]);
    expect(exit).toBe(0);
    expect(checks['server']).toMatchObject({ state: 'ok' });
    expect(checks['token']?.state).toBe(vendor === 'sumatra' ? 'skipped' : 'ok');
    expect(place.sandbox.vendors.sumatra.events()).toEqual([]);
  });
});

describe('who asks', () => {
  test.each<[string, string, Record<string, string>, string]>([
    ['scarf', 'a wrong token', { SCARF_API_TOKEN: 'secret-but-wrong' }, 'token'],
    ['scarf', 'no token', { SCARF_API_TOKEN: '' }, 'token'],
    ['scarf', 'no owner', { SCARF_OWNER: '' }, 'owner'],
    ['scarf', 'an owner that nobody knows', { SCARF_OWNER: 'stranger' }, 'owner'],
    ['moesif', 'a wrong application id', { MOESIF_APPLICATION_ID: 'secret-but-wrong' }, 'token'],
    ['moesif', 'no application id', { MOESIF_APPLICATION_ID: '' }, 'token'],
    ['sumatra', 'no key', { SUMATRA_API_KEY: '' }, 'token'],
    ['loginsight', 'a wrong password', { LOGINSIGHT_PASSWORD: 'secret-but-wrong' }, 'token'],
  ])('%s, %s: exit 4', async (vendor, _name, environment, check) => {
    const place = await openPlace();
    const { exit, checks } = await doctor(place, [vendor], { environment });
    expect(exit).toBe(4);
    expect(checks[check]).toMatchObject({ state: 'failed', fix: expect.any(String) as string });
    expect(JSON.stringify(checks)).not.toContain('secret-but-wrong');
  });

  test('an owner in another letter case is warned of', async () => {
    const place = await openPlace({
      scarf: { artifacts: [{ kind: 'package', id: '970493a1-4ca0-4a4d-a085-fdce578e5a08' }] },
    });
    const { exit, checks } = await doctor(place, [], { environment: { SCARF_OWNER: 'SandBox' } });
    expect(exit).toBe(0);
    expect(checks['owner']).toMatchObject({ state: 'warning', fix: 'write it as "sandbox"' });
  });

  test('slots that others hold are counted', async () => {
    const some = await doctor(await openPlace({ scarf: { foreignActive: 6 } }));
    expect(some.checks['slots']).toMatchObject({ state: 'ok', message: '6 of 15 imports are active' });
    const all = await doctor(await openPlace({ scarf: { foreignActive: 15 } }));
    expect(all.exit).toBe(0);
    expect(all.checks['slots']).toMatchObject({ state: 'warning' });
  });
});

describe('the way there', () => {
  test('a name that nobody knows: exit 5', async () => {
    const place = await openPlace();
    const environment = { SCARF_API_URL: 'https://api.example.invalid' };
    const { exit, checks } = await doctor(place, [], { environment });
    expect(exit).toBe(5);
    expect(checks['dns']).toMatchObject({ state: 'failed', fix: 'check SCARF_API_URL' });
    expect(checks['dns']?.message).toContain('api.example.invalid: unknown host');
    expect(checks['token']).toMatchObject({ state: 'skipped' });
  });

  test('without a token as well: exit 4', async () => {
    const place = await openPlace();
    const environment = { SCARF_API_URL: 'https://api.example.invalid', SCARF_API_TOKEN: '' };
    expect((await doctor(place, [], { environment })).exit).toBe(4);
  });

  test('a certificate that nobody vouches for, and what it says of itself', async () => {
    const { certificate: cert, key } = makeSelfSignedCertificate();
    const place = await openPlace();
    const server = createTlsServer({ cert, key }, (_, response) => response.end('{}'));
    const environment = {
      LOGINSIGHT_URL: `https://127.0.0.1:${await listen(server)}`,
      LOGINSIGHT_USERNAME: '',
      LOGINSIGHT_PASSWORD: '',
    };
    const refused = await doctor(place, ['loginsight'], { environment });
    expect(refused.exit).toBe(5);
    expect(refused.checks['tls']?.message).toMatch(
      /self-signed.*TLSv1\.3.* by .*valid from \d{4}-\d\d-\d\d to \d{4}-\d\d-\d\d/,
    );
    await writeFile(join(place.directory, 'ca.pem'), cert);
    const trusted = await doctor(place, ['loginsight', '--ca-file', join(place.directory, 'ca.pem')], {
      environment,
    });
    expect(trusted.checks['tls']?.state).toMatch(/ok|warning/);
    expect(trusted.checks['server']).toMatchObject({ state: 'ok' });
  });

  test('a proxy that does not listen, or refuses', async () => {
    const place = await openPlace();
    const SCARF_API_URL = 'https://api.example.invalid';
    const closed = await doctor(place, [], {
      environment: { SCARF_API_URL, HTTPS_PROXY: 'http://user:secret-word@127.0.0.1:1' },
    });
    expect(closed.exit).toBe(5);
    expect(closed.checks['proxy']).toMatchObject({
      state: 'failed',
      message: 'cannot reach the proxy 127.0.0.1:1: connection refused',
      fix: 'check HTTPS_PROXY',
    });
    expect(JSON.stringify(closed)).not.toContain('secret-word');
    const answer = 'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n';
    const port = await listen(
      createServer((socket) => socket.on('error', () => undefined).once('data', () => socket.end(answer))),
    );
    const refusing = await doctor(place, [], {
      environment: { SCARF_API_URL, HTTPS_PROXY: `127.0.0.1:${port}` },
    });
    expect(refusing.exit).toBe(5);
    expect(refusing.checks['proxy']).toMatchObject({ state: 'ok' });
    expect(refusing.checks['tls']).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('407') as string,
    });
  });

  test('a clock that is wrong: exit 6', async () => {
    const place = await openPlace();
    const now = () => Date.now() + 3_600_000;
    const { exit, checks } = await doctor(place, [], { machine: { now } });
    expect(exit).toBe(6);
    expect(checks['clock']).toMatchObject({ state: 'failed' });
    expect(checks['clock']?.message).toMatch(/ahead of the server's/);
    const slightly = await doctor(place, [], { machine: { now: () => Date.now() - 60_000 } });
    expect(slightly.exit).toBe(0);
    expect(slightly.checks['clock']).toMatchObject({ state: 'warning' });
  });
});

describe('this machine', () => {
  test.each(['/dev/null/state', '/proc/state'])('a state directory that cannot be: %s', async (path) => {
    const { exit, checks } = await doctor(await openPlace(), ['--state-dir', path]);
    expect(exit).toBe(6);
    expect(checks['state']).toMatchObject({
      state: 'failed',
      fix: expect.stringContaining('--state-dir') as string,
    });
  });

  test('a database that cannot be reached: exit 6', async () => {
    const environment = { PSQL_CONN_STRING: 'postgres://u:secret-word@127.0.0.1:1/d' };
    const { exit, checks } = await doctor(await openPlace(), [], { environment });
    expect(exit).toBe(6);
    expect(checks['postgresql']?.message).toContain(
      'cannot reach 127.0.0.1:1: connection refused (check PSQL_CONN_STRING)',
    );
    expect(JSON.stringify(checks)).not.toContain('secret-word');
  });

  test('a vendor that there is not: exit 2', async () => {
    expect((await (await openPlace()).runCli(['doctor', 'acme'])).exit).toBe(2);
  });
});

describe.skipIf(findPostgres() === undefined)('a database', () => {
  const server = usePostgres();

  test('that answers is named with its version, and nothing is left in it', async () => {
    const place = await openPlace();
    const database = await server.createDatabase();
    const { exit, checks } = await doctor(place, [], { environment: { PSQL_CONN_STRING: database } });
    expect(exit).toBe(0);
    expect(checks['postgresql']).toMatchObject({ state: 'ok' });
    expect(checks['postgresql']?.message).toMatch(/ answers: PostgreSQL \d+(\.\d+)?/);
    await withClient(database, async (client) => {
      const { rows } = await client.query("select 1 from pg_tables where schemaname = 'public'");
      expect(rows).toEqual([]);
    });
  });

  test('that does not exist has its fix', async () => {
    const place = await openPlace();
    const database = `${await server.createDatabase()}_elsewhere`;
    const { exit, checks } = await doctor(place, [], { environment: { PSQL_CONN_STRING: database } });
    expect(checks['postgresql']).toMatchObject({ state: 'failed' });
    expect(checks['postgresql']?.message).toContain('_elsewhere');
    expect(checks['postgresql']?.fix).toBeDefined();
    expect(exit).not.toBe(0);
  });
});

describe('a server that holds on', () => {
  async function hold(argv: readonly string[], machine: CliOptions['machine']) {
    const { directory } = await openPlace();
    const port = await listen(createServer((socket) => void socket.on('error', () => undefined)));
    const environment = { SCARF_API_URL: `http://127.0.0.1:${port}`, SCARF_API_TOKEN: 't', SCARF_OWNER: 'o' };
    return runCli(['doctor', '--json', ...argv], { directory, environment, machine: { ...machine } });
  }

  test('is given ten seconds a check', async () => {
    const { exit, stdout } = await hold([], {});
    expect(exit).toBe(5);
    expect(stdout).toContain('no answer within 10 s');
  });

  test('ends at the deadline with what was found', async () => {
    const { exit, stdout } = await hold(['--deadline', '1s'], clock);
    expect(exit).toBe(5);
    expect(stdout).toContain('"check":"node"');
    expect(stdout).toContain('stopped at the deadline');
  });

  test('ends at the first signal', async () => {
    const onSignal = (listener: (name: SignalName) => void) => {
      const timer = setTimeout(() => listener('SIGTERM'), 500);
      return () => clearTimeout(timer);
    };
    expect((await hold([], { ...clock, onSignal })).exit).toBe(143);
  });
});
