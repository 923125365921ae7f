import { writeFile } from 'node:fs/promises';
import { createServer as createPlainServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadDispatcher, type DispatcherOptions } from '../../src/http/dispatcher.ts';
import { createHttpClient } from '../../src/http/request.ts';
import { realMachine } from '../../src/real-machine.ts';
import { makeSelfSignedCertificate } from '../../src/sandbox/wire/certificate.ts';
import { calm } from '../vendors/bodies.ts';
import { startRawServer } from './raw-server.ts';
import { temporaryDirectory } from '../vendors/temporary.ts';

const { key, certificate } = makeSelfSignedCertificate();

async function certificateFile(): Promise<string> {
  const path = `${await temporaryDirectory()}/ca.pem`;
  await writeFile(path, certificate);
  return path;
}

function ask(url: string, options: Partial<DispatcherOptions> = {}) {
  const http = createHttpClient(
    () => loadDispatcher({ environment: {}, connections: 2, ...options }),
    realMachine(),
  );
  onTestFinished(() => http.close());
  return http.request({ method: 'GET', url, headers: {}, signal: calm, timeoutMs: 60_000 });
}

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function startTlsServer(): Promise<number> {
  return portOf(createTlsServer({ cert: certificate, key }, (_, response) => response.end('over tls')));
}

describe('certificates', () => {
  test('one that nobody vouches for is not trusted, and asking again is no use', async () => {
    const port = await startTlsServer();
    expect(await ask(`https://localhost:${port}`)).toMatchObject({
      kind: 'transport-error',
      taken: 'no',
      final: true,
      message: `cannot reach localhost:${port}: its certificate is self-signed and not trusted`,
    });
  });

  test.each([
    ['a file with it', async () => ({ caFile: await certificateFile() })],
    ['trust in any', async () => ({ insecure: true })],
  ])('%s makes it trusted', async (_name, trust) => {
    const port = await startTlsServer();
    expect(await ask(`https://localhost:${port}`, await trust())).toMatchObject({
      kind: 'reply',
      text: 'over tls',
    });
  });

  test('https to a server that speaks plain http', async () => {
    const port = await portOf(createPlainServer((_, response) => response.end()));
    expect(await ask(`https://localhost:${port}`)).toMatchObject({
      kind: 'transport-error',
      taken: 'no',
      final: true,
    });
  });

  test('a file that is missing or holds no certificate is a mistake of the user', async () => {
    const directory = await temporaryDirectory();
    const empty = `${directory}/empty.pem`;
    await writeFile(empty, 'no certificate');
    for (const caFile of [empty, `${directory}/missing.pem`]) {
      await expect(ask('https://localhost:1', { caFile })).rejects.toMatchObject({ kind: 'usage' });
    }
  });
});

