import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runCli } from '../machine.ts';

const vendors = [
  [['import'], 'SCARF_API_URL', { SCARF_OWNER: 'acme', SCARF_API_TOKEN: 'known-token-1' }],
  [['export', 'events'], 'SCARF_API_URL', { SCARF_OWNER: 'acme', SCARF_API_TOKEN: 'known-token-1' }],
  [['imports', 'list'], 'SCARF_API_URL', { SCARF_OWNER: 'acme', SCARF_API_TOKEN: 'known-token-1' }],
  [['ingest', 'sumatra'], 'SUMATRA_API_URL', { SUMATRA_API_KEY: 'known-token-1' }],
  [['ingest', 'moesif'], 'MOESIF_API_URL', { MOESIF_APPLICATION_ID: 'known-token-1' }],
  [['ingest', 'loginsight'], 'LOGINSIGHT_URL', { LOGINSIGHT_SESSION_ID: 'known-token-1' }],
] as const;

const addresses = [
  'https://hidden-9@127.0.0.1:1',
  'https://user:hidden-9@127.0.0.1:1/path',
  'https:\\\\hidden-9@127.0.0.1:1',
  'https://127.0.0.1:1/?token=hidden-9',
  'https://127.0.0.1:1/#hidden-9',
  'https://127.0.0.1:1/known-token-1/',
  'https://127.0.0.1:1/known%2Dtoken%2D1/',
  'hidden-9 is no address',
];

const cases = vendors.flatMap(([command, variable, environment]) =>
  addresses.map((address) => ({ command, variable, environment, address })),
);

it.each(cases)('$command refuses $variable=$address and does not show it', async (one) => {
  const directory = await mkdtemp(join(tmpdir(), 'address-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const input = join(directory, 'in.ndjson');
  await writeFile(input, '{}\n');
  const argv = /import$|^ingest/.test(one.command[0]) ? [...one.command, input] : one.command;
  const environment = { ...one.environment, [one.variable]: one.address };
  const { exit, stdout, stderr } = await runCli([...argv, '--json'], { directory, environment });
  expect({ exit, stderr }).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining(one.variable) as string,
  });
  expect(stdout + stderr).not.toMatch(/hidden-9|known-token-1|known%2Dtoken/);
  expect(await readdir(directory)).toEqual(['in.ndjson']);
});

it('config set saves no address with a secret in it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'address-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const address = 'https://hidden-9@127.0.0.1:1';
  const outcome = await runCli(['config', 'set', 'scarf', 'api-url', address], {
    directory,
    environment: {},
  });
  expect(outcome.exit).toBe(2);
  expect(outcome.stdout + outcome.stderr).not.toContain('hidden-9');
  expect(await readdir(directory)).toEqual([]);
});
