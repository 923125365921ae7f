/** No command with any option that names an output changes a device, a link, a FIFO, a socket or a directory, as root too. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildChild } from '../chaos/processes.ts';
import type { Tried } from './every-output.ts';

const execute = promisify(execFile);

/** A file system for devices of our own, over the machine's, that nobody outside sees. */
const script = `
set -e
mount --make-rprivate /
mount -t tmpfs none "$PLACE"
mount -t tmpfs none /dev
mknod -m 666 /dev/null c 1 3
mknod -m 666 /dev/full c 1 7
mknod -m 666 /dev/urandom c 1 9
mknod -m 666 /dev/disk b 7 250
ln -s /proc/self/fd /dev/fd
for n in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/\${n%%:*}" "/dev/\${n##*:}"; done
mkdir "$PLACE/things"
mkfifo "$PLACE/things/fifo"
# Whatever goes wrong, nothing of the machine can be written.
mount -o remount,bind,ro / || { mount --bind / / && mount -o remount,bind,ro /; }
exec "$NODE" "$PROGRAM" "$PLACE"
`;

/** Why it cannot be tried here; undefined where it can. */
async function whyNot(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'only root may make devices';
  return execute('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).then(
    () => undefined,
    (error: Error) => `no mount namespace of our own: ${error.message}`,
  );
}

const obstacle = await whyNot();

describe.skipIf(obstacle !== undefined)(`every output as root${obstacle ? ` (${obstacle})` : ''}`, () => {
  let directory: string;
  let tried: Tried[] = [];

  beforeAll(async () => {
    // Not below tmpdir(), which may be in /dev, where the script puts another file system.
    directory = await mkdtemp('/var/tmp/outputs-');
    const place = await mkdtemp(join(directory, 'place-'));
    const program = await buildChild(join(directory, 'program'), 'test/security/every-output.ts');
    const environment = { PATH: process.env['PATH'], PLACE: place, NODE: process.execPath, PROGRAM: program };
    const { stdout } = await execute('unshare', ['-m', 'sh', '-c', script], {
      env: environment,
      maxBuffer: 64 * 1024 * 1024,
    });
    tried = JSON.parse(stdout) as Tried[];
  }, 300_000);

  afterAll(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  const linesOf = (some: readonly Tried[]) =>
    some.map(({ command, thing, exit, changed, stderr }) =>
      [`${command} ${thing}: exit ${exit}`, ...changed, stderr].join('\n'),
    );

  it('is the same thing afterwards', () => {
    expect(tried.length).toBeGreaterThan(180);
    expect(linesOf(tried.filter(({ changed }) => changed.length > 0))).toEqual([]);
  });

  it('is written or refused, and never a bug', () => {
    expect(linesOf(tried.filter(({ exit }) => ![0, 2, 3, 6, 9].includes(exit)))).toEqual([]);
  });

  it('is refused with exit 2 where it is a socket, a block device or a directory in the place of a file', () => {
    const refused = ['/dev/disk', 'to-disk', 'socket', 'to-socket'];
    const asFile = tried.filter(
      ({ command, thing }) =>
        / --(rejects|report|output|loginsight-tls)$/.test(command) &&
        (refused.includes(thing) || (thing === '/' && !command.startsWith('export'))),
    );
    expect(asFile.length).toBeGreaterThan(20);
    expect(linesOf(asFile.filter(({ exit }) => exit !== 2))).toEqual([]);
  });

  it('takes rows where it is a stream', () => {
    const streams = ['/dev/null', '/dev/stdout', '/dev/fd/1', 'fifo', 'to-null', 'to-stdout', 'to-fifo'];
    const written = tried.filter(
      ({ command, thing }) => /^export \S+ --output$/.test(command) && streams.includes(thing),
    );
    expect(written.length).toBeGreaterThan(15);
    expect(linesOf(written.filter(({ exit }) => exit !== 0))).toEqual([]);
  });

  it('says that a device is full', () => {
    const full = tried.filter(
      ({ command, thing }) => thing === '/dev/full' && / --(output|report|rejects)$/.test(command),
    );
    expect(linesOf(full.filter(({ exit, stderr }) => exit !== 6 || !/full.*ENOSPC/.test(stderr)))).toEqual(
      [],
    );
  });
});
