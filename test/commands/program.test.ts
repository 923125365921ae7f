import { describe, expect, test } from 'vitest';
import { EXIT_MEANINGS } from '../../src/failure.ts';
import { openPlace } from '../machine.ts';

describe('the program', () => {
  test('without a command shows help and the commands, and that is no success', async () => {
    const { runCli } = await openPlace();
    const { exit, stdout, stderr } = await runCli([]);
    expect(exit).toBe(2);
    expect(stdout + stderr).toContain('import events into Scarf');
  });

  test.each([['--version'], ['-V']])('%s prints the version of the package', async (flag) => {
    const { runCli } = await openPlace();
    const { exit, stdout } = await runCli([flag]);
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test('a command that is nearly right is suggested', async () => {
    const { runCli } = await openPlace();
    const { exit, stderr } = await runCli(['impot', 'a.ndjson']);
    expect(exit).toBe(2);
    expect(stderr).toContain('did you mean import?');
  });

  test.each([
    [['impot'], 'unknown command: impot', 'did you mean import?'],
    [['zzzzzz'], 'unknown command: zzzzzz', '"scarf-cli --help" lists the commands'],
    [['imports', 'lst'], 'unknown command: lst', 'did you mean list?'],
    [['help', 'exit-code'], 'unknown command or topic: exit-code', 'did you mean exit-codes?'],
    [['check', '--formt', 'csv'], 'unknown option: --formt', 'did you mean --format?'],
    // Also for options that only --help-all lists.
    [['check', '--skip-line', '1'], 'unknown option: --skip-line', 'did you mean --skip-lines?'],
    [['check', '-x'], 'unknown option: -x', '"scarf-cli check --help-all" lists the options'],
    [['--profile', 'a', 'check'], 'unknown option: --profile', 'options come after the command: .*'],
    [['check', '--json=yes'], '--json takes no value', 'leave out "=yes"'],
    [['check', '--max-row'], '--max-row needs a value: --max-row <size>', undefined],
    [['check', '--max-row', 'x'], '--max-row: "x" is not a size .*', undefined],
    [['check', '--format', 'cvs'], '--format: "cvs" is none of auto, .*', undefined],
    [['imports', 'show'], 'missing argument: id', 'scarf-cli imports show <id>'],
    [['runs', 'list', 'a', 'b'], 'too many arguments: a b', 'scarf-cli runs list'],
    [['completion', 'basch'], 'shell: "basch" is none of bash, zsh, fish, powershell', undefined],
    [['sandbox', '--port', '99999'], '--port: "99999" is not a port .*', undefined],
    [['config', 'set', 'scarf', 'ownr', 'x'], 'scarf has no option "ownr"', 'did you mean owner?'],
  ])('%j is refused in a line, with the way out', async (argv, message, hint) => {
    const { runCli } = await openPlace();
    const { exit, stderr } = await runCli(argv);
    const lines = [`error: ${message}`, ...(hint === undefined ? [] : [`  hint: ${hint}`])];
    const pattern = lines.map((line) => line.replaceAll('?', String.raw`\?`)).join('\n');
    expect({ exit, stderr }).toEqual({
      exit: 2,
      stderr: expect.stringMatching(new RegExp(`^${pattern}\n$`)) as string,
    });
  });

  test('a usage error is JSON too when JSON was asked for', async () => {
    const { runCli } = await openPlace();
    const { exit, stdout } = await runCli(['import', 'a.ndjson', '--json', '--retries', 'many']);
    expect(exit).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 1, exit: 2, errors: [{ kind: 'usage' }] });
  });

  test.each([
    [['import'], true],
    [['ingest', 'moesif'], true],
    [['ingest', 'sumatra'], false],
    [['ingest', 'loginsight'], false],
  ])('%s offers ways of ids and ages only where the vendor looks at them: %s', async (command, isOffered) => {
    const { runCli, write } = await openPlace();
    const help = await runCli([...command, '--help-all']);
    for (const flag of ['--fill-id', '--old-events']) expect(help.stdout.includes(flag)).toBe(isOffered);
    await write('none.ndjson', '');
    const run = await runCli([...command, 'none.ndjson', '--fill-id', 'content']);
    expect(run.exit).toBe(isOffered ? 0 : 2);
  });

  test('help exit-codes has a line for every code', async () => {
    const { runCli } = await openPlace();
    const { exit, stdout } = await runCli(['help', 'exit-codes']);
    expect(exit).toBe(0);
    for (const { meaning } of EXIT_MEANINGS) expect(stdout).toContain(meaning);
  });

  test('help environment names what is read', async () => {
    const { runCli } = await openPlace();
    const { stdout } = await runCli(['help', 'environment']);
    const names = [
      'SCARF_API_TOKEN',
      'SCARF_ENTITY_NAME',
      'SUMATRA_API_KEY',
      'MOESIF_APPLICATION_ID',
      'LOGINSIGHT_SESSION_ID',
    ];
    for (const name of [...names, 'SCARF_STATE_DIR', 'NO_PROXY']) expect(stdout).toContain(name);
  });

  test('help environment leaves out no variable that sets an option', async () => {
    const { runCli } = await openPlace();
    const { stdout } = await runCli(['help', 'environment']);
    const listed = stdout.split('\n').map((line) => /^ {2}(\w+) /.exec(line)?.[1]);
    const described = (await runCli(['describe', '--json'])).stdout;
    const read = [...described.matchAll(/"environment":\[("[^\]]*)\]/g)].flatMap(
      ([, names]) => JSON.parse(`[${names}]`) as string[],
    );
    expect(read).toContain('SCARF_CLI_PROFILE');
    expect(read.filter((name) => !listed.includes(name))).toEqual([]);
  });

  test.each(['scarf', 'sumatra', 'moesif', 'loginsight'])(
    'help %s begins with an example',
    async (vendor) => {
      const { runCli } = await openPlace();
      const { exit, stdout } = await runCli(['help', vendor]);
      expect(exit).toBe(0);
      expect(stdout).toMatch(/\$ scarf-cli (import|ingest)/);
    },
  );

  test('help of a command is its own help', async () => {
    const { runCli } = await openPlace();
    const { exit, stdout } = await runCli(['help', 'import']);
    expect(exit).toBe(0);
    expect(stdout).toContain('--fill-id <mode>');
  });

  test('an unknown topic is a usage error', async () => {
    const { runCli } = await openPlace();
    expect((await runCli(['help', 'nothing'])).exit).toBe(2);
  });

  test('limits come from the tables of the code, for people and for programs', async () => {
    const { runCli } = await openPlace();
    const text = (await runCli(['limits'])).stdout;
    for (const part of [
      '15 per owner',
      'with --batch',
      'POST /api/v1/sessions',
      '--on-unknown',
      'at most 5m',
    ])
      expect(text).toContain(part);
    const { stdout } = await runCli(['limits', '--json']);
    const { vendors } = JSON.parse(stdout) as { vendors: { name: string; limits: unknown[] }[] };
    expect(vendors.map(({ name }) => name)).toEqual(['scarf', 'sumatra', 'moesif', 'loginsight']);
    expect(vendors.every(({ limits }) => limits.length > 0)).toBe(true);
  });
});
