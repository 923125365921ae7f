import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openPlace, type Place } from '../../machine.ts';

/** Without what the sandbox would set of the account. */
const unset = { SCARF_OWNER: '', SCARF_API_TOKEN: '' };

async function twoAccounts(): Promise<Place> {
  const place = await openPlace();
  const { SCARF_API_TOKEN: token } = place.sandbox.environment;
  for (const profile of [[], ['--profile', 'work']]) {
    const stdin = profile.length === 0 ? 'a-wrong-token\n' : `${token}\n`;
    await place.runCli(['config', 'set', ...profile, 'scarf', 'token'], { stdin });
    await place.runCli(['config', 'set', ...profile, 'scarf', 'owner', 'sandbox']);
  }
  return place;
}

describe('several accounts side by side', () => {
  test('--profile, SCARF_CLI_PROFILE, config use and the default: the first that is there holds', async () => {
    const { runCli } = await twoAccounts();
    const list = async (flags: string[], environment: Record<string, string>) =>
      (await runCli(['imports', 'list', ...flags], { environment: { ...unset, ...environment } })).exit;
    expect(await list([], {})).toBe(4);
    expect(await list(['--profile', 'work'], {})).toBe(0);
    expect(await list([], { SCARF_CLI_PROFILE: 'work' })).toBe(0);
    expect(await list(['--profile', 'default'], { SCARF_CLI_PROFILE: 'work' })).toBe(4);
    expect((await runCli(['config', 'use', 'work'])).exit).toBe(0);
    expect(await list([], {})).toBe(0);
    expect(await list([], { SCARF_CLI_PROFILE: 'default' })).toBe(4);
    expect((await runCli(['config', 'use'])).stdout).toBe('  default\n* work\n');
    expect((await runCli(['config', 'use', 'default'])).exit).toBe(0);
    expect(await list([], {})).toBe(4);
  });

  test.each([
    ['import a.ndjson'],
    ['ingest moesif a.ndjson'],
    ['check a.ndjson'],
    ['export scores'],
    ['imports list'],
    ['schedule list'],
    ['config list'],
    ['config get scarf owner'],
    ['config unset scarf owner'],
  ])('%s --profile with a name that is not there ends with 2 and lists those that are', async (line) => {
    const place = await twoAccounts();
    await place.write('a.ndjson', '');
    const { exit, stderr } = await place.runCli([...line.split(' '), '--profile', 'wrok']);
    expect(exit).toBe(2);
    expect(stderr).toContain('default, work');
    const { exit: byVariable } = await place.runCli(line.split(' '), {
      environment: { SCARF_CLI_PROFILE: 'wrok' },
    });
    expect(byVariable).toBe(2);
  });

  test('a profile in use that is gone ends with 2, since another account is none in its place', async () => {
    const { runCli, write, directory } = await openPlace();
    await runCli(['config', 'set', 'scarf', 'owner', 'sandbox']);
    const file = '.config/scarf-cli/profiles.json';
    const saved = JSON.parse(await readFile(join(directory, file), 'utf8')) as object;
    await write(file, JSON.stringify({ ...saved, use: 'gone' }));
    expect((await runCli(['imports', 'list'])).exit).toBe(2);
    expect((await runCli(['imports', 'list', '--profile', 'default'])).exit).toBe(0);
    expect((await runCli(['config', 'use', 'default'])).exit).toBe(0);
    expect((await runCli(['imports', 'list'])).exit).toBe(0);
  });

  test.each(['../up', '__proto__', 'a b', 'x\u001b[31m', ''])('%j is no name of a profile', async (name) => {
    const { runCli } = await twoAccounts();
    expect((await runCli(['config', 'set', '--profile', name, 'scarf', 'owner', 'x'])).exit).toBe(2);
    expect((await runCli(['config', 'use', name])).exit).toBe(2);
    expect((await runCli(['config', 'use', 'wrok'])).exit).toBe(2);
  });

  test('the profile is no part of the recipe: its values are', async () => {
    const { runCli, importFiles, sandbox, write } = await twoAccounts();
    await write('a.ndjson', '{"$time":"2126-11-21T08:00:00Z","$pixel":"p"}\n');
    const environment = unset;
    const first = await importFiles(['a.ndjson', '--profile', 'work'], { environment });
    await runCli(['config', 'set', '--profile', 'other', 'scarf', 'owner', 'sandbox']);
    const { SCARF_API_TOKEN: token = '' } = sandbox.environment;
    await runCli(['config', 'set', '--profile', 'other', 'scarf', 'token'], { stdin: token });
    const second = await importFiles(['a.ndjson', '--profile', 'other'], { environment });
    expect(second.report.run).toBe(first.report.run);
  });
});

