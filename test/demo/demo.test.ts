import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';

const runFile = promisify(execFile);

/** What the build and the demo need of the project; a copy, since others may write into this tree meanwhile. */
const needed = ['bin', 'fixtures', 'package-lock.json', 'package.json', 'src', 'test/demo', 'tsconfig.json'];

it('ends as announced, and leaves nothing in the tree, at home or in the temporary directory', async () => {
  const place = await mkdtemp(join(tmpdir(), 'scarf-cli-'));
  onTestFinished(() => rm(place, { recursive: true, force: true }));
  const [tree, home, temporary] = ['tree', 'home', 'temporary'].map((name) => join(place, name)) as [
    string,
    string,
    string,
  ];
  for (const directory of [tree, home, temporary]) await mkdir(directory);
  for (const path of needed) await cp(path, join(tree, path), { recursive: true });
  await symlink(join(process.cwd(), 'node_modules'), join(tree, 'node_modules'));
  const before = await filesIn(tree);

  // On Node.js 22 and newer npm keeps what it has compiled in the temporary directory.
  const ofNpm = { npm_config_update_notifier: 'false', NODE_DISABLE_COMPILE_CACHE: '1' };
  const { stderr } = await runFile('npm', ['run', 'demo'], {
    cwd: tree,
    env: { PATH: process.env['PATH'], HOME: home, TMPDIR: temporary, ...ofNpm },
  });

  expect(stderr).toContain('Every step ended as announced.');
  expect(await filesIn(tree)).toEqual(before);
  expect(await filesIn(temporary)).toEqual([]);
  expect((await filesIn(home)).filter((path) => !path.startsWith('.npm'))).toEqual([]);
});

/** Paths below `directory`, without what a build makes and git leaves out. */
async function filesIn(directory: string): Promise<string[]> {
  const names = await readdir(directory);
  const kept = names.filter((name) => name !== 'node_modules' && name !== 'dist');
  const below = await Promise.all(
    kept.map(async (name) => {
      const entries = await readdir(join(directory, name), { recursive: true }).catch(() => []);
      return [name, ...entries.map((entry) => join(name, entry))];
    }),
  );
  return below.flat().sort();
}
