/** Limits of Sumatra and meanings of its statuses. */
import type { StatusRule } from '../rules.ts';

export const defaultConcurrency = 8;

/** No limits of batches are published: these are modest. */
export const batchLimits = { events: 100, bytes: 1_000_000, uploads: 1 } as const;

/**
 * "Sumatra docs, Event API, HTTP Errors". Sumatra cannot recognize repeated events, so events in doubt are not sent
 * again.
 */
export const SUMATRA_STATUSES: readonly StatusRule[] = [
  { status: '2xx', verdict: 'taken', meaning: 'taken, when the reply names an event; else as a lost reply' },
  { status: '400', verdict: 'refused', meaning: 'the event is refused' },
  { status: '404', verdict: 'refused', meaning: 'the event is refused: no such event type' },
  { status: '422', verdict: 'refused', meaning: 'the event is refused' },
  { status: '503', verdict: 'closed', meaning: 'offline for maintenance: nothing was taken' },
];

/** With `--batch`: a refused batch is halved until the bad event is alone. */
export const SUMATRA_BATCH_STATUSES: readonly StatusRule[] = [
  { status: '400', verdict: 'smaller', meaning: 'an event is refused: sent in halves until it stands alone' },
  { status: '422', verdict: 'smaller', meaning: 'an event is refused: sent in halves until it stands alone' },
  { status: '404', verdict: 'smaller', meaning: 'no such event type: sent in halves until it stands alone' },
  ...SUMATRA_STATUSES,
];
