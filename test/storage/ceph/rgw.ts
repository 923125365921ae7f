/**
 * Ceph's RADOS Gateway, a server of S3 that is none of ours: it checks signatures, conditions and parts. A monitor, one OSD
 * in memory and the gateway run as processes of the test, on free ports, in a directory of their own.
 */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { isInstalled } from '../../installed.ts';

const execute = promisify(execFile);
const programs = ['ceph', 'ceph-mon', 'ceph-osd', 'ceph-authtool', 'monmaptool', 'radosgw', 'radosgw-admin'];

export interface Rgw {
  endpoint: string;
  accessKey: string;
  secretKey: string;
  close: () => Promise<void>;
}

/** What is lacking to start it. */
export function missingPrograms(): string[] {
  return programs.filter((name) => !isInstalled(name));
}

/** Starts it in a directory, which the caller removes. Takes some twenty seconds. */
export async function startRgw(directory: string): Promise<Rgw> {
  const [monPort = 0, webPort = 0] = await freePorts(2);
  const fsid = randomUUID();
  const sites = { directory, fsid, monPort, webPort };
  const configuration = join(directory, 'ceph.conf');
  const started: ChildProcess[] = [];
  const keys = { accessKey: 'SCARFCLITEST', secretKey: randomUUID() };
  const close = async () => {
    for (const child of started.reverse()) await end(child);
  };
  const ceph = (program: string, ...args: string[]) =>
    execute(program, [...args, '-c', configuration], { cwd: directory, timeout: 120_000 });
  const start = (program: string, ...args: string[]) =>
    void started.push(
      spawn(program, ['-f', '-c', configuration, ...args], { cwd: directory, stdio: 'ignore' }),
    );
  try {
    await writeFile(configuration, configurationText(sites));
    for (const name of ['mon', 'osd', 'run']) await mkdir(join(directory, name));
    await makeKeys(sites, ceph);
    start('ceph-mon', '-i', 'a');
    await ceph('ceph', 'osd', 'new', fsid, '0');
    await ceph('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', fsid);
    start('ceph-osd', '-i', '0');
    const user = ['user', 'create', '--uid=test', '--display-name=test'];
    const { accessKey, secretKey } = keys;
    await ceph('radosgw-admin', ...user, `--access-key=${accessKey}`, `--secret-key=${secretKey}`);
    start('radosgw', '-n', 'client.admin', '--no-mon-config');
    const endpoint = `http://127.0.0.1:${webPort}`;
    await untilAnswered(endpoint);
    return { endpoint, ...keys, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Sites {
  directory: string;
  fsid: string;
  monPort: number;
  webPort: number;
}

function configurationText({ directory, fsid, monPort, webPort }: Sites): string {
  return `[global]
fsid = ${fsid}
mon_host = v2:127.0.0.1:${monPort}/0
mon_initial_members = a
auth_cluster_required = cephx
auth_service_required = cephx
auth_client_required = cephx
keyring = ${directory}/keyring
run_dir = ${directory}/run
log_file = ${directory}/$name.log
admin_socket =
pid_file =
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 4
osd_pool_default_pgp_num = 4
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 2000
mon_data_avail_crit = 0
mon_data_avail_warn = 0
osd_objectstore = memstore
memstore_device_bytes = 1073741824
osd_max_object_name_len = 256
osd_max_object_namespace_len = 64
[mon.a]
host = localhost
mon_data = ${directory}/mon
[osd.0]
osd_data = ${directory}/osd
[client.admin]
rgw_frontends = beast endpoint=127.0.0.1:${webPort}
rgw_data = ${directory}/run
`;
}

type Ceph = (program: string, ...args: string[]) => Promise<unknown>;

async function makeKeys({ directory, fsid, monPort }: Sites, ceph: Ceph): Promise<void> {
  const all = ['--cap', 'mon', 'allow *', '--cap', 'osd', 'allow *', '--cap', 'mgr', 'allow *'];
  const osd = ['--cap', 'mon', 'allow profile osd', '--cap', 'osd', 'allow *'];
  const keyring = join(directory, 'keyring');
  await ceph(
    'ceph-authtool',
    '--create-keyring',
    keyring,
    '--gen-key',
    '-n',
    'mon.',
    '--cap',
    'mon',
    'allow *',
  );
  await ceph('ceph-authtool', keyring, '--gen-key', '-n', 'client.admin', ...all);
  await ceph('ceph-authtool', keyring, '--gen-key', '-n', 'osd.0', ...osd);
  const map = join(directory, 'monmap');
  await ceph('monmaptool', '--create', '--addv', 'a', `[v2:127.0.0.1:${monPort}]`, '--fsid', fsid, map);
  await ceph('ceph-mon', '-i', 'a', '--mkfs', '--monmap', map, '--keyring', keyring);
}

/** Ports that were free a moment ago. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  for (const server of servers) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  }
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  return ports;
}

async function untilAnswered(endpoint: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const reply = await fetch(endpoint).catch(() => undefined);
    if (reply?.ok === true) return;
    if (tries >= 600) throw new Error('radosgw does not answer');
    await wait(200);
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
