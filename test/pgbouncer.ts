/** A real PgBouncer in transaction mode, in front of a test server. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { findFreePort, nobody, withClient } from './postgres-server.ts';

/** Where the program is; undefined when it is not installed, which in CI is an error. */
export function findPgBouncer(): string | undefined {
  const directories = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  const found = directories
    .map((directory) => join(directory, 'pgbouncer'))
    .find((program) => existsSync(program));
  if (found !== undefined) return found;
  if (process.env['CI'] !== undefined) throw new Error('no PgBouncer here, and CI must not skip its tests');
  process.stderr.write('\n*** PgBouncer is not installed: its tests are SKIPPED. ***\n\n');
  return undefined;
}

/** Starts a pooler with few connections to the server of this address; returns the address through it. */
export async function startPgBouncer(program: string, database: string): Promise<string> {
  const isRoot = process.getuid?.() === 0;
  const directory = await mkdtemp(join(tmpdir(), 'scarf-cli-pgbouncer-'));
  const through = new URL(database);
  const port = await findFreePort();
  const files = {
    'users.txt': '"postgres" ""\n',
    'pgbouncer.ini': [
      '[databases]',
      `* = host=${through.hostname} port=${through.port}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = trust',
      `auth_file = ${join(directory, 'users.txt')}`,
      'pool_mode = transaction',
      'default_pool_size = 2',
      '',
    ].join('\n'),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  if (isRoot) await chown(directory, nobody, nobody);
  const pooler = spawn(program, ['-q', join(directory, 'pgbouncer.ini')], {
    ...(isRoot ? { uid: nobody, gid: nobody } : {}),
    cwd: directory,
    stdio: 'ignore',
  });
  onTestFinished(async () => {
    const ended = once(pooler, 'exit');
    if (pooler.exitCode === null && pooler.kill('SIGTERM')) await ended;
    await rm(directory, { recursive: true, force: true });
  });
  through.port = String(port);
  await untilReady(through.href, () => pooler.exitCode !== null);
  return through.href;
}

async function untilReady(url: string, hasEnded: () => boolean): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      await withClient(url, (client) => client.query('select 1'));
      return;
    } catch (error) {
      if (hasEnded() || tries > 300) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
