/** A small server that gives events by date, and misbehaves where a test says so. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { withDuplicates, writeCsv, type EventRow } from './event-rows.ts';

export interface ExportQuestion {
  path: string;
  from: string;
  to: string;
  /** How often this very question was asked before. */
  before: number;
  request: IncomingMessage;
}

/** Answers by itself and returns true, or leaves the answer to the server. */
export type Misbehave = (question: ExportQuestion, response: ServerResponse) => boolean;

export interface ExportServer {
  url: string;
  /** `events 2026-11-01..2026-11-05` and the like, in the order they came. */
  asked: string[];
}

export interface ExportServerOptions {
  rows: () => readonly EventRow[];
  /** Every nth row comes again; 0: none does. */
  duplicateEvery?: number;
  misbehave?: Misbehave;
}

export async function startExportServer(options: ExportServerOptions): Promise<ExportServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://sandbox.invalid');
    const from = url.searchParams.get('start_date') ?? '';
    const to = url.searchParams.get('end_date') ?? '';
    const label = `${url.pathname} ${from}..${to}`;
    const before = asked.filter((earlier) => earlier === label).length;
    asked.push(label);
    const question = { path: url.pathname, from, to, before, request };
    if (options.misbehave?.(question, response) === true) return;
    response.writeHead(200, { 'content-type': 'text/csv' });
    response.end(tableFor(options, from, to));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

/** The table that the server gives for these days. */
export function tableFor(options: ExportServerOptions, from: string, to: string): string {
  const every = options.duplicateEvery ?? 0;
  const inside = options
    .rows()
    .filter(({ time = '' }) => time.slice(0, 10) >= from && time.slice(0, 10) <= to);
  return writeCsv(every === 0 ? inside : withDuplicates(inside, every));
}
