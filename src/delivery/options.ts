/** Options of a delivery. */
import type { Share } from '../records.ts';

/** How often to retry uploads, and what to do when it is unknown whether rows arrived. */
export interface SendPolicy {
  /** Retries of each request; waiting for a slot does not count. */
  maxRetries: number;
  onUnknown: 'stop' | 'resend';
}

/** How jobs are followed. */
export interface JobPolicy {
  maxRetries: number;
  /** Count rows as unknown when the counters of their job do not include them and the rows were sent only once. */
  strictCounters: boolean;
}

export interface DeliveryOptions extends SendPolicy, JobPolicy {
  /** Wait until all jobs have ended. */
  wait: boolean;
  /** With more rejects than this, the delivery stops. */
  maxRejects?: Share;
  compressionLevel: number;
  /** How long rows of a stream wait at most before they are sent; undefined: until a chunk is full. */
  flushIntervalMs?: number;
}
