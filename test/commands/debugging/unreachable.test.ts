/** A server that cannot be reached is told with host, proxy, cause and the next step, whoever it is. */
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeSelfSignedCertificate } from '../../../src/sandbox/wire/certificate.ts';
import { openPlace, runCli, type CliRun, type Place } from '../../machine.ts';

interface Case {
  name: string;
  argv: readonly string[];
  variable: string;
  secrets: Record<string, string>;
}

const scarf = { SCARF_OWNER: 'acme', SCARF_API_TOKEN: 'secret-token-of-scarf' };

/** One command line of each vendor, and each way of asking Scarf. */
const cases: readonly Case[] = [
  {
    name: 'import',
    argv: ['import', 'rows.ndjson', '--format', 'ndjson'],
    variable: 'SCARF_API_URL',
    secrets: scarf,
  },
  { name: 'imports list', argv: ['imports', 'list'], variable: 'SCARF_API_URL', secrets: scarf },
  {
    name: 'export',
    argv: ['export', 'scores', '--output', 'scores.csv'],
    variable: 'SCARF_API_URL',
    secrets: scarf,
  },
  {
    name: 'export by name',
    argv: ['export', 'events', '--package', 'npm/a', '--output', 'a.csv'],
    variable: 'SCARF_API_URL',
    secrets: scarf,
  },
  { name: 'schedule list', argv: ['schedule', 'list'], variable: 'SCARF_API_URL', secrets: scarf },
  {
    name: 'sumatra',
    argv: ['ingest', 'sumatra', 'typed.ndjson'],
    variable: 'SUMATRA_API_URL',
    secrets: { SUMATRA_API_KEY: 'secret-key-of-sumatra' },
  },
  {
    name: 'moesif',
    argv: ['ingest', 'moesif', 'calls.ndjson'],
    variable: 'MOESIF_API_URL',
    secrets: { MOESIF_APPLICATION_ID: 'secret-id-of-moesif' },
  },
  {
    name: 'loginsight',
    argv: ['ingest', 'loginsight', 'texts.ndjson'],
    variable: 'LOGINSIGHT_URL',
    secrets: {},
  },
  {
    name: 'loginsight, logging in',
    argv: ['ingest', 'loginsight', 'others.ndjson'],
    variable: 'LOGINSIGHT_URL',
    secrets: { LOGINSIGHT_USERNAME: 'u', LOGINSIGHT_PASSWORD: 'secret-word-of-log-insight' },
  },
];

async function placeWithRows(): Promise<Place> {
  const place = await openPlace();
  await place.write('rows.ndjson', '{"$unique_id":"a","$pixel":"p","$time":"2126-01-01T00:00:00Z"}\n');
  await place.write('typed.ndjson', '{"_type":"a"}\n');
  await place.write('texts.ndjson', '{"text":"a"}\n');
  await place.write('others.ndjson', '{"text":"b"}\n');
  const call = { request: { time: '2126-11-26T00:00:00Z', uri: 'https://a.example/', verb: 'GET' } };
  await place.write('calls.ndjson', `${JSON.stringify(call)}\n`);
  return place;
}

async function runAll(
  url: string,
  environment: Record<string, string>,
): Promise<{ one: Case; run: CliRun }[]> {
  const { directory } = await placeWithRows();
  const runs: { one: Case; run: CliRun }[] = [];
  for (const one of cases) {
    const variables = { ...one.secrets, [one.variable]: url, ...environment };
    const argv = [...one.argv, '--retries', '0'];
    runs.push({ one, run: await runCli(argv, { directory, environment: variables }) });
  }
  return runs;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as { port: number }).port;
}

async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Answers every CONNECT with this. */
async function proxyThatSays(answer: string): Promise<string> {
  const serve = (socket: Socket) =>
    socket.on('error', () => undefined).once('data', () => socket.end(answer));
  return `127.0.0.1:${await listen(createServer(serve))}`;
}

function expectAll(runs: { one: Case; run: CliRun }[], exit: number, words: (one: Case) => string): void {
  for (const { one, run } of runs) {
    expect(`${one.name}: ${run.stderr}`).toContain(words(one));
    expect(run.exit).toBe(exit);
    expect(run.stderr).not.toContain('secret-');
  }
}

test('a host that nobody knows', async () => {
  const runs = await runAll('https://api.example.invalid', {});
  expectAll(runs, 5, ({ variable }) => `cannot reach api.example.invalid: unknown host (check ${variable})`);
});

test('a server that does not listen', async () => {
  const port = await closedPort();
  const runs = await runAll(`http://127.0.0.1:${port}`, {});
  expectAll(
    runs,
    5,
    ({ variable }) => `cannot reach 127.0.0.1:${port}: connection refused (check ${variable})`,
  );
});

test('a certificate that nobody vouches for', async () => {
  const { certificate: cert, key } = makeSelfSignedCertificate();
  const port = await listen(createTlsServer({ cert, key }));
  const runs = await runAll(`https://127.0.0.1:${port}`, {});
  expectAll(
    runs,
    5,
    ({ variable }) =>
      `cannot reach 127.0.0.1:${port}: its certificate is self-signed and not trusted (check ${variable}; `,
  );
});

