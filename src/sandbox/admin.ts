import type { VendorState } from './emulator.ts';
import { parseFaults } from './faults/parse.ts';
import type { Fault, FaultPlan } from './faults/plan.ts';
import type { ScarfState } from './scarf/emulator.ts';
import { OUTCOME_KINDS, type JobOutcome } from './scarf/options.ts';
import type { Traffic } from './traffic.ts';
import { isObject, parseJson, readWholeBody } from './wire/body.ts';
import type { Exchange } from './wire/exchange.ts';
import { emptyReply, jsonReply, ndjsonReply, Refusal, textReply, type Reply } from './wire/reply.ts';
import type { Route, Vendor } from './wire/router.ts';

/** Every vendor's state by name, and Scarf's in full. */
type VendorStates = Partial<Record<Vendor, VendorState>> & { scarf: ScarfState };

export interface AdminParts {
  vendors: VendorStates;
  plan: FaultPlan;
  traffic: Traffic;
}

const MAX_ADMIN_BYTES = 10_485_760;

/**
 * The endpoints under `/_sandbox`, through which another process inspects and disturbs the emulated vendors.
 */
export function adminRoutes({ vendors, plan, traffic }: AdminParts): Route[] {
  const route = (method: string, path: string, handle: Route['handle']): Route => {
    return { owner: 'sandbox', name: 'admin', method, path: `/_sandbox/${path}`, handle };
  };
  return [
    route('GET', 'state', () => jsonReply(200, describeState(vendors, traffic))),
    route('GET', 'requests', () => jsonReply(200, traffic.list())),
    route('GET', 'events', ({ url }) => listEvents(vendors, url)),
    route('GET', 'faults', () => jsonReply(200, plan.list())),
    route('POST', 'faults', async (exchange) => {
      plan.append(await readFaults(exchange));
      return emptyReply(204);
    }),
    route('DELETE', 'faults', () => {
      plan.clear();
      return emptyReply(204);
    }),
    route('POST', 'jobs', (exchange) => changeJobs(vendors.scarf, exchange)),
  ];
}

async function readFaults(exchange: Exchange): Promise<Fault[]> {
  const value = parseJson(await readWholeBody(exchange, MAX_ADMIN_BYTES));
  try {
    return parseFaults(value);
  } catch (error) {
    throw new Refusal(textReply(400, String(error)));
  }
}

function describeState(vendors: VendorStates, traffic: Traffic): Record<string, unknown> {
  const described: Record<string, unknown> = {};
  for (const [name, state] of Object.entries(vendors)) {
    described[name] = { ...traffic.countsOf(name as Vendor), ...state.counts() };
  }
  return described;
}

function listEvents(vendors: VendorStates, url: URL): Reply {
  const name = url.searchParams.get('vendor') ?? 'scarf';
  const state = vendors[name as Vendor];
  if (state === undefined) return textReply(404, `No vendor ${name}.`);
  return ndjsonReply(state.events());
}

/** `{start: n}`, `{finish: n | "all"}`, `{outcomes: [{kind, skip, times, every, share}]}`, in that order. */
async function changeJobs(scarf: ScarfState, exchange: Exchange): Promise<Reply> {
  const change = parseJson(await readWholeBody(exchange, MAX_ADMIN_BYTES));
  if (!isObject(change)) return textReply(400, 'A JSON object with start, finish or outcomes is expected.');
  const { start, finish, outcomes } = change;
  if (typeof start === 'number') scarf.startForeignImports(start);
  if (typeof finish === 'number') scarf.finishForeignImports(finish);
  if (finish === 'all') scarf.finishForeignImports();
  if (outcomes !== undefined) scarf.planOutcomes(parseOutcomes(outcomes));
  return emptyReply(204);
}

function parseOutcomes(value: unknown): JobOutcome[] {
  const isOutcome = (item: unknown): item is JobOutcome =>
    isObject(item) && OUTCOME_KINDS.some((kind) => kind === item['kind']);
  if (Array.isArray(value) && value.every(isOutcome)) return value;
  throw new Refusal(textReply(400, `Outcomes are objects whose kind is one of ${OUTCOME_KINDS.join(', ')}.`));
}
