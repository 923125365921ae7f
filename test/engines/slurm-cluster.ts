/** A cluster of Slurm of one node, this machine, which serves one test. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { comesUp, type EnginePlace } from './place.ts';

export const SLURM_PROGRAMS = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'scontrol', 'sinfo', 'squeue'];

/** Starts it, and waits until its node takes tasks; false when it does not come so far. It is stopped with the test. */
export async function startSlurm({ directory, environment, run }: EnginePlace): Promise<boolean> {
  const folder = join(directory, 'slurm');
  for (const name of ['.', 'state', 'spool']) await mkdir(join(folder, name));
  const file = (name: string) => join(folder, name);
  await writeFile(file('munge.key'), randomBytes(1024), { mode: 0o600 });
  await writeFile(file('slurm.conf'), configuration(folder, await freePorts(2)));
  environment['SLURM_CONF'] = file('slurm.conf');
  start(environment, [
    ...['munged', '--foreground', '--force', '--key-file', file('munge.key')],
    ...['--socket', file('munge.sock'), '--pid-file', file('munge.pid')],
    ...['--seed-file', file('munge.seed'), '--log-file', file('munge.log')],
  ]);
  if (!(await comesUp(async () => (await run('test', '-S', file('munge.sock'))).code === 0))) return false;
  start(environment, ['slurmctld', '-D', '-f', file('slurm.conf')]);
  start(environment, ['slurmd', '-D', '-f', file('slurm.conf')]);
  return comesUp(async () => (await run('sinfo', '--noheader', '--format', '%T')).stdout === 'idle');
}

function configuration(folder: string, [controller, node]: readonly number[]): string {
  const host = hostname().split('.')[0];
  return `ClusterName=test
SlurmctldHost=${host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=${folder}/munge.sock
SlurmctldPort=${controller}
SlurmdPort=${node}
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd.log
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
SlurmdParameters=config_overrides
NodeName=${host} NodeAddr=127.0.0.1 CPUs=8 RealMemory=8192 State=UNKNOWN
PartitionName=main Nodes=${host} Default=YES State=UP
`;
}

/** Ends with the test, the last that was started first. */
function start(environment: Record<string, string>, [program = '', ...words]: readonly string[]): void {
  const child = spawn(program, words, { env: environment, stdio: 'ignore' });
  onTestFinished(() => stop(child));
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, 'close');
  child.kill();
  await closed;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}
