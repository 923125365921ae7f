/** Limits of Sumatra, and what its statuses mean. */
import type { StatusRule } from '../rules.ts';

export const defaultConcurrency = 8;

/** Nothing is published about batches: these are modest. */
export const batchLimits = { events: 100, bytes: 1_000_000, uploads: 1 } as const;

/** "Sumatra docs, Event API, HTTP Errors". Nothing tells two sendings apart, so whatever is in doubt stays in doubt. */
export const SUMATRA_STATUSES: readonly StatusRule[] = [
  { status: '2xx', verdict: 'taken', meaning: 'taken, when the reply names an event; else as a lost reply' },
  { status: '400', verdict: 'refused', meaning: 'the event is refused' },
  { status: '404', verdict: 'refused', meaning: 'the event is refused: no such event type' },
  { status: '503', verdict: 'closed', meaning: 'offline for maintenance: nothing was taken' },
];

/** Of `--batch`: a refused batch is cut until the culprit stands alone. */
export const SUMATRA_BATCH_STATUSES: readonly StatusRule[] = [
  { status: '400', verdict: 'smaller', meaning: 'an event is refused: sent in halves until it stands alone' },
  { status: '422', verdict: 'smaller', meaning: 'an event is refused: sent in halves until it stands alone' },
  { status: '404', verdict: 'smaller', meaning: 'no such event type: sent in halves until it stands alone' },
  ...SUMATRA_STATUSES,
];
