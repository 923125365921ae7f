/** One row of the table of inputs: a file as people have it, a command, and what becomes of it. */

/** The clock of the machine and of the vendors. */
export const NOW = '2026-11-25T12:00:00Z';

export interface InputCase {
  /** Default: Scarf. */
  vendor?: 'scarf' | 'sumatra' | 'moesif' | 'loginsight';
  /** Default: `a.ndjson`. */
  file?: string;
  content: string | Buffer;
  /** Given on standard input, in one piece or in several. */
  pieces?: 'one' | 'many';
  flags?: string[];
  exit?: number;
  /** Read and rejected rows. */
  counts: [read: number, rejected: number];
  /** The reasons of the rejects, each once. */
  reasons?: string[];
  /** How many rows were changed, and noticed, in which way; ids that are filled in apart. */
  changes?: Record<string, number>;
  warnings?: Record<string, number>;
  /** What is said on the way. */
  says?: string;
  /** Of the first event at the vendor. */
  stored?: object;
}

/** A row for Scarf as a line; the time is now unless the fields say otherwise. */
export function scarfRow(fields: Record<string, unknown> = {}): string {
  return `${JSON.stringify({ $package: 'p', $time: NOW, ...fields })}\n`;
}

/** A call for Moesif as a line. */
export function callRow(request: Record<string, unknown> = {}, others: Record<string, unknown> = {}): string {
  const usual = { time: NOW, verb: 'GET', uri: 'https://a.example/', ip_address: '192.0.2.1', headers: {} };
  return `${JSON.stringify({ request: { ...usual, ...request }, ...others })}\n`;
}

/** A log line for Log Insight. */
export function logRow(fields: Record<string, unknown> = {}): string {
  return `${JSON.stringify({ text: 'a line', timestamp: Date.parse(NOW), ...fields })}\n`;
}