test('a server that does not speak https', async () => {
  const port = await listen(
    createServer((socket) => socket.on('error', () => undefined).end('HTTP/1.1 200 OK\r\n\r\n')),
  );
  const runs = await runAll(`https://127.0.0.1:${port}`, {});
  expectAll(
    runs,
    5,
    ({ variable }) => `cannot reach 127.0.0.1:${port}: it does not speak https (check ${variable})`,
  );
});

test('a connection that is cut behind the request', async () => {
  const cut = (socket: Socket) => socket.on('error', () => undefined).once('data', () => socket.destroy());
  const port = await listen(createServer(cut));
  const runs = await runAll(`http://127.0.0.1:${port}`, {});
  expectAll(runs, 5, () => `no answer from 127.0.0.1:${port}: the connection was `);
});

describe('a proxy', () => {
  const url = 'https://api.example.invalid';

  test('that wants a password says so, and where it goes', async () => {
    const proxy = await proxyThatSays('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
    const runs = await runAll(url, { HTTPS_PROXY: `http://${proxy}` });
    expectAll(
      runs,
      5,
      () =>
        `cannot reach api.example.invalid through the proxy ${proxy}: 407, it wants a user name and a password (put both into HTTPS_PROXY: http://USER:PASSWORD@${proxy})`,
    );
  });

  test('that refuses the host', async () => {
    const proxy = await proxyThatSays('HTTP/1.1 403 Forbidden\r\n\r\n');
    const runs = await runAll(url, { https_proxy: proxy });
    expectAll(
      runs,
      5,
      () =>
        `cannot reach api.example.invalid through the proxy ${proxy}: it refused: 403 (check https_proxy and NO_PROXY)`,
    );
  });

  test('that does not listen, without its password', async () => {
    const port = await closedPort();
    const runs = await runAll(url, { HTTPS_PROXY: `http://user:secret-of-proxy@127.0.0.1:${port}` });
    expectAll(
      runs,
      5,
      () => `cannot reach the proxy 127.0.0.1:${port}: connection refused (check HTTPS_PROXY and NO_PROXY)`,
    );
  });

  test('that nobody knows', async () => {
    const runs = await runAll(url, { HTTPS_PROXY: 'http://proxy.example.invalid:3128' });
    expectAll(
      runs,
      5,
      () =>
        'cannot reach the proxy proxy.example.invalid:3128: unknown host (check HTTPS_PROXY and NO_PROXY)',
    );
  });

  test('is named where what is behind it is not trusted', async () => {
    const { certificate: cert, key } = makeSelfSignedCertificate();
    const port = await listen(createTlsServer({ cert, key }));
    const tunnel = createServer((socket) => {
      socket
        .on('error', () => undefined)
        .once('data', () => {
          const onward = connect(port, '127.0.0.1').on('error', () => undefined);
          socket.write('HTTP/1.1 200 OK\r\n\r\n');
          socket.pipe(onward).pipe(socket);
        });
    });
    const proxy = `127.0.0.1:${await listen(tunnel)}`;
    const runs = await runAll(url, { HTTPS_PROXY: proxy });
    expectAll(
      runs,
      5,
      () =>
        `cannot reach api.example.invalid through the proxy ${proxy}: its certificate is self-signed and not trusted`,
    );
  });
});

describe('PostgreSQL', () => {
  const argv = ['export', 'scores', '--output', 'postgres:', '--json', '--quiet'];

  test.each([
    [
      'PSQL_CONN_STRING',
      { PSQL_CONN_STRING: 'postgres://u:secret-word@db.example.invalid:6543/d' },
      'db.example.invalid:6543: unknown host (check PSQL_CONN_STRING)',
    ],
    [
      'PGHOST',
      { PGHOST: '127.0.0.1', PGPORT: '1', PGUSER: 'u' },
      '127.0.0.1:1: connection refused (check PGHOST and PGPORT)',
    ],
    [
      'a socket',
      { PGHOST: '/no/such/place', PGUSER: 'u' },
      '/no/such/place/.s.PGSQL.5432: no server listens on that socket (check PGHOST and PGPORT)',
    ],
  ])('named by %s', async (_name, environment, words) => {
    const { runCli: runHere } = await placeWithRows();
    const { exit, stderr } = await runHere(argv, { environment });
    expect(exit).toBe(6);
    expect(stderr).toContain(`cannot reach ${words}`);
    expect(stderr).not.toContain('secret-word');
  });

  test('named by --output', async () => {
    const { runCli: runHere } = await placeWithRows();
    const output = ['--output', 'postgres://u@db.example.invalid/d'];
    const { exit, stderr } = await runHere(['export', 'scores', ...output, '--quiet']);
    expect(exit).toBe(6);
    expect(stderr).toContain('cannot reach db.example.invalid:5432: unknown host (check --output)');
  });
});
