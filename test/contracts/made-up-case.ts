/**
 * A fifth vendor, which does not exist: its description, its target, its emulator and its case, in one file. Nothing
 * else knows of it, which is what this file shows.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Target } from '../../src/contracts/target.ts';
import { FaultPlan } from '../../src/sandbox/faults/plan.ts';
import { createListeners } from '../../src/sandbox/server.ts';
import { Traffic } from '../../src/sandbox/traffic.ts';
import { readWholeBody } from '../../src/sandbox/wire/body.ts';
import { emptyReply, jsonReply } from '../../src/sandbox/wire/reply.ts';
import type { Route } from '../../src/sandbox/wire/router.ts';
import { asObject } from '../../src/json.ts';
import { asCount, parsedJson } from '../../src/vendors/json.ts';
import {
  retryAfterReply,
  retryAfterTransportError,
  answerByRules,
  type ErrorContext,
} from '../../src/vendors/rules.ts';
import { checkedSecret } from '../../src/vendors/secret.ts';
import type { OptionSpec } from '../../src/settings/option-spec.ts';
import { valuesOf, type ValuesOf } from '../../src/settings/values.ts';
import type { TargetContext, Vendor } from '../../src/vendors/vendor.ts';
import { bodyOf } from '../vendors/bodies.ts';
import type { VendorCase } from './vendor-case.ts';

const PIGEON_OPTIONS = [
  { name: 'token', environment: ['PIGEON_RING'], description: 'number on the ring', secret: true },
  { name: 'apiUrl', environment: ['PIGEON_LOFT'], description: 'where the loft is', recipe: true },
] as const satisfies readonly OptionSpec[];

const pigeonPost: Vendor = {
  name: 'pigeon',
  title: 'Pigeon Post',
  example: 'scarf-cli ingest made-up events.ndjson',
  options: PIGEON_OPTIONS,
  limits: [{ name: 'letters per pigeon', value: '3', source: 'experience' }],
  statuses: [{ status: '503', verdict: 'closed', meaning: 'no pigeon at home' }],
  account: {
    options: ['apiUrl'],
    secret: () => ({ option: 'token', noun: 'ring' }),
    ask: async () => ({ kind: 'unchecked', why: 'a pigeon takes letters only' }),
  },
  createTarget: async (settings, targetContext) =>
    createPigeonTarget(valuesOf(PIGEON_OPTIONS, settings), targetContext),
};

function createPigeonTarget(
  { apiUrl = '', token }: ValuesOf<typeof PIGEON_OPTIONS>,
  { http, now }: TargetContext,
): Target {
  const endpoint = `${apiUrl}/letters`;
  const hints = { credentials: 'check PIGEON_RING', misdirected: 'check PIGEON_LOFT' };
  const errorContext: ErrorContext = { title: 'Pigeon Post', now, address: 'PIGEON_LOFT', hints };
  return {
    vendor: 'pigeon',
    endpoint,
    limits: { rows: 3, bytes: 1000, bytesCountAs: 'raw', uploads: 1, open: 1 },
    shape: { required: [{ path: 'to', type: 'string', reason: 'address-missing' }] },
    framing: { head: '', between: '\n', tail: '\n' },
    gzip: false,
    async send(body, signal) {
      const ring = checkedSecret(token, { noun: 'ring', variable: 'PIGEON_RING' });
      const headers = { 'x-ring': ring };
      const request = { method: 'POST', url: endpoint, headers, body, signal, timeoutMs: 60_000 } as const;
      const reply = await http.request(request);
      if (reply.kind === 'transport-error') return retryAfterTransportError(reply, errorContext);
      if (reply.status !== 200) return answerByRules(reply, pigeonPost.statuses, errorContext);
      const accepted = asCount(asObject(parsedJson(reply.text))?.['delivered']);
      if (accepted === undefined) return retryAfterReply('doubtful', reply, errorContext);
      return { kind: 'settled', accepted, rejected: [], unknown: body.events - accepted };
    },
  };
}

/** The made-up vendor is a server of its own. It uses a vendor name that the sandbox's fault plan knows. */
function loftRoutes(delivered: string[]): Route[] {
  return [
    {
      owner: 'sumatra',
      name: 'letters',
      method: 'POST',
      path: '/letters',
      handle: async (exchange) => {
        if (exchange.request.headers['x-ring'] !== 'ring-7') return emptyReply(401);
        const text = (await readWholeBody(exchange, 1000)).toString('utf8');
        const letters = text.split('\n').filter((line) => line !== '');
        delivered.push(...letters);
        return jsonReply(200, { delivered: letters.length });
      },
    },
  ];
}

export const madeUpCase: VendorCase = {
  vendor: pigeonPost,
  title: 'a made-up vendor',
  start: async (faults) => {
    const delivered: string[] = [];
    const traffic = new Traffic();
    const plan = new FaultPlan(faults);
    const pause = async () => undefined;
    const { onRequest } = createListeners({ routes: loftRoutes(delivered), plan, traffic, pause });
    const server = createServer(onRequest).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    return {
      settings: { token: 'ring-7', apiUrl: `http://127.0.0.1:${port}` },
      received: () => delivered.length,
      requests: () => traffic.countsOf('sumatra').requests,
    };
  },
  body: bodyOf('{"to":"a"}\n{"to":"b"}\n', 2, 'identity'),
  taken: { kind: 'settled', accepted: 2, unknown: 0 },
  exceptions: {
    'a 404': { answer: { kind: 'refused' } },
    'a 503 with seconds': { answer: { kind: 'retry', taken: 'no', why: 'transient', waitMs: 2000 } },
  },
};
