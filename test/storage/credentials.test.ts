/** Credentials are found where every tool of AWS finds them: each place once, as a process of its own with fakes around it. */
import { createHash } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { run } from '../child.ts';
import { eventRows, lines } from '../machine.ts';
import { temporaryDirectory } from '../vendors/temporary.ts';
import { startFakeS3 } from './fake-s3.ts';

const program = join(import.meta.dirname, '../../bin/scarf-cli.js');
const expiration = '2127-01-01T00:00:00Z';
const secret = 'a-secret-of-the-test';

/** Makes what a place needs in `home`, and gives the variables that lead there. */
type Prepare = (home: string) => Promise<Record<string, string>>;

const places: [string, Prepare][] = [
  ['the environment', async () => ({ AWS_ACCESS_KEY_ID: 'FOUND', AWS_SECRET_ACCESS_KEY: secret })],
  [
    'a profile',
    async (home) => {
      await writeAws(
        home,
        'credentials',
        `[of-test]\naws_access_key_id = FOUND\naws_secret_access_key = ${secret}\n`,
      );
      return { AWS_PROFILE: 'of-test' };
    },
  ],
  [
    'a profile, although there are keys in the environment',
    async (home) => {
      await writeAws(
        home,
        'credentials',
        `[of-test]\naws_access_key_id = FOUND\naws_secret_access_key = ${secret}\n`,
      );
      return { AWS_PROFILE: 'of-test', AWS_ACCESS_KEY_ID: 'OTHER', AWS_SECRET_ACCESS_KEY: 'other-secret' };
    },
  ],
  [
    'a process',
    async (home) => {
      const script = join(home, 'credentials.sh');
      const answer = { Version: 1, AccessKeyId: 'FOUND', SecretAccessKey: secret, Expiration: expiration };
      await writeFile(script, `#!/bin/sh\necho '${JSON.stringify(answer)}'\n`);
      await chmod(script, 0o755);
      await writeAws(home, 'config', `[profile of-process]\ncredential_process = ${script}\n`);
      return { AWS_PROFILE: 'of-process' };
    },
  ],
  [
    'a single sign-on',
    async (home) => {
      const session = 'of-test';
      await writeAws(
        home,
        'config',
        `[sso-session ${session}]\nsso_region = eu-1\nsso_start_url = https://start.example.org\n` +
          `[profile of-sso]\nsso_session = ${session}\nsso_account_id = 123456789012\nsso_role_name = reader\n`,
      );
      // What `aws sso login` leaves.
      const token = `${createHash('sha1').update(session).digest('hex')}.json`;
      await writeAws(
        home,
        join('sso', 'cache', token),
        JSON.stringify({ accessToken: 'a-token', expiresAt: expiration }),
      );
      const roleCredentials = {
        accessKeyId: 'FOUND',
        secretAccessKey: secret,
        sessionToken: 'token',
        expiration: Date.parse(expiration),
      };
      const url = await serve(({ headers }) =>
        headers['x-amz-sso_bearer_token'] === 'a-token' ? JSON.stringify({ roleCredentials }) : '{}',
      );
      return { AWS_PROFILE: 'of-sso', AWS_ENDPOINT_URL_SSO: url };
    },
  ],
  [
    'a container',
    async () => {
      const answer = {
        AccessKeyId: 'FOUND',
        SecretAccessKey: secret,
        Token: 'token',
        Expiration: expiration,
      };
      const url = await serve(() => JSON.stringify(answer));
      return { AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/credentials` };
    },
  ],
  [
    'the role of the machine',
    async () => {
      const answer = {
        Code: 'Success',
        AccessKeyId: 'FOUND',
        SecretAccessKey: secret,
        Token: 'token',
        Expiration: expiration,
      };
      const url = await serve(({ url: path = '' }) => {
        if (path.endsWith('/api/token')) return 'session';
        return path.endsWith('/role-of-test') ? JSON.stringify(answer) : 'role-of-test';
      });
      return { AWS_EC2_METADATA_SERVICE_ENDPOINT: url };
    },
  ],
  [
    'a web identity',
    async (home) => {
      const token = join(home, 'token');
      await writeFile(token, 'web.identity.token');
      const credentials = `<AccessKeyId>FOUND</AccessKeyId><SecretAccessKey>${secret}</SecretAccessKey><SessionToken>token</SessionToken><Expiration>${expiration}</Expiration>`;
      const name = 'AssumeRoleWithWebIdentity';
      const url = await serve(
        () =>
          `<${name}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${name}Result><Credentials>${credentials}</Credentials></${name}Result></${name}Response>`,
      );
      return {
        AWS_WEB_IDENTITY_TOKEN_FILE: token,
        AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/of-test',
        AWS_ENDPOINT_URL_STS: url,
      };
    },
  ],
];

test.each(places)('from %s', async (_, prepare) => {
  const home = await temporaryDirectory();
  const s3 = await startFakeS3();
  onTestFinished(() => s3.close());
  s3.keys = new Set(['FOUND']);
  s3.put('logs/a.ndjson', lines(eventRows(5)));
  const { code, printed } = await check(home, { ...(await prepare(home)), AWS_ENDPOINT_URL_S3: s3.endpoint });
  expect([code, printed]).toEqual([0, expect.stringContaining('5 rows are valid')]);
  expect(printed).not.toContain('Warning');
});

test('from nowhere: exit 4, and what to set', async () => {
  const home = await temporaryDirectory();
  const s3 = await startFakeS3();
  onTestFinished(() => s3.close());
  const { code, printed } = await check(home, { AWS_ENDPOINT_URL_S3: s3.endpoint });
  expect([code, printed]).toEqual([4, expect.stringContaining('AWS_PROFILE')]);
  expect(s3.requests).toEqual([]);
});

test('credentials that expire in the middle of an upload are asked for again', async () => {
  const home = await temporaryDirectory();
  const s3 = await startFakeS3();
  onTestFinished(() => s3.close());
  s3.fault = ({ path, headers }) =>
    path.includes('partNumber=2') && headers.authorization?.includes('Credential=KEY1/') === true
      ? { kind: 'status', status: 400, code: 'ExpiredToken' }
      : undefined;
  const rejects = Array.from({ length: 12 }, (_, number) => `"${String(number).repeat(900_000)}"\n`).join('');
  await writeFile(join(home, 'bad.ndjson'), rejects);
  const { code, printed } = await check(
    home,
    { ...(await countingProcess(home)), AWS_ENDPOINT_URL_S3: s3.endpoint },
    ['bad.ndjson', '--rejects', 's3://logs/rejects.ndjson'],
  );
  expect([code, printed]).toEqual([3, expect.stringContaining('12 would be rejected')]);
  expect(s3.objects.get('logs/rejects.ndjson')?.bytes.toString()).toBe(rejects);
  expect(s3.uploads.size).toBe(0);
  expect(s3.requests.at(-1)?.headers.authorization).toContain('Credential=KEY2/');
});

test('credentials that never worked are not asked for again: exit 4', async () => {
  const home = await temporaryDirectory();
  const s3 = await startFakeS3();
  onTestFinished(() => s3.close());
  s3.fault = () => ({ kind: 'status', status: 400, code: 'ExpiredToken' });
  const found = await check(home, { ...(await countingProcess(home)), AWS_ENDPOINT_URL_S3: s3.endpoint });
  expect([found.code, found.printed]).toEqual([4, expect.stringContaining('ExpiredToken')]);
  const keys = s3.requests.map(({ headers }) => /KEY\d/.exec(headers.authorization ?? '')?.[0]);
  expect(new Set(keys)).toEqual(new Set(['KEY1']));
});

/** Gives another key each time it is asked: `KEY1`, `KEY2`. */
async function countingProcess(home: string): Promise<Record<string, string>> {
  const script = join(home, 'credentials.sh');
  const answer = { Version: 1, AccessKeyId: 'KEY$N', SecretAccessKey: secret, Expiration: expiration };
  const count = join(home, 'asked');
  await writeFile(
    script,
    `#!/bin/sh\necho >> ${count}\nN=$(wc -l < ${count})\ncat <<END\n${JSON.stringify(answer)}\nEND\n`,
  );
  await chmod(script, 0o755);
  await writeAws(home, 'config', `[profile of-process]\ncredential_process = ${script}\n`);
  return { AWS_PROFILE: 'of-process' };
}

async function check(
  home: string,
  variables: Record<string, string>,
  args: readonly string[] = ['s3://logs/a.ndjson'],
): Promise<{ code: number | null; printed: string }> {
  // Nobody is asked who is not named: the address of the machine's role is that of a real one.
  const metadata = variables['AWS_EC2_METADATA_SERVICE_ENDPOINT'] === undefined ? 'true' : 'false';
  const all = {
    HOME: home,
    PATH: process.env['PATH'] ?? '',
    AWS_REGION: 'eu-1',
    AWS_EC2_METADATA_DISABLED: metadata,
    ...variables,
  };
  const pairs = Object.entries(all).map(([name, value]) => `${name}=${value}`);
  const command = ['bash', '-c', 'exec "$0" "$@" 2>&1', process.execPath, program, 'check', ...args];
  const { code, lines: printed } = await run(['env', '-i', ...pairs, ...command], home);
  return { code, printed: printed.join('\n') };
}

async function writeAws(home: string, name: string, text: string): Promise<void> {
  const path = join(home, '.aws', name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

async function serve(answer: (request: IncomingMessage) => string): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    response.end(answer(request));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
