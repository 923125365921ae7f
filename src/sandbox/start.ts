import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { adminRoutes } from './admin.ts';
import type { Emulator } from './emulator.ts';
import { FaultPlan, type Fault } from './faults/plan.ts';
import type { Clock, Random } from './identity.ts';
import { createLogInsight, type LogInsightState } from './loginsight/emulator.ts';
import type { LogInsightOptions } from './loginsight/options.ts';
import { createMoesif, type MoesifState } from './moesif/emulator.ts';
import type { MoesifOptions } from './moesif/options.ts';
import { createScarf, type ScarfState } from './scarf/emulator.ts';
import type { ScarfOptions } from './scarf/options.ts';
import { createListeners, type Listeners } from './server.ts';
import { createSumatra, type SumatraState } from './sumatra/emulator.ts';
import type { SumatraOptions } from './sumatra/options.ts';
import { Traffic, type RequestRecord } from './traffic.ts';
import { makeSelfSignedCertificate } from './wire/certificate.ts';

export interface SandboxOptions {
  /** Milliseconds since the epoch; jobs end and sessions expire by it. */
  clock: Clock;
  /** Source of every identifier that the sandbox generates. */
  random: Random;
  /** Zero, the default, picks a free port. Listens on 127.0.0.1 only. */
  port?: number;
  faults?: Fault[];
  /** Called with the record of each request when it has ended. */
  onRequest?: (record: RequestRecord) => void;
  scarf?: ScarfOptions;
  sumatra?: SumatraOptions;
  moesif?: MoesifOptions;
  loginsight?: LogInsightOptions;
}

export interface Sandbox {
  /** The origin of all vendors and of `/_sandbox`. */
  url: string;
  /** The origin of the TLS listener, if one was requested, and its self-signed certificate as PEM. */
  tls: { url: string; certificate: string } | undefined;
  /** The environment variables that point a client at the sandbox. */
  environment: Record<string, string>;
  vendors: { scarf: ScarfState; sumatra: SumatraState; moesif: MoesifState; loginsight: LogInsightState };
  faults: FaultPlan;
  traffic: Traffic;
  /** Stops listening and closes every connection, including hanging requests. A second call awaits the first. */
  close(): Promise<void>;
}

/** Starts the emulated vendors on loopback. The caller closes the sandbox. Rejects when the port is taken. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const plan = new FaultPlan(options.faults);
  const traffic = new Traffic(options.onRequest);
  const closing = new AbortController();
  const emulators = createEmulators(options);
  const vendors = statesOf(emulators);
  const routes = listOf(emulators).flatMap((emulator) => emulator.routes);
  routes.push(...adminRoutes({ vendors, plan, traffic }));
  const pause = async (delayMs: number): Promise<void> =>
    wait(delayMs, undefined, { signal: closing.signal });
  const listeners = createListeners({ routes, plan, traffic, pause });
  const server = prepareServer(createServer(), listeners);
  const url = `http://127.0.0.1:${await listenOnLoopback(server, options.port ?? 0)}`;
  const tls = options.loginsight?.tls === true ? await startTls(listeners) : undefined;
  const closeAll = async () => {
    closing.abort();
    await closeServer(server);
    if (tls !== undefined) await closeServer(tls.server);
  };
  let closed: Promise<void> | undefined;
  return {
    url,
    tls: tls === undefined ? undefined : { url: tls.url, certificate: tls.certificate },
    environment: {
      ...emulators.scarf.environment(url),
      ...emulators.sumatra.environment(url),
      ...emulators.moesif.environment(url),
      ...emulators.loginsight.environment(tls?.url ?? url),
    },
    vendors,
    faults: plan,
    traffic,
    close: () => (closed ??= closeAll()),
  };
}

interface Emulators {
  scarf: Emulator<ScarfState>;
  sumatra: Emulator<SumatraState>;
  moesif: Emulator<MoesifState>;
  loginsight: Emulator<LogInsightState>;
}

function createEmulators(options: SandboxOptions): Emulators {
  const context = { clock: options.clock, random: options.random };
  return {
    scarf: createScarf(options.scarf ?? {}, context),
    sumatra: createSumatra(options.sumatra ?? {}, context),
    moesif: createMoesif(options.moesif ?? {}, context),
    loginsight: createLogInsight(options.loginsight ?? {}, context),
  };
}

function listOf({ scarf, sumatra, moesif, loginsight }: Emulators): Emulator[] {
  return [scarf, sumatra, moesif, loginsight];
}

function statesOf({ scarf, sumatra, moesif, loginsight }: Emulators): Sandbox['vendors'] {
  return { scarf: scarf.state, sumatra: sumatra.state, moesif: moesif.state, loginsight: loginsight.state };
}

async function startTls(
  listeners: Listeners,
): Promise<{ server: TlsServer; url: string; certificate: string }> {
  const { key, certificate } = makeSelfSignedCertificate();
  const server = prepareServer(createTlsServer({ key, cert: certificate }), listeners);
  return { server, url: `https://127.0.0.1:${await listenOnLoopback(server, 0)}`, certificate };
}

function prepareServer<Kind extends Server | TlsServer>(server: Kind, listeners: Listeners): Kind {
  server.requestTimeout = 0;
  server.on('request', listeners.onRequest);
  server.on('checkContinue', listeners.onCheckContinue);
  return server;
}

async function listenOnLoopback(server: Server | TlsServer, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function closeServer(server: Server | TlsServer): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
