/** An SSH server on loopback that lets in one key, which serves one test. */
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { comesUp, type EnginePlace } from './place.ts';

export const SSH_PROGRAMS = ['sshd', 'ssh', 'ssh-keygen'];

/** Starts it, and gives the machine as GNU parallel names it; undefined when it cannot be reached. */
export async function startSshServer({
  directory,
  environment,
  run,
}: EnginePlace): Promise<string | undefined> {
  const folder = join(directory, 'ssh');
  const file = (name: string) => join(folder, name);
  await mkdir(folder, { mode: 0o700 });
  for (const key of ['host', 'user'])
    await run('ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', file(key));
  const port = await freePort();
  await writeFile(
    file('sshd_config'),
    `Port ${port}
ListenAddress 127.0.0.1
HostKey ${file('host')}
AuthorizedKeysFile ${file('user.pub')}
PidFile ${file('sshd.pid')}
StrictModes no
UsePAM no
PasswordAuthentication no
MaxStartups 100
SetEnv PATH=${environment['PATH']}
`,
  );
  await writeFile(
    file('ssh_config'),
    `Host engine
  HostName 127.0.0.1
  Port ${port}
  User ${userInfo().username}
  IdentityFile ${file('user')}
  IdentitiesOnly yes
  StrictHostKeyChecking no
  UserKnownHostsFile ${file('known_hosts')}
  LogLevel ERROR
`,
  );
  environment['PARALLEL_SSH'] = `ssh -F ${file('ssh_config')}`;
  // It wants its own path in full, and goes to the background by itself.
  const { stdout: sshd } = await run('which', 'sshd');
  await run('mkdir', '-p', '/run/sshd');
  await run(sshd, '-f', file('sshd_config'), '-E', file('sshd.log'));
  onTestFinished(async () => {
    const pid = await readFile(file('sshd.pid'), 'utf8').catch(() => undefined);
    if (pid !== undefined) process.kill(Number(pid));
  });
  const isUp = await comesUp(
    async () => (await run('ssh', '-F', file('ssh_config'), 'engine', 'true')).code === 0,
  );
  return isUp ? 'engine' : undefined;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await once(server.close(), 'close');
  return port;
}