/** A proxy that knows CONNECT only, and sends every tunnel to one port of this machine. */
async function startProxy(
  target: number | 'refuses',
): Promise<{ address: string; asked: string[]; logins: (string | undefined)[] }> {
  const asked: string[] = [];
  const logins: (string | undefined)[] = [];
  const proxy = createPlainServer().on('connect', (request, socket: Socket) => {
    asked.push(request.url ?? '');
    logins.push(request.headers['proxy-authorization']);
    if (target === 'refuses') {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const onward = connect(target, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    for (const end of [socket, onward]) end.on('error', () => end.destroy());
    onTestFinished(() => {
      socket.destroy();
      onward.destroy();
    });
  });
  return { address: `127.0.0.1:${await portOf(proxy)}`, asked, logins };
}

/** A proxy on bare sockets: `answer` has what it does once it was asked for a tunnel. */
async function startRawProxy(answer: (socket: Socket) => void) {
  let asked = 0;
  const address = await startRawServer((socket) => {
    socket.once('data', () => {
      asked += 1;
      answer(socket);
    });
  });
  return { environment: { HTTP_PROXY: address, HTTPS_PROXY: address }, asked: () => asked };
}

describe('proxies', () => {
  test.each(['HTTP_PROXY', 'http_proxy'])('%s is used', async (name) => {
    const port = await portOf(createPlainServer((_, response) => response.end('far away')));
    const proxy = await startProxy(port);
    const environment = { [name]: `http://${proxy.address}` };
    expect(await ask('http://vendor.example/', { environment })).toMatchObject({ text: 'far away' });
    expect(proxy.asked).toEqual(['vendor.example:80']);
  });

  test.each([
    ['', undefined],
    ['user:pass@', 'user:pass'],
    ['user@', 'user:'],
    [':pass@', ':pass'],
    ['user:100%@', 'user:100%'],
    ['us%40er:p%C3%A4ss@', 'us@er:päss'],
    ['user:%ff@', 'user:%ff'],
  ])('the login of http://%sproxy is told to it', async (login, told) => {
    const port = await portOf(createPlainServer((_, response) => response.end('far away')));
    const proxy = await startProxy(port);
    const environment = { HTTP_PROXY: `http://${login}${proxy.address}` };
    expect(await ask('http://vendor.example/', { environment })).toMatchObject({ text: 'far away' });
    const basic = told === undefined ? undefined : `Basic ${Buffer.from(told).toString('base64')}`;
    expect(proxy.logins).toEqual([basic]);
  });

  test('https goes through a tunnel, and trust holds there too', async () => {
    const port = await startTlsServer();
    const proxy = await startProxy(port);
    const environment = { HTTPS_PROXY: proxy.address };
    const url = 'https://vendor.example/';
    expect(await ask(url, { environment })).toMatchObject({ kind: 'transport-error', final: true });
    expect(await ask(url, { environment, insecure: true })).toMatchObject({ text: 'over tls' });
    expect(await ask(url, { environment, caFile: await certificateFile() })).toMatchObject({
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
      final: true,
    });
  });

  test('this machine is never reached through one', async () => {
    const port = await portOf(createPlainServer((_, response) => response.end('at home')));
    const proxy = await startProxy('refuses');
    const environment = { HTTP_PROXY: proxy.address, HTTPS_PROXY: proxy.address };
    for (const host of ['127.0.0.1', 'localhost']) {
      expect(await ask(`http://${host}:${port}`, { environment })).toMatchObject({ text: 'at home' });
    }
    expect(proxy.asked).toEqual([]);
  });

  test('NO_PROXY names hosts that are reached directly', async () => {
    const proxy = await startProxy('refuses');
    const environment = { HTTP_PROXY: proxy.address, NO_PROXY: 'other.invalid,vendor.invalid' };
    expect(await ask('http://vendor.invalid', { environment })).toMatchObject({
      kind: 'transport-error',
      taken: 'no',
    });
    expect(proxy.asked).toEqual([]);
  });

  test.each([
    [407, true, '407, it wants a user name and a password'],
    [403, false, 'it refused: 403'],
    [502, false, 'it refused: 502'],
  ])('a proxy that answers %i took nothing, and is asked once', async (status, final, message) => {
    for (const target of ['http', 'https']) {
      const proxy = await startRawProxy((socket) => socket.end(`HTTP/1.1 ${status} No\r\n\r\n`));
      expect(await ask(`${target}://vendor.example`, { environment: proxy.environment })).toMatchObject({
        kind: 'transport-error',
        taken: 'no',
        final,
        message: expect.stringMatching(
          new RegExp(`^cannot reach vendor.example(:\\d+)? through the proxy 127.0.0.1:\\d+: ${message}$`),
        ) as string,
      });
      expect(proxy.asked()).toBe(1);
    }
  });

  test.each<[string, (socket: Socket) => void, string]>([
    ['closes each CONNECT', (socket) => socket.end(), 'PROXY_CLOSED'],
    ['resets each CONNECT', (socket) => socket.resetAndDestroy(), 'PROXY_CLOSED'],
    ['breaks off in its answer', (socket) => socket.end('HTTP/1.1 200 O'), 'PROXY_CLOSED'],
    ['does not speak HTTP', (socket) => socket.end('what is this\r\n\r\n'), 'PROXY_NOT_HTTP'],
  ])('a proxy that %s took nothing, and is asked once', async (_name, answer, code) => {
    for (const target of ['http', 'https']) {
      const proxy = await startRawProxy(answer);
      expect(await ask(`${target}://vendor.example`, { environment: proxy.environment })).toMatchObject({
        kind: 'transport-error',
        taken: 'no',
        code,
      });
      expect(proxy.asked()).toBe(1);
    }
  });

  test('a proxy that closes the tunnel it opened took nothing of a request over https', async () => {
    const proxy = await startRawProxy((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n'));
    expect(await ask('https://vendor.example', { environment: proxy.environment })).toMatchObject({
      kind: 'transport-error',
      taken: 'no',
    });
    expect(proxy.asked()).toBe(1);
  });

  test('a server that hangs up in the middle of the TLS handshake took nothing', async () => {
    let connections = 0;
    const address = await startRawServer((socket) => {
      connections += 1;
      socket.once('data', () => socket.destroy());
    });
    expect(await ask(address.replace('http:', 'https:'))).toMatchObject({
      kind: 'transport-error',
      taken: 'no',
    });
    expect(connections).toBe(1);
  });

  test('what is no address of a proxy is a mistake of the user', async () => {
    const environment = { HTTPS_PROXY: 'ftp://proxy.example' };
    await expect(ask('https://vendor.example', { environment })).rejects.toMatchObject({
      kind: 'usage',
      message: 'HTTPS_PROXY is not the address of an http proxy',
    });
  });
});
