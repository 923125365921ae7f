/** What is said of a server that does not let us in, of several, and of one that ends a session that was idle. */
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { Failure } from '../../../../src/failure.ts';
import { readAddress } from '../../../../src/sinks/postgres/conninfo/address.ts';
import { connect, databaseFailure } from '../../../../src/sinks/postgres/session/connection.ts';
import { conninfoContext } from '../conninfo/context.ts';

/** A message of the server ("PostgreSQL 17, 53.7. Message Formats"). */
function message(kind: string, body: Buffer): Buffer {
  const head = Buffer.from(`${kind}....`);
  head.writeInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

const ready = Buffer.concat([message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))]);
const failing = (code: string, text: string) =>
  message('E', Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${text}\0\0`));

const servers: Server[] = [];
const sockets: Socket[] = [];

/** A server that answers each connection so; the port it listens on. */
async function answering(answer: Buffer): Promise<number> {
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined).once('data', () => socket.write(answer));
  });
  servers.push(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return (server.address() as AddressInfo).port;
}

/** Ports on which nobody listens: no system gives them away. */
const deadPorts = [1, 9] as const;

const closed = (server: Server) => new Promise((resolve) => server.close(resolve));

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(servers.splice(0).map(closed));
});

async function connectTo(...ports: number[]) {
  const hosts = ports.map(() => '127.0.0.1').join(',');
  const text = `host=${hosts} port=${ports.join(',')} user=clerk dbname=shop sslmode=disable`;
  return connect(await readAddress(text, conninfoContext()), new AbortController().signal);
}

describe('a server that answers with a refusal', () => {
  test.each([
    ['28000', 'no entry for it', 'pg_hba.conf'],
    ['28P01', 'password authentication failed', 'PGPASSWORD'],
    ['3D000', 'database "shop" does not exist', 'createdb'],
    ['53300', 'too many clients already', 'max_connections'],
    ['0A000', 'not here', undefined],
  ])('%s is its own message, and the next one is not asked', async (code, text, hint) => {
    const next = await answering(ready);
    const thrown = await connectTo(await answering(failing(code, text)), next).catch(
      (error: unknown) => error,
    );
    expect(thrown).toBeInstanceOf(Failure);
    const { kind, message: said, hint: helps } = thrown as Failure;
    expect({ kind, said }).toEqual({
      kind: 'local',
      said: expect.stringMatching(
        new RegExp(`^cannot connect to postgres://clerk@.*/shop: ${text}$`),
      ) as string,
    });
    if (hint === undefined) expect(helps).toBeUndefined();
    else expect(helps).toContain(hint);
  });

  test('unless it takes nobody now: then the next one is asked', async () => {
    const starting = await answering(failing('57P03', 'the database system is starting up'));
    const client = await connectTo(starting, await answering(ready));
    await client.end();
    await expect(connectTo(starting)).rejects.toMatchObject({
      kind: 'local',
      message: expect.stringMatching(
        /^cannot connect to postgres:\/\/clerk@.*: the database system is starting up$/,
      ) as string,
    });
  });
});

describe('a server that asks for a password', () => {
  const asking = message('R', Buffer.from([0, 0, 0, 3]));

  test('which nobody gave is refused, and no other way or server is tried', async () => {
    const port = await answering(asking);
    const next = await answering(ready);
    const text = `host=127.0.0.1,127.0.0.1 port=${port},${next} user=clerk dbname=shop sslmode=allow`;
    const address = await readAddress(text, conninfoContext());
    await expect(connect(address, new AbortController().signal)).rejects.toMatchObject({
      kind: 'local',
      message: 'the server requires a password',
      hint: 'give it in PGPASSWORD, in ~/.pgpass or in the connection string',
    });
    expect(sockets).toHaveLength(1);
  });
});

describe('servers that cannot be reached', () => {
  test('are named, each once', async () => {
    const [one, other] = deadPorts;
    const thrown = (await connectTo(one, other, one).catch((error: unknown) => error)) as Failure;
    expect(thrown.kind).toBe('local');
    expect(thrown.message.split('; ')).toHaveLength(2);
    for (const port of [one, other])
      expect(thrown.message).toContain(`cannot reach 127.0.0.1:${port}: connection refused (check `);
  });

  test('are passed over for one that answers', async () => {
    const client = await connectTo(deadPorts[0], await answering(ready));
    await client.end();
  });

  test('a socket is named by its file', async () => {
    const address = await readAddress('host=/nowhere/at/all port=77 user=clerk', conninfoContext());
    await expect(connect(address, new AbortController().signal)).rejects.toMatchObject({
      kind: 'local',
      message: expect.stringContaining(
        'cannot reach /nowhere/at/all/.s.PGSQL.77: no server listens on that socket',
      ) as string,
    });
  });
});

test('why an idle session ended is said by the query that finds it ended', async () => {
  const client = await connectTo(await answering(ready));
  const ended = new Promise((resolve) => client.once('end', resolve));
  sockets[0]?.end(failing('57P01', 'terminating connection due to administrator command'));
  await ended;
  const thrown: unknown = await client.query('select 1').catch((error: unknown) => error);
  expect(databaseFailure('write rows', thrown, client)).toMatchObject({
    kind: 'local',
    message: 'cannot write rows: terminating connection due to administrator command',
    cause: { code: '57P01' },
  });
  // A query's own error says more than the end of the session.
  const own = Object.assign(new Error('disk full'), { code: '53100' });
  expect(databaseFailure('write rows', own, client).message).toBe('cannot write rows: disk full');
  expect(databaseFailure('write rows', thrown).message).not.toContain('administrator');
});

describe('what is said of an error', () => {
  const coded = (code: string, text: string) => Object.assign(new Error(text), { code });

  test.each([
    ['its message', new Error('out of paper'), 'out of paper'],
    ['its name, without one', new Error(''), 'Error'],
    ['what was thrown', 'nothing left', 'nothing left'],
    ['that of the first address', new AggregateError([new Error('first'), new Error('second')]), 'first'],
  ])('is %s', (_, thrown, text) => {
    const failure = databaseFailure('read', thrown);
    expect(failure).toMatchObject({ kind: 'local', message: `cannot read: ${text}`, hint: undefined });
    expect(failure.cause).toBe(thrown);
  });

  test('and what to do, also of the first of several addresses', () => {
    const failure = databaseFailure(
      'read',
      new AggregateError([coded('28P01', 'no'), coded('3D000', 'nor')]),
    );
    expect(failure.hint).toContain('PGPASSWORD');
  });

  test('is kept as it is when it was said already', () => {
    const failure = new Failure('usage', 'said');
    expect(databaseFailure('read', failure)).toBe(failure);
  });
});
