/**
 * Checks the connection to the vendor step by step: name, proxy, TLS, an answer, the clock, and the account.
 */
import type { Finding } from '../../contracts/finding.ts';
import { Failure } from '../../failure.ts';
import { openHttp } from '../../application/delivery/setup/target-context.ts';
import { baseAddress } from '../../http/address.ts';
import type { HttpClient } from '../../http/client.ts';
import {
  probePort,
  lookUpHost,
  readCertificate,
  TunnelRefused,
  type Certificate,
} from '../../http/diagnose.ts';
import { trustedRoots } from '../../http/dispatcher.ts';
import { proxyFor, type Proxy } from '../../http/proxy.ts';
import { connectProblem, remedyWords } from '../../network-errors.ts';
import { formatDuration } from '../../report/terminal/numbers.ts';
import type { Settings } from '../../settings/resolve.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import { checkAccount, isSecretSet, missingSecret } from './account.ts';
import { bounded, failedFinding, type CheckContext } from './check.ts';

interface Server {
  url: URL;
  /** The setting that holds the address. */
  variable: string;
  proxy: Proxy | undefined;
  ca: string[] | undefined;
  insecure: boolean;
}

/** Stops at the first step that fails; later steps are reported as skipped. */
export async function checkConnection(
  { vendor, settings }: { vendor: Vendor; settings: Settings },
  context: CheckContext,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const add = (found: readonly Finding[]) => {
    findings.push(...found);
    return !found.some(({ state }) => state === 'failed');
  };
  let server: Server;
  try {
    server = await serverOf(vendor, settings, context);
  } catch (error) {
    return [failedFinding('address', error)];
  }
  const http = openHttp(vendor, settings.values, context.machine);
  const question = { settings: settings.values, http, now: () => context.machine.now(), once: false };
  try {
    const isThere =
      add(await checkName(server, context)) &&
      add(await checkProxy(server, context)) &&
      add(await checkTls(server, context)) &&
      add(await checkAnswer(server, http, context));
    if (isThere) add(await bounded('token', context, (signal) => checkAccount(vendor, question, signal)));
    else findings.push(untried(vendor, settings));
    return findings;
  } finally {
    await http.close();
  }
}

/** Some vendors accept events without a secret. */
function untried(vendor: Vendor, { values }: Settings): Finding {
  const needsNone = (vendor.cautions?.(values) ?? []).length > 0;
  if (!needsNone && !isSecretSet(vendor, values)) return missingSecret(vendor, values);
  return { check: 'token', state: 'skipped', message: `${vendor.title} was not reached` };
}

async function serverOf(vendor: Vendor, { values }: Settings, { machine }: CheckContext): Promise<Server> {
  const spec = vendor.options.find(({ name }) => name === 'apiUrl');
  const variable = spec?.environment?.[0] ?? '';
  const address = values['apiUrl'];
  if (typeof address !== 'string' || address === '') {
    throw new Failure('usage', 'missing server address', { hint: `set ${variable}` });
  }
  const url = new URL(baseAddress(address, variable, { plainAnywhere: true }));
  const { caFile, insecure = false } = vendor.trust?.(values) ?? {};
  return {
    url,
    variable,
    proxy: proxyFor(url.href, machine.environment),
    ca: caFile === undefined ? undefined : await trustedRoots(caFile),
    insecure,
  };
}

/** With a proxy, the proxy resolves the name. */
async function checkName(server: Server, context: CheckContext): Promise<Finding[]> {
  const { hostname } = server.proxy?.url ?? server.url;
  const { machine } = context;
  return bounded('dns', context, async () => {
    const startedMs = machine.elapsedMs();
    try {
      const addresses = await lookUpHost(hostname);
      const ms = formatDuration(machine.elapsedMs() - startedMs);
      const whose = server.proxy === undefined ? '' : 'the proxy ';
      return [
        {
          check: 'dns',
          state: 'ok',
          message: `${whose}${hostname} is ${addresses.slice(0, 3).join(', ')} (${ms})`,
        },
      ];
    } catch (error) {
      return [unreached('dns', error, server)];
    }
  });
}

async function checkProxy({ proxy, url, variable }: Server, context: CheckContext): Promise<Finding[]> {
  if (proxy === undefined) return [{ check: 'proxy', state: 'ok', message: 'none: connections are direct' }];
  const { hostname, host, port, protocol } = proxy.url;
  return bounded('proxy', context, async (signal) => {
    try {
      await probePort({ hostname, port: Number(port) || (protocol === 'https:' ? 443 : 80), signal });
      return [{ check: 'proxy', state: 'ok', message: `${host} (${proxy.variable})` }];
    } catch (error) {
      return [unreached('proxy', error, { url, variable, proxy })];
    }
  });
}

const soonMs = 14 * 24 * 3600 * 1000;

