import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { adminRoutes } from './admin.ts';
import { FaultPlan, type Fault } from './faults/plan.ts';
import type { Clock, Random } from './identity.ts';
import { createScarf, type ScarfState } from './scarf/emulator.ts';
import type { ScarfOptions } from './scarf/options.ts';
import { createListeners, type Listeners } from './server.ts';
import { Traffic } from './traffic.ts';

export interface SandboxOptions {
  /** Milliseconds since the epoch; jobs end and sessions expire by it. */
  clock: Clock;
  /** Source of every identifier the sandbox makes up. */
  random: Random;
  /** Zero, the default, takes a free port. Only 127.0.0.1 is listened on. */
  port?: number;
  faults?: Fault[];
  scarf?: ScarfOptions;
}

export interface Sandbox {
  /** The one origin under which all vendors and `/_sandbox` are found. */
  url: string;
  /** The environment that points a client at the sandbox. */
  environment: Record<string, string>;
  vendors: { scarf: ScarfState };
  faults: FaultPlan;
  traffic: Traffic;
  /** Stops listening and cuts every connection, hanging requests included. */
  close(): Promise<void>;
}

/** Starts the emulated vendors on loopback. The caller closes what was started. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const world = { clock: options.clock, random: options.random };
  const plan = new FaultPlan(options.faults);
  const traffic = new Traffic();
  const closing = new AbortController();
  const scarf = createScarf(options.scarf ?? {}, world);
  const vendors = { scarf: scarf.state };
  const routes = [...scarf.routes, ...adminRoutes({ vendors, plan, traffic })];
  const pause = async (delayMs: number): Promise<void> =>
    wait(delayMs, undefined, { signal: closing.signal });
  const server = prepareServer(createServer(), createListeners({ routes, plan, traffic, pause }));
  const url = `http://127.0.0.1:${await listenOnLoopback(server, options.port ?? 0)}`;
  return {
    url,
    environment: scarf.environment(url),
    vendors,
    faults: plan,
    traffic,
    close: async () => {
      closing.abort();
      await closeServer(server);
    },
  };
}

function prepareServer<Kind extends Server>(server: Kind, listeners: Listeners): Kind {
  server.requestTimeout = 0;
  server.on('request', listeners.onRequest);
  server.on('checkContinue', listeners.onCheckContinue);
  return server;
}

async function listenOnLoopback(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function closeServer(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
