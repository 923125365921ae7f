/**
 * The undici agent of a run: proxy from the environment, trust, and where a token may go.
 * Loaded on first use, since start-up time is measured.
 */
import { readFile } from 'node:fs/promises';
import type { Dispatcher } from 'undici';
import { Failure } from '../failure.ts';

export interface DispatcherOptions {
  environment: Readonly<Record<string, string | undefined>>;
  /** Sockets per origin. */
  connections: number;
  /** A PEM file that is trusted beside the system's own. */
  caFile?: string;
  /** Trust any certificate. The caller warns loudly. */
  insecure?: boolean;
}

/** Makes the agent. `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` are obeyed, in either letter case. */
export async function loadDispatcher(options: DispatcherOptions): Promise<Dispatcher> {
  const { EnvHttpProxyAgent } = await import('undici');
  const connect: Record<string, unknown> = {};
  if (options.caFile !== undefined) connect['ca'] = await readCertificates(options.caFile);
  if (options.insecure === true) connect['rejectUnauthorized'] = false;
  const { environment } = options;
  const proxy = (name: string) => environment[name.toLowerCase()] ?? environment[name];
  return new EnvHttpProxyAgent({
    connections: options.connections,
    pipelining: 1,
    connect,
    ...definedOnly({
      httpProxy: proxy('HTTP_PROXY'),
      httpsProxy: proxy('HTTPS_PROXY'),
      noProxy: proxy('NO_PROXY'),
    }),
  });
}

async function readCertificates(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new Failure('usage', `cannot read the certificate file ${path}`, { cause });
  }
}

function definedOnly(values: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
    ),
  );
}
