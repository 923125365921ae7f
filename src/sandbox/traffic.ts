import type { IncomingHttpHeaders } from 'node:http';
import type { FaultKind } from './faults/plan.ts';
import type { RouteOwner } from './wire/router.ts';

/** The record of a request. It shows that credentials were present, but never their text. */
export interface RequestRecord {
  /** `sandbox` for a path that belongs to no vendor. */
  vendor: RouteOwner;
  route: string;
  method: string;
  /** Path with query, as received. */
  path: string;
  /** Zero when no reply was sent. */
  status: number;
  headers: Record<string, string>;
  /** Body bytes that were received and read. */
  wireBytes: number;
  /** The same bytes after decompression. */
  bodyBytes: number;
  faults: FaultKind[];
}

export interface TrafficCounts {
  requests: number;
  maxConcurrentRequests: number;
  faults: number;
  wireBytes: number;
  largestBodyBytes: number;
}

const CREDENTIALS = ['authorization', 'x-api-key', 'x-moesif-application-id'];
const SELECTED = [
  'accept',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'transfer-encoding',
  'user-agent',
];
const MAX_RECORDS = 1000;

/** Selects the headers that a request's record shows. */
export function selectHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const selected: Record<string, string> = {};
  for (const name of SELECTED) {
    const value = headers[name];
    if (typeof value === 'string') selected[name] = value;
  }
  for (const name of CREDENTIALS) {
    if (headers[name] !== undefined) selected[name] = 'present';
  }
  return selected;
}

/** Counts the requests of each vendor and keeps the last thousand records. */
export class Traffic {
  private readonly records: RequestRecord[] = [];
  private readonly counts = new Map<RouteOwner, TrafficCounts>();
  private readonly concurrent = new Map<RouteOwner, number>();

  /** `onRequest` is called with the record of each request when it has ended. */
  constructor(private readonly onRequest: (record: RequestRecord) => void = () => undefined) {}

  /** Counts a request that has begun. Each must be followed by `end`, which counts what it turned out to be. */
  begin(vendor: RouteOwner): void {
    const counts = this.countsOf(vendor);
    counts.requests += 1;
    const now = (this.concurrent.get(vendor) ?? 0) + 1;
    this.concurrent.set(vendor, now);
    counts.maxConcurrentRequests = Math.max(counts.maxConcurrentRequests, now);
  }

  end(record: RequestRecord): void {
    this.onRequest(record);
    const counts = this.countsOf(record.vendor);
    counts.faults += record.faults.length;
    counts.wireBytes += record.wireBytes;
    counts.largestBodyBytes = Math.max(counts.largestBodyBytes, record.bodyBytes);
    this.concurrent.set(record.vendor, (this.concurrent.get(record.vendor) ?? 1) - 1);
    this.records.push(record);
    if (this.records.length > MAX_RECORDS) this.records.shift();
  }

  countsOf(vendor: RouteOwner): TrafficCounts {
    const known = this.counts.get(vendor);
    if (known !== undefined) return known;
    const counts = { requests: 0, maxConcurrentRequests: 0, faults: 0, wireBytes: 0, largestBodyBytes: 0 };
    this.counts.set(vendor, counts);
    return counts;
  }

  /** How many requests have begun but not ended. */
  inHand(vendor: RouteOwner): number {
    return this.concurrent.get(vendor) ?? 0;
  }

  list(): RequestRecord[] {
    return [...this.records];
  }
}
