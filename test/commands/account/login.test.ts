import { chmod, mkdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openPlace, type CliOptions, type Place } from '../../machine.ts';

interface Case {
  vendor: string;
  variable: string;
  option: string;
  /** Whether a wrong one can be told without sending an event. */
  isChecked: boolean;
}

const cases: Case[] = [
  { vendor: 'scarf', variable: 'SCARF_API_TOKEN', option: 'token', isChecked: true },
  { vendor: 'sumatra', variable: 'SUMATRA_API_KEY', option: 'token', isChecked: false },
  { vendor: 'moesif', variable: 'MOESIF_APPLICATION_ID', option: 'token', isChecked: true },
  { vendor: 'loginsight', variable: 'LOGINSIGHT_PASSWORD', option: 'password', isChecked: true },
];

const fileOf = ({ directory }: Place) => join(directory, '.config/scarf-cli/profiles.json');

const saved = async (place: Place) =>
  JSON.parse(await readFile(fileOf(place), 'utf8').catch(() => '{}')) as object;

async function prepareLogin({ vendor, variable }: Case) {
  const place = await openPlace();
  const secret = place.sandbox.environment[variable] ?? '';
  const login = (stdin: string, flags: string[] = [], options: CliOptions = {}) =>
    place.runCli(['login', vendor, '--token-stdin', ...flags], {
      stdin,
      ...options,
      environment: { [variable]: '', ...options.environment },
    });
  return { place, secret, login };
}

describe.each(cases)('login $vendor', (one) => {
  const { vendor, variable, option, isChecked } = one;
  const prepare = () => prepareLogin(one);

  test('saves what the vendor takes, says where and whether it was checked, and whoami knows it', async () => {
    const { place, secret, login } = await prepare();
    const { exit, stderr, stdout } = await login(`${secret}\n`);
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: '' });
    expect(stderr).toContain(fileOf(place));
    expect(stderr.includes('not checked')).toBe(!isChecked);
    expect(stderr).not.toContain(secret);
    expect(await saved(place)).toMatchObject({ [vendor]: { [option]: secret } });
    expect((await stat(fileOf(place))).mode & 0o777).toBe(0o600);
    const who = await place.runCli(['whoami', vendor, '--json'], { environment: { [variable]: '' } });
    expect(who.exit).toBe(0);
    expect(JSON.parse(who.stdout)).toMatchObject({
      vendor,
      profile: 'default',
      checked: isChecked,
      secret: { origin: 'profile' },
    });
    const text = await place.runCli(['whoami', vendor], { environment: { [variable]: '' } });
    expect(text.stdout + who.stdout).not.toContain(secret);
  });

  test('sends no event', async () => {
    const { place, secret, login } = await prepare();
    await login(secret);
    await place.runCli(['whoami', vendor]);
    const { scarf, sumatra, moesif, loginsight } = place.sandbox.vendors;
    for (const state of [scarf, sumatra, moesif, loginsight]) expect([...state.events()]).toEqual([]);
    expect(scarf.imports()).toEqual([]);
  });

  test.each([
    ['nothing', ''],
    ['blanks', '  \n'],
    ['two lines', 'one\ntwo\n'],
    ['control characters', 'a\u001b[31mb'],
  ])('refuses %s', async (_name, stdin) => {
    const { place, login } = await prepare();
    const { exit } = await login(stdin, ['--no-check']);
    expect(exit).toBe(vendor === 'loginsight' && stdin.trim() === '' && stdin !== '' ? 0 : 2);
    if (exit === 2) expect(await saved(place)).toEqual({});
  });

  test('needs a terminal or --token-stdin, and says so', async () => {
    const { place } = await prepare();
    const { exit, stderr } = await place.runCli(['login', vendor], { stdin: 'ignored' });
    expect(exit).toBe(2);
    expect(stderr).toContain('--token-stdin');
    expect(await saved(place)).toEqual({});
  });

  test('logs out as often as one likes', async () => {
    const { place, secret, login } = await prepare();
    await login(secret);
    const environment = { [variable]: '' };
    for (let times = 0; times < 2; times++)
      expect((await place.runCli(['logout', vendor], { environment })).exit).toBe(0);
    expect(JSON.stringify(await saved(place))).not.toContain(secret);
    expect((await place.runCli(['whoami', vendor], { environment })).exit).toBe(4);
  });
});

test.each(cases.filter(({ isChecked }) => isChecked))(
  'login $vendor saves nothing that is wrong (4), or cannot be checked (5), unless told not to',
  async (one) => {
    const { vendor, option } = one;
    const { place, secret, login } = await prepareLogin(one);
    const address = vendor === 'loginsight' ? 'LOGINSIGHT_URL' : `${vendor.toUpperCase()}_API_URL`;
    const nobody = { environment: { [address]: 'http://127.0.0.1:9' } };
    expect((await login('wrong')).exit).toBe(4);
    expect((await login(secret, [], nobody)).exit).toBe(5);
    expect(await saved(place)).toEqual({});
    expect((await login(secret, ['--no-check'], nobody)).exit).toBe(0);
    expect(await saved(place)).toMatchObject({ [vendor]: { [option]: secret } });
  },
);

