/** State and settings are kept in a home, or where the user says, and never in the working directory. */
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { realMachine } from '../../src/real-machine.ts';
import { eventRows, lines, openPlace, type CliOptions } from '../machine.ts';

const homeless: CliOptions = { machine: { homeDirectory: undefined } };

describe('the home directory', () => {
  afterEach(() => vi.unstubAllEnvs());

  test.each([[undefined], [''], ['.'], ['relative/home']])(
    'is that of the account when HOME is %j',
    (home) => {
      vi.stubEnv('HOME', home);
      expect(realMachine().homeDirectory).toBe(userInfo().homedir);
    },
  );

  test('is HOME when that is an absolute path', () => {
    vi.stubEnv('HOME', '/somewhere/else');
    expect(realMachine().homeDirectory).toBe('/somewhere/else');
  });
});

describe('without a home of any kind', () => {
  let state: string;
  beforeEach(async () => {
    state = await mkdtemp(join(tmpdir(), 'state-'));
  });
  afterEach(() => rm(state, { recursive: true }));

  test.each([
    [{}],
    [{ XDG_STATE_HOME: '.', XDG_CONFIG_HOME: '.' }],
    [{ XDG_STATE_HOME: '', XDG_CONFIG_HOME: '' }],
  ])(
    'an import ends with 6, says how to name a place, and leaves nothing in the working directory: %j',
    async (environment) => {
      const place = await openPlace();
      await place.write('a.ndjson', lines(eventRows(3)));
      const { exit, report } = await place.importFiles(['a.ndjson'], { ...homeless, environment });
      expect(exit).toBe(6);
      expect(report.errors[0]?.hint).toMatch(/--state-dir.*SCARF_STATE_DIR/);
      expect(await readdir(place.directory)).toEqual(['a.ndjson']);
      expect(place.sandbox.vendors.scarf.imports()).toEqual([]);
    },
  );

  test('it goes on in a directory that the user names, by flag, by variable or after XDG', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(3)));
    const named = await place.importFiles(['a.ndjson', '--state-dir', state], homeless);
    expect(named.exit).toBe(0);
    const again = await place.importFiles(['a.ndjson'], {
      ...homeless,
      environment: { SCARF_STATE_DIR: state },
    });
    expect(again.report.run).toBe(named.report.run);
    const elsewhere = join(state, 'xdg');
    await mkdir(elsewhere);
    const environment = { XDG_STATE_HOME: elsewhere };
    expect((await place.importFiles(['a.ndjson'], { ...homeless, environment })).exit).toBe(0);
    expect((await stat(join(elsewhere, 'scarf-cli/runs'))).isDirectory()).toBe(true);
    expect(await readdir(place.directory)).toEqual(['a.ndjson']);
  });

  test('what keeps no state needs none', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(3)));
    expect((await place.runCli(['check', 'a.ndjson'], homeless)).exit).toBe(0);
    expect((await place.runCli(['check', '-'], { ...homeless, stdin: lines(eventRows(3)) })).exit).toBe(0);
    expect((await place.importFiles(['a.ndjson', '--dry-run'], homeless)).exit).toBe(0);
    expect((await place.importFiles(['a.ndjson', '--no-ledger'], homeless)).exit).toBe(0);
    expect((await place.runCli(['imports', 'list'], homeless)).exit).toBe(0);
    expect(await readdir(place.directory)).toEqual(['a.ndjson']);
  });

  test('settings are saved nowhere, which is said', async () => {
    const place = await openPlace();
    for (const command of [['path'], ['set', 'scarf', 'owner', 'acme'], ['unset', 'scarf', 'owner']]) {
      const { exit, stderr } = await place.runCli(['config', ...command], homeless);
      expect({ command, exit }).toEqual({ command, exit: 6 });
      expect(stderr).toContain('XDG_CONFIG_HOME');
    }
    expect((await place.runCli(['config', 'list'], homeless)).exit).toBe(0);
    expect(await readdir(place.directory)).toEqual([]);
  });
});
