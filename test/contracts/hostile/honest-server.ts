/** A small server that answers as the vendors' documents say, until a test tells it not to. It knows nothing of the sandbox. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';

export interface Question {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage['headers'];
  /** Decompressed. */
  text: string;
}

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/** Answers by itself (true), answers in the place of the server, or leaves it to the server. */
export type Misbehave = (
  question: Question,
  response: ServerResponse,
  honest: Answer,
) => boolean | Answer | undefined;

export interface HonestServer {
  url: string;
  questions: Question[];
  /** Bodies with rows that a vendor took. */
  taken: string[];
  /** Scarf's imports, newest first. */
  imports: Record<string, unknown>[];
  /** Events of each import that its counters leave out. */
  gap: number;
  misbehave: Misbehave | undefined;
}

/** What the events of a day look like in Scarf's CSV. */
const eventsCsv = 'id,type,package,time\ne1,binary-download,p,2026-11-02T08:00:00Z\n';
const companiesCsv = 'company_name,company_domain,total_events\nAcme,acme.example,3\n';
const byPackageCsv = 'date,company_domain,package,total\n2026-11-02,acme.example,p,3\n';
const scoresCsv = 'company,company_domain,scarf_score\nAcme,acme.example,0.5\n';
const aggregate = '{"date":"2026-11-02","artifact":"a","rollup":"daily","breakdown":"by-total","total":3}\n';

/** An import that is under way. */
export const job = { id: '00000000-0000-4000-8000-000000000001', status: 'importing', events_total: 3 };

/** Starts one, which ends with the test. */
export async function startHonestServer(): Promise<HonestServer> {
  const state: HonestServer = {
    url: '',
    questions: [],
    taken: [],
    imports: [],
    gap: 0,
    misbehave: undefined,
  };
  const server = createServer((request, response) => {
    void answer(state, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  state.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return state;
}

async function answer(state: HonestServer, request: IncomingMessage, response: ServerResponse) {
  const question = await read(request);
  state.questions.push(question);
  const honest = honestly(state, question);
  const odd = state.misbehave?.(question, response, honest);
  if (odd === true) return;
  if (odd === undefined || odd === false) keep(state, question, honest);
  const { status, headers = {}, body = '' } = typeof odd === 'object' ? odd : honest;
  response.writeHead(status, headers).end(body);
}

async function read(request: IncomingMessage): Promise<Question> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const bytes = Buffer.concat(parts);
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
  const isGzip = request.headers['content-encoding'] === 'gzip';
  return {
    method: request.method ?? '',
    path: pathname,
    query: searchParams,
    headers: request.headers,
    text: (isGzip ? gunzipSync(bytes) : bytes).toString('utf8'),
  };
}

const json = (value: unknown, status = 200, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(value),
});
const csv = (body: string): Answer => ({ status: 200, headers: { 'content-type': 'text/csv' }, body });

/** What the vendor would say; the first that fits. */
const routes: [RegExp, (question: Question, state: HonestServer) => Answer][] = [
  [
    /^POST \/v2\/acme\/import$/,
    ({ text }, { imports, gap }) => json(importOf(imports.length + 1, lineCount(text), gap)),
  ],
  [/^GET \/v2\/imports\/acme$/, ({ query }, { imports }) => json({ event_imports: page(imports, query) })],
  [/^GET \/v2\/imports\/acme\/[^/]+$/, ({ path }, { imports }) => found(imports, path.split('/')[4])],
  [/^GET \/v2\/imports\/acme\/[^/]+\/log$/, () => ({ status: 200, body: '' })],
  [/^POST \/v2\/imports\/acme\/[^/]+\/abort$/, () => ({ status: 204 })],
  [/^GET \/v2\/packages\/acme(\/p1)?\/events$/, () => csv(eventsCsv)],
  [/^GET \/v2\/companies\/acme\/[^/]+\/events$/, () => csv(eventsCsv)],
  [/^GET \/v2\/packages\/acme\/company-rollup$/, () => csv(companiesCsv)],
  [/^GET \/v2\/companies\/acme\/package-rollup$/, () => csv(byPackageCsv)],
  [/^GET \/v2\/companies\/acme\/scoring$/, () => csv(scoresCsv)],
  [/^GET \/v3\/insights\/acme\/aggregations\/export$/, () => ({ status: 200, body: aggregate })],
  [
    /^GET \/v2\/packages\/acme$/,
    ({ query }) => json({ results: page([{ id: 'p1', name: 'widget' }], query) }),
  ],
  [/^POST \/v2\/exports\/acme\//, () => json({ id: 's2' })],
  [/^DELETE \/v2\/exports\/acme\//, () => json({ id: 's1' })],
  [/^GET \/v2\/exports\/acme\//, ({ query }) => json(page([{ id: 's1' }], query))],
  [/^POST \/event$/, () => json({ event_id: 'e', event_time: '2026-11-02T00:00:00Z' })],
  [/^POST \/batch$/, ({ text }) => json((JSON.parse(text) as unknown[]).map(() => ({ event_id: 'e' })))],
  [/^POST \/v1\/(events|actions)\/batch$/, () => ({ status: 201, headers: { 'X-Moesif-Config-Etag': 'x' } })],
  [/^POST \/api\/v1\/sessions$/, () => json({ userId: 'u', sessionId: 's-1', ttl: 1800 })],
  [
    /^POST \/api\/v1\/events\/ingest\//,
    ({ text }) => json({ ingested: (JSON.parse(text) as { events: unknown[] }).events.length, status: 'ok' }),
  ],
  [/^POST \/api\/v2\/events$/, ({ text }) => json({ ingested: (JSON.parse(text) as unknown[]).length })],
];

function honestly(state: HonestServer, question: Question): Answer {
  const name = `${question.method} ${question.path}`;
  const route = routes.find(([pattern]) => pattern.test(name));
  return route?.[1](question, state) ?? { status: 404 };
}

/** What the answer promises is done only when it is given. */
function keep(state: HonestServer, question: Question, { status, body }: Answer): void {
  if (question.method !== 'POST' || status >= 300 || question.path.endsWith('/sessions')) return;
  if (question.path.startsWith('/v2/imports/') || question.path.startsWith('/v2/exports/')) return;
  state.taken.push(question.text);
  if (question.path === '/v2/acme/import') {
    state.imports.unshift({ ...(JSON.parse(body ?? '') as Record<string, unknown>), status: 'done' });
  }
}

function importOf(number: number, total: number, gap: number): Record<string, unknown> {
  return {
    id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    status: 'importing',
    events_total: total,
    events_successfully_imported: total - gap,
    events_failed_to_import: 0,
    created_at: new Date(Date.UTC(2026, 10, 1) + number * 1000).toISOString(),
  };
}

function found(imports: readonly Record<string, unknown>[], id: string | undefined): Answer {
  const one = imports.find((item) => item['id'] === id);
  return one === undefined ? { status: 404 } : json(one);
}

/** `page` and `per_page` are heard. */
function page<Row>(rows: readonly Row[], query: URLSearchParams): Row[] {
  const size = Number(query.get('per_page') ?? 10);
  const from = (Number(query.get('page') ?? 1) - 1) * size;
  return query.has('after') ? [] : rows.slice(from, from + size);
}

function lineCount(text: string): number {
  return text.split('\n').filter((line) => line !== '').length;
}