async function checkTls(server: Server, context: CheckContext): Promise<Finding[]> {
  const { url, proxy, ca } = server;
  if (url.protocol !== 'https:')
    return [{ check: 'tls', state: 'skipped', message: `${url.host} is spoken to in plain http` }];
  return bounded('tls', context, async (signal) => {
    try {
      const { hostname, port } = url;
      const certificate = await readCertificate({ hostname, port: Number(port) || 443, proxy, ca, signal });
      return [judgeCertificate(certificate, server, context.machine.now())];
    } catch (error) {
      return [unreached('tls', error, server)];
    }
  });
}

function judgeCertificate(
  { issuer, problem, protocol, validFromMs, validToMs }: Certificate,
  { url, variable, insecure }: Server,
  nowMs: number,
): Finding {
  const day = (ms: number) => (Number.isNaN(ms) ? '?' : new Date(ms).toISOString().slice(0, 10));
  const facts = `${protocol}, certificate of ${url.hostname} by ${issuer}, valid from ${day(validFromMs)} to ${day(validToMs)}`;
  if (problem !== undefined && !insecure) {
    const { remedy, words } = connectProblem(problem) ?? {
      words: 'its certificate is not trusted',
      remedy: 'certificates' as const,
    };
    return {
      check: 'tls',
      state: 'failed',
      message: `${words} (${facts})`,
      fix: remedyWords(remedy, variable),
      kind: 'unavailable',
    };
  }
  if (problem !== undefined)
    return {
      check: 'tls',
      state: 'warning',
      message: `${facts}: not checked (--insecure)`,
      fix: 'use --ca-file',
    };
  if (validToMs - nowMs < soonMs)
    return {
      check: 'tls',
      state: 'warning',
      message: facts,
      fix: 'tell who runs the server: it expires soon',
    };
  return { check: 'tls', state: 'ok', message: facts };
}

/** A larger difference makes times of rows and signatures wrong. */
const skewMs = 30_000;
const wrongClockMs = 300_000;

/** Any answer at all shows that the server is up, and what time it has. */
async function checkAnswer(server: Server, http: HttpClient, context: CheckContext): Promise<Finding[]> {
  const { machine } = context;
  return bounded('server', context, async (signal) => {
    const startedMs = machine.elapsedMs();
    const request = {
      method: 'GET' as const,
      url: `${server.url.href.replace(/\/$/, '')}/`,
      headers: {},
      signal,
      timeoutMs: 10_000,
    };
    const reply = await http.request(request);
    if (reply.kind === 'transport-error') {
      const fix = reply.advice?.(server.variable) ?? `check ${server.variable}`;
      return [{ check: 'server', state: 'failed', message: reply.message, fix, kind: 'unavailable' }];
    }
    const ms = machine.elapsedMs() - startedMs;
    const found: Finding = {
      check: 'server',
      state: 'ok',
      message: `${server.url.host} answers (${formatDuration(ms)})`,
    };
    return [found, clockFinding(reply.headers['date'], machine.now() - ms / 2)];
  });
}

function clockFinding(date: string | undefined, nowMs: number): Finding {
  const serverMs = date === undefined ? NaN : Date.parse(date);
  if (Number.isNaN(serverMs))
    return { check: 'clock', state: 'skipped', message: 'the server does not say what time it is' };
  const skew = nowMs - serverMs;
  const direction = skew > 0 ? 'ahead of' : 'behind';
  // The Date header counts whole seconds.
  if (Math.abs(skew) <= 2_000)
    return { check: 'clock', state: 'ok', message: "this machine's clock agrees with the server's" };
  const message = `this machine's clock is ${formatDuration(Math.abs(skew))} ${direction} the server's`;
  const fix = 'set the clock of this machine, with NTP';
  if (Math.abs(skew) <= skewMs) return { check: 'clock', state: 'ok', message };
  if (Math.abs(skew) <= wrongClockMs) return { check: 'clock', state: 'warning', message, fix };
  return { check: 'clock', state: 'failed', message, fix, kind: 'local' };
}

function unreached(
  check: string,
  error: unknown,
  { proxy, url, variable }: Pick<Server, 'url' | 'proxy' | 'variable'>,
): Finding {
  const code = error instanceof AggregateError ? codeOf(error.errors[0]) : codeOf(error);
  const isProxy = proxy !== undefined && (check !== 'tls' || error instanceof TunnelRefused);
  const host = isProxy ? `the proxy ${proxy.url.host}` : url.host;
  const setting = isProxy ? proxy.variable : variable;
  const problem = connectProblem(code);
  const words = problem?.words ?? (error instanceof Error ? error.message : String(error));
  const fix = remedyWords(problem?.remedy ?? 'address', setting);
  return { check, state: 'failed', message: `cannot reach ${host}: ${words}`, fix, kind: 'unavailable' };
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
