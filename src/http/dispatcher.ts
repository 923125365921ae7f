/**
 * The undici agent of a run: proxies from the environment, and which certificates are trusted. Loaded on
 * first use, because start-up time is bounded.
 */
import { readFile } from 'node:fs/promises';
import type { Dispatcher } from '#bundled/undici';
import { Failure } from '../failure.ts';
import { processMask } from '../masking/process-mask.ts';
import { poolFactory, tunnelFactory } from './connect.ts';
import { decoded, noProxyOf, proxyAuthorization, variableOf, withScheme } from './proxy.ts';

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
  const { EnvHttpProxyAgent, Pool, buildConnector } = await import('#bundled/undici');
  const { environment, connections } = options;
  const tls = await trustOf(options);
  const httpProxy = findProxy(environment, 'HTTP_PROXY');
  const httpsProxy = findProxy(environment, 'HTTPS_PROXY');
  const logins = new Map([httpProxy, httpsProxy].map(({ address, login }) => [address, login]));
  // undici looks into the process's own environment for what it is not told: empty text means none.
  return new EnvHttpProxyAgent({
    connections,
    pipelining: 1,
    connect: buildConnector(tls),
    factory: poolFactory(Pool),
    clientFactory: tunnelFactory(Pool, logins),
    requestTls: tls,
    proxyTls: tls,
    httpProxy: httpProxy.address,
    httpsProxy: httpsProxy.address,
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

/**
 * A proxy's address without its login, which goes beside it: undici leaves out users without a password, and throws for a
 * percent sign that encodes nothing (undici 7, lib/dispatcher/proxy-agent.js). The address is empty where there is none.
 */
function findProxy(
  environment: DispatcherOptions['environment'],
  name: string,
): { address: string; login?: string | undefined } {
  const text = variableOf(environment, name)?.value;
  if (text === undefined) return { address: '' };
  const address = withScheme(text);
  if (!URL.canParse(address) || !/^https?:/.test(address)) {
    throw new Failure('usage', `${name} is not the address of an http proxy`);
  }
  const url = new URL(address);
  const login = proxyAuthorization(url);
  maskPassword(url);
  url.username = '';
  url.password = '';
  return { address: url.href, login };
}

/** Also in the spelling of the URL class, which encodes more characters than people do. */
function maskPassword({ password }: URL): void {
  processMask.add(password);
  processMask.add(decoded(password));
}