describe('config get', () => {
  test('prints what is saved, of a secret that it is', async () => {
    const { runCli } = await twoAccounts();
    expect(await runCli(['config', 'get', 'scarf', 'owner'])).toMatchObject({ exit: 0, stdout: 'sandbox\n' });
    expect(await runCli(['config', 'get', 'scarf', 'token'])).toMatchObject({ exit: 0, stdout: '(set)\n' });
    expect(await runCli(['config', 'get', 'scarf', 'max-active'])).toMatchObject({ exit: 2, stdout: '' });
    expect((await runCli(['config', 'get', 'scarf', 'colour'])).exit).toBe(2);
    expect((await runCli(['config', 'get', 'nobody', 'owner'])).exit).toBe(2);
  });
});

describe('config list', () => {
  interface Listing {
    profile: object;
    file: string;
    settings: {
      vendor: string;
      option: string;
      value: unknown;
      origin: string;
      source?: string;
      file?: string;
    }[];
  }

  const listing = (stdout: string) => JSON.parse(stdout) as Listing;

  test('--show-origin says where every value comes from', async () => {
    const { runCli } = await twoAccounts();
    const environment = { ...unset, SCARF_CLI_PROFILE: 'work', SCARF_ENTITY_NAME: 'by-variable' };
    const { stdout, exit } = await runCli(['config', 'list', '--show-origin', '--json'], { environment });
    expect(exit).toBe(0);
    const { profile, file, settings } = listing(stdout);
    expect(profile).toEqual({ name: 'work', origin: 'environment', source: 'SCARF_CLI_PROFILE' });
    expect(settings).toContainEqual({
      vendor: 'scarf',
      option: 'owner',
      value: 'by-variable',
      origin: 'environment',
      source: 'SCARF_ENTITY_NAME',
    });
    const saved = { vendor: 'scarf', option: 'token', value: '(set)', secret: true };
    expect(settings).toContainEqual({ ...saved, origin: 'profile', source: 'work', file });
    expect(settings).toContainEqual({
      vendor: 'scarf',
      option: 'max-active',
      value: '15',
      origin: 'default',
    });
    const table = await runCli(['config', 'list', 'scarf', '--show-origin'], { environment });
    expect(table.stderr).toBe('Profile: work (environment SCARF_CLI_PROFILE)\n');
    expect(table.stdout).toMatch(/^scarf +owner +by-variable +environment +SCARF_ENTITY_NAME/m);
    expect(table.stdout).toMatch(/^scarf +token +\(set\) +profile +work +\/.*profiles\.json$/m);
    expect(table.stdout).toMatch(/^scarf +max-active +15 +default/m);
    expect(table.stdout).not.toContain('moesif');
    const csv = await runCli(['config', 'list', '--output', 'csv', '--columns', 'option,origin'], {
      environment,
    });
    expect(csv.stdout).toBe('option,origin\ntoken,profile\nowner,profile\n');
  });

  test('--profile and config use are origins too', async () => {
    const { runCli } = await twoAccounts();
    const profileOf = async (...flags: string[]) =>
      listing((await runCli(['config', 'list', '--json', ...flags])).stdout).profile;
    expect(await profileOf('--profile', 'work')).toEqual({
      name: 'work',
      origin: 'flag',
      source: '--profile',
    });
    expect(await profileOf()).toEqual({ name: 'default', origin: 'default' });
    await runCli(['config', 'use', 'work']);
    expect(await profileOf()).toEqual({ name: 'work', origin: 'profile', source: 'config use' });
  });

  test('names a value that cannot be used, with the reason', async () => {
    const { runCli, write } = await openPlace();
    await write('empty', '');
    await runCli(['config', 'set', 'scarf', 'owner', 'acme']);
    const path = (await runCli(['config', 'path'])).stdout.trim();
    await write(path.slice(path.indexOf('.config')), '{"scarf":{"maxActive":"many"}}');
    const { stdout, exit } = await runCli(['config', 'list', 'scarf', '--show-origin']);
    expect(exit).toBe(0);
    expect(stdout).toMatch(/scarf +max-active +cannot be used: .*many/);
  });
});

describe('a value is checked when it is set', () => {
  test.each([
    ['scarf', 'owner', ''],
    ['scarf', 'owner', 'a\u001b[31mb'],
    ['scarf', 'api-url', 'http://elsewhere.example'],
    ['scarf', 'api-url', 'nonsense'],
    ['scarf', 'max-active', '0'],
    ['moesif', 'path-prefix', 'v1'],
    ['moesif', 'batch-bytes', '60MB'],
    ['loginsight', 'api', 'v9'],
    ['loginsight', 'long-text', 'whatever'],
    ['scarf', 'profile', 'work'],
  ])('config set %s %s %j ends with 2', async (...words) => {
    const { runCli } = await openPlace();
    expect((await runCli(['config', 'set', ...words])).exit).toBe(2);
    expect((await runCli(['config', 'list'])).stdout).toBe('');
  });
});
