/**
 * The undici agent of a run: proxies from the environment, and which certificates are trusted. Loaded on
 * first use, because start-up time is bounded.
 */
import { readFile } from 'node:fs/promises';
import type { Dispatcher } from 'undici';
import { Failure } from '../failure.ts';
import { processMask } from '../masking/process-mask.ts';
import { poolFactory, tunnelFactory } from './connect.ts';
import { noProxyOf, variableOf, withScheme } from './proxy.ts';

export interface DispatcherOptions {
  environment: Readonly<Record<string, string | undefined>>;
  /** Sockets per origin. */
  connections: number;
  /** A PEM file that is trusted in addition to Node's own roots. */
  caFile?: string;
  /** Trust any certificate. The caller must warn the user. */
  insecure?: boolean;
}

/**
 * Makes the agent. `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` are obeyed, in either letter case; this machine is never
 * reached through a proxy, since a token in the clear must not leave it. Throws a Failure `usage` for a proxy or a
 * certificate file that cannot be used.
 */
export async function loadDispatcher(options: DispatcherOptions): Promise<Dispatcher> {
  const { EnvHttpProxyAgent, Pool, buildConnector } = await import('undici');
  const { environment, connections } = options;
  const tls = await trustOf(options);
  // undici looks into the process's own environment for what it is not told: empty text means none.
  return new EnvHttpProxyAgent({
    connections,
    pipelining: 1,
    connect: buildConnector(tls),
    factory: poolFactory(Pool),
    clientFactory: tunnelFactory(Pool),
    requestTls: tls,
    proxyTls: tls,
    httpProxy: proxyAddress(environment, 'HTTP_PROXY'),
    httpsProxy: proxyAddress(environment, 'HTTPS_PROXY'),
    noProxy: noProxyOf(environment),
  });
}

async function trustOf({
  caFile,
  insecure,
}: DispatcherOptions): Promise<{ ca?: string[]; rejectUnauthorized?: boolean }> {
  return {
    ...(caFile === undefined ? {} : { ca: await trustedRoots(caFile) }),
    ...(insecure === true ? { rejectUnauthorized: false } : {}),
  };
}

/** Passing a list of roots replaces Node's own, so these are included. */
export async function trustedRoots(path: string): Promise<string[]> {
  const { rootCertificates } = await import('node:tls');
  return [...rootCertificates, await readCertificates(path)];
}

async function readCertificates(path: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new Failure('usage', `cannot read the certificate file ${path}`, { cause });
  }
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  throw new Failure('usage', `${path} contains no PEM certificate`);
}

function proxyAddress(environment: DispatcherOptions['environment'], name: string): string {
  const text = variableOf(environment, name)?.value;
  if (text === undefined) return '';
  const address = withScheme(text);
  if (URL.canParse(address) && /^https?:/.test(address)) {
    maskPassword(new URL(address));
    return address;
  }
  throw new Failure('usage', `${name} is not the address of an http proxy`);
}

/** Also in the spelling of the URL class, which encodes more characters than people do. */
function maskPassword({ password }: URL): void {
  processMask.add(password);
  try {
    processMask.add(decodeURIComponent(password));
  } catch {
    // A percent sign that encodes nothing stands for itself.
  }
}
