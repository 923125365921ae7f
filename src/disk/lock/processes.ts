/** Identifies processes beyond their number, because numbers are reused. */
import { createHash } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import type { Machine } from '../../machine.ts';

/** Identifies a process uniquely. What the system does not tell is absent. */
export interface ProcessIdentity {
  host: string;
  pid: number;
  /** Changes whenever the system boots. */
  bootId?: string;
  /** Start time in clock ticks since the system booted. */
  processStart?: string;
  /** Equal numbers in two containers of one host are different processes. */
  pidNamespace?: string;
}

export async function identifySelf(machine: Pick<Machine, 'hostname' | 'pid'>): Promise<ProcessIdentity> {
  const bootId = await bootIdHere();
  const pidNamespace = await pidNamespaceHere();
  const status = await statusOf(machine.pid);
  return {
    host: machine.hostname,
    pid: machine.pid,
    ...(bootId === undefined ? {} : { bootId }),
    ...(status === undefined ? {} : { processStart: status.start }),
    ...(pidNamespace === undefined ? {} : { pidNamespace }),
  };
}

/** Whether the process `other` is running; `elsewhere` when only another host or container can tell. */
export async function stateOfProcess(
  other: ProcessIdentity,
  self: ProcessIdentity,
  machine: Pick<Machine, 'isAlive'>,
): Promise<'running' | 'gone' | 'elsewhere'> {
  if (other.host !== self.host) return 'elsewhere';
  if (differ(other.bootId, self.bootId)) return 'gone';
  if (differ(other.pidNamespace, self.pidNamespace)) return 'elsewhere';
  if (!machine.isAlive(other.pid)) return 'gone';
  const status = await statusOf(other.pid);
  if (status === undefined) return 'running';
  return status.ended || differ(other.processStart, status.start) ? 'gone' : 'running';
}

function differ(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}

async function bootIdHere(): Promise<string | undefined> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => undefined))?.trim();
}

async function pidNamespaceHere(): Promise<string | undefined> {
  return readlink('/proc/self/ns/pid').catch(() => undefined);
}

/** Fields 3 and 22 of proc_pid_stat(5); the name in field 2 may hold spaces and parentheses. */
async function statusOf(pid: number): Promise<{ ended: boolean; start: string } | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const start = fields[19];
  return start === undefined ? undefined : { ended: 'ZX'.includes(fields[0] ?? ''), start };
}

/**
 * Identifies this process in a file name: where it runs, its number and its start. Where the system does not
 * tell, it is a name that nobody looks up.
 */
export async function processTag(): Promise<string> {
  const pid = Number(await readlink('/proc/self').catch(() => undefined));
  const status = await statusOf(pid);
  return status === undefined ? 'unknown' : [await placeTag(), pid, status.start].join('-');
}

/** Whether the process of a tag is running; `elsewhere` when that cannot be seen from here. */
export async function stateOfTag(tag: string): Promise<'running' | 'gone' | 'elsewhere'> {
  const [, place, pid, start] = /^(\w+)-(\d+)-(\d+)$/.exec(tag) ?? [];
  if (place === undefined || place !== (await placeTag())) return 'elsewhere';
  const status = await statusOf(Number(pid));
  return status === undefined || status.ended || status.start !== start ? 'gone' : 'running';
}

/** Tells starts of systems and, on one system, spaces of process numbers apart. */
async function placeTag(): Promise<string> {
  const bootId = (await bootIdHere()) ?? '';
  const pidNamespace = (await pidNamespaceHere()) ?? '';
  return createHash('sha256').update(`${bootId} ${pidNamespace}`).digest('hex').slice(0, 12);
}