describe('login', () => {
  const token = (place: Place) => place.sandbox.environment['SCARF_API_TOKEN'] ?? '';
  const unset = { SCARF_API_TOKEN: '', SCARF_OWNER: '' };

  test('checks with one call', async () => {
    const place = await openPlace();
    await place.runCli(['login', '--token-stdin'], { stdin: token(place) });
    expect(place.sandbox.traffic.countsOf('scarf').requests).toBe(1);
  });

  test('makes a profile, and keeps the owner that it was given', async () => {
    const place = await openPlace();
    const flags = ['--profile', 'work', '--owner', 'sandbox'];
    expect(
      (await place.runCli(['login', '--token-stdin', ...flags], { stdin: token(place), environment: unset }))
        .exit,
    ).toBe(0);
    expect(await saved(place)).toEqual({
      profiles: { work: { scarf: { token: token(place), owner: 'sandbox' } } },
    });
    const list = (...more: string[]) => place.runCli(['imports', 'list', ...more], { environment: unset });
    expect((await list('--profile', 'work')).exit).toBe(0);
    expect((await list()).exit).toBe(2);
  });

  test('needs no owner: a search takes the token alone', async () => {
    const place = await openPlace();
    const login = (stdin: string) => place.runCli(['login', '--token-stdin'], { stdin, environment: unset });
    expect((await login('wrong')).exit).toBe(4);
    expect((await login(token(place))).exit).toBe(0);
    const who = await place.runCli(['whoami', '--json'], { environment: unset });
    expect(JSON.parse(who.stdout)).toMatchObject({ owner: null, checked: true, plan: null, slots: null });
  });

  test('of an owner that is not there saves nothing (2)', async () => {
    const place = await openPlace();
    const login = ['login', '--token-stdin', '--owner', 'nobody'];
    expect((await place.runCli(login, { stdin: token(place) })).exit).toBe(2);
    expect(await saved(place)).toEqual({});
  });

  test('reads a file as other commands do, and not a file and standard input at once', async () => {
    const place = await openPlace();
    await chmod(await place.write('token', `${token(place)}\n`), 0o600);
    expect((await place.runCli(['login', '--token-file', 'token'])).exit).toBe(0);
    const both = ['login', '--token-file', 'token', '--token-stdin'];
    expect((await place.runCli(both, { stdin: token(place) })).exit).toBe(2);
  });

  test('warns of what goes before the saved token', async () => {
    const place = await openPlace();
    const login = (environment: Record<string, string>) =>
      place.runCli(['login', '--token-stdin'], { stdin: token(place), environment });
    expect((await login({})).stderr).toContain('warning: SCARF_API_TOKEN is set');
    await place.runCli(['config', 'set', 'scarf', 'token-command', 'echo x']);
    expect((await login(unset)).stderr).toContain('config unset scarf token-command');
  });

  test('into a home that cannot be written ends with 6, and keeps the token nowhere', async () => {
    const place = await openPlace();
    await place.write('.config', 'a file where the directory should be');
    const { exit, stderr, stdout } = await place.runCli(['login', '--token-stdin'], { stdin: token(place) });
    expect(exit).toBe(6);
    expect(stderr + stdout).not.toContain(token(place));
  });

  test('works with XDG_CONFIG_HOME, and says when there is no home at all', async () => {
    const place = await openPlace();
    await mkdir(join(place.directory, 'xdg'));
    const stdin = token(place);
    const environment = { XDG_CONFIG_HOME: join(place.directory, 'xdg') };
    expect((await place.runCli(['login', '--token-stdin'], { stdin, environment })).stderr).toContain(
      'xdg/scarf-cli',
    );
    const machine = { homeDirectory: undefined };
    expect((await place.runCli(['login', '--token-stdin'], { stdin, machine })).exit).toBe(6);
  });

  test.each([
    ['login', 'nobody'],
    ['logout', 'nobody'],
    ['whoami', 'nobody'],
    ['logout', '--profile', 'nobody'],
    ['whoami', '--profile', 'nobody'],
  ])('%s %s %s ends with 2', async (...argv) => {
    const { runCli } = await openPlace();
    expect((await runCli(argv.filter((word) => word !== undefined))).exit).toBe(2);
  });
});

describe('whoami', () => {
  test('counts the slots in use, and says where the token comes from', async () => {
    const place = await openPlace({ scarf: { foreignActive: 7 } });
    const { stdout } = await place.runCli(['whoami']);
    expect(stdout).toMatch(/^owner +sandbox$/m);
    expect(stdout).toMatch(/^token +from SCARF_API_TOKEN; accepted$/m);
    expect(stdout).toMatch(/^slots +7 of 15 in use$/m);
    expect(stdout).toMatch(/^plan +not told by Scarf$/m);
  });

  test('of a session of Log Insight that ran out ends with 4', async () => {
    const { runCli } = await openPlace();
    const environment = {
      LOGINSIGHT_USERNAME: '',
      LOGINSIGHT_PASSWORD: '',
      LOGINSIGHT_SESSION_ID: 'a-session-of-old',
    };
    expect((await runCli(['whoami', 'loginsight'], { environment })).exit).toBe(4);
  });

  test('of the cloud says that a token is not checked', async () => {
    const { runCli } = await openPlace();
    const environment = {
      LOGINSIGHT_USERNAME: '',
      LOGINSIGHT_PASSWORD: '',
      LOGINSIGHT_SESSION_ID: 'a-token',
    };
    const { exit, stdout } = await runCli(['whoami', 'loginsight', '--api', 'cloud'], { environment });
    expect(exit).toBe(0);
    expect(stdout).toContain('not checked');
  });
});
