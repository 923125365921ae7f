/** `--output` as a link: what it leads to is replaced, beside itself, and links stay links. */
import { execFile } from 'node:child_process';
import { chown, lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../vendors/temporary.ts';
import { buildCli, runProcess } from './cli-process.ts';
import { startDayServer } from './day-server.ts';
import { runCli } from './run-cli.ts';

const execute = promisify(execFile);
const argv = ['export', 'events', '--from', '2026-11-10', '--to', '2026-11-12', '--output'];
const isRoot = process.getuid?.() === 0;

/** `there/target.csv`, links with other names that lead to it, and one that leads to nothing yet. */
async function makeLinks(directory: string): Promise<void> {
  await mkdir(join(directory, 'there'));
  await writeFile(join(directory, 'there', 'target.csv'), 'old\n', { mode: 0o640 });
  await symlink('there/target.csv', join(directory, 'link.csv'));
  await symlink('link.csv', join(directory, 'chain.csv'));
  await symlink('there/made.csv', join(directory, 'dangling.csv'));
}

describe.each([[[]], [['--incremental', '--manifest']]])('a link with another name (%j)', (extra) => {
  test.each([
    ['link.csv', 'target.csv'],
    ['chain.csv', 'target.csv'],
    ['dangling.csv', 'made.csv'],
  ])('%s: rows land in %s, and the link stays', async (link, target) => {
    const { url } = await startDayServer();
    const directory = await temporaryDirectory();
    await makeLinks(directory);
    if (extra.length > 0) await writeFile(join(directory, 'there', 'target.csv'), '');
    if (isRoot) await chown(join(directory, 'there', 'target.csv'), 1234, 2345);
    const { exit } = await runCli([...argv, link, ...extra], { url, directory });
    expect(exit).toBe(0);
    expect((await lstat(join(directory, link))).isSymbolicLink()).toBe(true);
    const path = join(directory, 'there', target);
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(17);
    const { gid, mode, uid } = await stat(path);
    if (target === 'target.csv') expect(mode & 0o777).toBe(0o640);
    if (target === 'target.csv' && isRoot) expect([uid, gid]).toEqual([1234, 2345]);
    // State and manifest belong to the file, and nothing else is left anywhere.
    const beside = extra.length === 0 ? [] : [`.${target}.scarf-cli.json`, `${target}.manifest.json`];
    const others = target === 'made.csv' ? ['target.csv'] : [];
    expect((await readdir(join(directory, 'there'))).sort()).toEqual([...beside, target, ...others].sort());
  });
});

const canMount = isRoot
  ? await execute('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).then(
      () => true,
      () => false,
    )
  : false;

describe.skipIf(!canMount)('a link to another file system', () => {
  let cli: Awaited<ReturnType<typeof buildCli>>;
  beforeAll(async () => {
    cli = await buildCli();
  });
  afterAll(() => cli.remove());

  const script = `
    mount -t tmpfs none there && echo old > there/target.csv && chown 1234:2345 there/target.csv
    ln -s there/target.csv link.csv; ln -s there/made.csv dangling.csv; mkdir there/days; ln -s there/days days
    for output in link.csv dangling.csv days/; do "$@" "$output" || echo "exit $?" >&2; done
    { find . -type l | sort; cd there; wc -l target.csv made.csv; stat -c '%u:%g' target.csv; ls days; } > found`;

  test('is followed, with the part beside the target', async () => {
    const { url } = await startDayServer();
    const directory = join(await temporaryDirectory(), 'place');
    await mkdir(join(directory, 'there'), { recursive: true });
    const { stderr } = await runProcess({
      command: ['unshare', '-m', 'sh', '-c', script, 'sh', process.execPath, cli.path],
      argv,
      directory,
      environment: { SCARF_API_TOKEN: 'secret', SCARF_OWNER: 'acme', SCARF_API_URL: url, HOME: directory },
    });
    expect(stderr).not.toContain('exit');
    const found = await readFile(join(directory, 'found'), 'utf8').catch(() => stderr);
    expect(found.split('\n').map((line) => line.trim())).toEqual([
      './dangling.csv',
      './days',
      './link.csv',
      '16 target.csv',
      '16 made.csv',
      '32 total',
      '1234:2345',
      'events.csv',
      '',
    ]);
  });
});
