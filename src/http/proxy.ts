/** Which proxy a request goes through, by the rule of the agent that sends it (undici 7, env-http-proxy-agent.js). */
import { LOOPBACK_NAMES } from './address.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Proxy {
  /** The variable that names it, in the letter case in which it is set. */
  variable: string;
  /** With user and password, where it has them: never for messages. */
  url: URL;
}

/** The proxy for an address; undefined where it is reached directly, or where no proxy can be read. */
export function proxyFor(address: string, environment: Environment): Proxy | undefined {
  const { host, port, protocol } = new URL(address);
  const hostname = host.replace(/:\d*$/, '').toLowerCase();
  const portNumber = Number.parseInt(port, 10) || (protocol === 'https:' ? 443 : 80);
  if (isUnproxied(hostname, portNumber, noProxyOf(environment))) return undefined;
  const names = protocol === 'https:' ? ['HTTPS_PROXY', 'HTTP_PROXY'] : ['HTTP_PROXY'];
  for (const name of names) {
    const found = variableOf(environment, name);
    if (found === undefined) continue;
    const text = withScheme(found.value);
    return URL.canParse(text) ? { variable: found.name, url: new URL(text) } : undefined;
  }
  return undefined;
}

/** For the agent: this machine is never reached through a proxy, since a token in the clear must not leave it. */
export function noProxyOf(environment: Environment): string {
  const noProxy = variableOf(environment, 'NO_PROXY')?.value ?? '';
  return noProxy.trim() === '*' ? '*' : [noProxy, ...LOOPBACK_NAMES].join(',');
}

/** As curl does it, `host:port` without a scheme is plain http to the proxy. */
export function withScheme(address: string): string {
  return address.includes('://') ? address : `http://${address}`;
}

/**
 * What `Proxy-Authorization` says for the login in a proxy's address (RFC 9110 11.7.2, Basic); undefined where there is
 * none. A user without a password is one, and a percent sign that encodes nothing stands for itself.
 */
export function proxyAuthorization({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const login = `${decoded(username)}:${decoded(password)}`;
  return `Basic ${Buffer.from(login).toString('base64')}`;
}

/** A part of an address as it was meant. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A variable in either letter case; undefined when it is not set or empty. */
export function variableOf(
  environment: Environment,
  name: string,
): { name: string; value: string } | undefined {
  const lower = name.toLowerCase();
  const [found, value] =
    environment[lower] === undefined ? [name, environment[name]] : [lower, environment[lower]];
  return value === undefined || value === '' ? undefined : { name: found, value };
}

function isUnproxied(hostname: string, port: number, noProxy: string): boolean {
  if (noProxy === '*') return true;
  return noProxy.split(/[,\s]/).some((entry) => {
    if (entry === '') return false;
    const [, name = entry, only] = /^(.+):(\d+)$/.exec(entry) ?? [];
    if (only !== undefined && Number(only) !== port) return false;
    const wanted = name.replace(/^\*?\./, '').toLowerCase();
    return hostname === wanted || hostname.endsWith(`.${wanted}`);
  });
}
