/**
 * deploy/Dockerfile, built by buildah without a daemon and without a network: images of Node.js are made of this
 * machine's own, and packages come from a copy of npm's cache.
 */
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { missing, openEnginePlace, succeeded, type EnginePlace } from './place.ts';

const lacking = await missing('buildah', 'ldd', 'npm');
if (process.getuid?.() !== 0) lacking.push('root');

test.skipIf(lacking.length > 0)(
  'the image holds the program and nothing of its development, and runs without root',
  async ({ skip }) => {
    const place = await openEnginePlace({ parts: 1, variable: 'PART' });
    const storage = await mkdtemp(join(tmpdir(), 'scarf-cli-image-'));
    onTestFinished(() => rm(storage, { recursive: true, force: true }));
    const buildah = (command: string, ...words: string[]) =>
      place.run(
        ...(['buildah', '--root', join(storage, 'root'), '--runroot', join(storage, 'run')] as const),
        ...['--storage-driver', 'vfs', command, ...words],
      );
    const build = (...words: string[]) => buildah('build', '--isolation', 'chroot', '--pull-never', ...words);

    const base = await copyNode(place, storage);
    for (const name of ['build', 'runtime'])
      succeeded(await build('--tag', `localhost/${name}`, '--file', join(storage, name), base));
    const cache = join(storage, 'cache');
    const { stdout: ours } = await place.run(
      'env',
      `HOME=${process.env['HOME']}`,
      'npm',
      'config',
      'get',
      'cache',
    );
    await cp(ours, cache, { recursive: true });
    const built = await build(
      ...['--build-arg', 'NODE_IMAGE=localhost/build', '--build-arg', 'RUNTIME_IMAGE=localhost/runtime'],
      ...['--volume', `${cache}:/npm-cache`, '--tag', 'localhost/scarf-cli'],
      ...['--file', resolve('deploy/Dockerfile'), resolve('.')],
    );
    if (/ENOTCACHED/.test(built.stdout + built.stderr)) skip("npm's cache here has not all packages");
    succeeded(built);

    const container = succeeded(await buildah('from', '--pull-never', 'localhost/scarf-cli'));
    const inside = async (...words: string[]) =>
      succeeded(await buildah('run', '--isolation', 'chroot', container, '--', '/nodejs/bin/node', ...words));
    expect(await inside('/app/bin/scarf-cli.js', '--version')).toMatch(/^\d+\.\d+\.\d+/);
    const look = '[process.getuid(), fs.readdirSync("/app"), fs.existsSync("/app/node_modules/vitest")]';
    expect(JSON.parse(await inside('-p', `JSON.stringify(${look})`))).toEqual([
      65532,
      ['bin', 'dist', 'node_modules', 'package.json'],
      false,
    ]);
  },
  900_000,
);

/** A tree with Node.js, npm, a shell and their libraries, and two files that make images of it. Gives its path. */
async function copyNode({ run }: EnginePlace, storage: string): Promise<string> {
  const base = join(storage, 'base');
  const which = async (program: string) =>
    succeeded(await run('readlink', '-f', succeeded(await run('which', program))));
  const programs = [
    { from: process.execPath, to: '/usr/bin/node' },
    { from: await which('sh'), to: '/bin/sh' },
    { from: await which('env'), to: '/usr/bin/env' },
  ];
  const libraries = succeeded(await run('ldd', ...programs.map(({ from }) => from)));
  const needed = new Set([...libraries.matchAll(/(\/[^\s:]+\.so[^\s:]*)/g)].map(([path]) => path));
  for (const { from, to } of [...programs, ...[...needed].map((path) => ({ from: path, to: path }))]) {
    await mkdir(dirname(join(base, to)), { recursive: true });
    await cp(from, join(base, to), { dereference: true });
  }
  const npm = dirname(dirname(await which('npm')));
  await cp(npm, join(base, 'npm'), { recursive: true });
  await symlink('/npm/bin/npm-cli.js', join(base, 'usr/bin/npm'));
  await mkdir(join(base, 'tmp'));
  const environment = 'PATH=/usr/bin:/bin npm_config_offline=true npm_config_cache=/npm-cache';
  await writeFile(join(storage, 'build'), `FROM scratch\nCOPY . /\nENV ${environment}\n`);
  await writeFile(
    join(storage, 'runtime'),
    'FROM scratch\nCOPY usr/bin/node /nodejs/bin/node\nCOPY lib /lib\nCOPY lib64 /lib64\n',
  );
  return base;
}
