/** Limits of Moesif and meanings of its statuses. */
import { msPerDay } from '../../calendar.ts';
import type { StatusRule } from '../rules.ts';

/** Events older than this are refused unless enabled for the account ("Moesif docs, Event Ingestion", 2026-07). */
export const oldEventAgeMs = 30 * msPerDay;

/** Bytes of one event: Moesif truncates the bodies of longer ones ("Moesif docs, Collector API", 2026-07). */
export const maxEventBytes = 1_000_000;

/** Documented maximum bytes of a batch, uncompressed ("Moesif docs, Collector API", 2026-07). */
export const maxBatchBytes = { events: 50_000_000, actions: 15_000_000 } as const;

export const defaultBatch = { events: 200, bytes: 10_000_000 } as const;

export const maxUploads = 4;

/**
 * "Moesif docs, Errors", 2026-07. One bad event fails the whole batch, so a refused batch is halved until that
 * event is alone.
 */
export const MOESIF_STATUSES: readonly StatusRule[] = [
  { status: '2xx', verdict: 'taken', meaning: 'taken; a page of something in between: as a lost reply' },
  { status: '400', verdict: 'smaller', meaning: 'an event is refused: sent in halves until it stands alone' },
  { status: '402', verdict: 'credentials', meaning: 'the subscription is not active' },
  { status: '404', verdict: 'misdirected', meaning: 'not the address of the collector' },
];
