/** The options of `sandbox`. */
import { parseFaults, type Fault } from '../../sandbox/index.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';
import type { ValuesOf } from '../../settings/values.ts';

export const SANDBOX_OPTIONS = [
  {
    name: 'port',
    flags: '--port <port>',
    description: 'port on 127.0.0.1; 0 picks a free one',
    parse: parsePort,
    default: 0,
  },
  {
    name: 'fault',
    flags: '--fault <json>',
    description: `inject a fault: '{"route":"import","kind":"status","status":503,"times":2}'`,
    repeatable: true,
    parse: parseFault,
  },
  {
    name: 'maxActive',
    flags: '--max-active <n>',
    description: 'active imports allowed per account',
    kind: 'count',
    default: 15,
  },
  {
    name: 'foreignActive',
    flags: '--foreign-active <n>',
    description: 'active imports of somebody else',
    kind: 'count',
    default: 0,
  },
  {
    name: 'job',
    flags: '--job <duration>',
    description: 'how long an import takes',
    kind: 'duration',
    default: 50,
  },
  {
    name: 'loginsightTls',
    flags: '--loginsight-tls <file>',
    path: {
      role: 'output',
      replaces: {
        name: 'a certificate',
        beginning: /^-----BEGIN CERTIFICATE-----/,
        hint: 'remove it, or give the certificate another name',
      },
    },
    description: 'serve Log Insight over TLS and write its self-signed certificate to this file',
  },
  {
    name: 'keepEvents',
    flags: '--keep-events',
    description: 'keep what arrives, for GET /_sandbox/events (in memory)',
    kind: 'flag',
    default: false,
  },
  {
    name: 'json',
    flags: '--json',
    description: 'print the environment as one JSON document',
    kind: 'flag',
    default: false,
  },
  {
    name: 'quiet',
    flags: '-q, --quiet',
    description: 'print no line for each request',
    kind: 'flag',
    default: false,
  },
] as const satisfies readonly OptionSpec[];

/** The options of `sandbox sample`. */
export const SAMPLE_OPTIONS = [
  {
    name: 'overwrite',
    flags: '--overwrite',
    description: 'replace files of these names',
    kind: 'flag',
    default: false,
  },
] as const satisfies readonly OptionSpec[];

export type SandboxSettings = ValuesOf<typeof SANDBOX_OPTIONS>;

const maxPort = 65_535;

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= maxPort) return port;
  throw new Error(`"${text}" is not a port from 0 to ${maxPort}`);
}

function parseFault(text: string, previous: unknown): Fault[] {
  const faults = parseFaults([JSON.parse(text)]);
  return [...(Array.isArray(previous) ? (previous as Fault[]) : []), ...faults];
}
