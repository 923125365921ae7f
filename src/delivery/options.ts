/** How a delivery is to be carried out. */
import type { Share } from '../records.ts';

/** How often a request is made, and what is done when nobody knows whether its rows arrived. */
export interface SendPolicy {
  /** Tries after the first for each request; waiting for room does not count. */
  maxRetries: number;
  onUnknown: 'stop' | 'resend';
}

/** How jobs are followed. */
export interface JobPolicy {
  maxRetries: number;
  /** A gap in the counters of a job whose rows were sent once makes them unknown. */
  strictCounters: boolean;
}

export interface DeliveryOptions extends SendPolicy, JobPolicy {
  /** Follow jobs to their end. */
  wait: boolean;
  /** Beyond this many rejects nothing more is sent. */
  maxRejects?: Share;
  compressionLevel: number;
  /** Rows of a stream wait for so long at most until they are sent; undefined: until a chunk is full. */
  flushIntervalMs?: number;
}
