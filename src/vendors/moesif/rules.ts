/** Limits of Moesif, and what its statuses mean. */
import { msPerDay } from '../../calendar.ts';
import type { StatusRule } from '../rules.ts';

/** Events older than this are refused unless the account is opened for them ("Moesif docs, Event Ingestion", 2026-07). */
export const oldEventAgeMs = 30 * msPerDay;

/** Of one event: of longer ones Moesif cuts the bodies ("Moesif docs, Collector API", 2026-07). */
export const maxEventBytes = 1_000_000;

/** Documented caps of a batch, counted uncompressed ("Moesif docs, Collector API", 2026-07). */
export const maxBatchBytes = { events: 50_000_000, actions: 15_000_000 } as const;

export const defaultBatch = { events: 200, bytes: 10_000_000 } as const;

export const maxUploads = 4;

/** "Moesif docs, Errors", 2026-07. A batch falls as a whole, so a refused one is cut until the culprit stands alone. */
export const MOESIF_STATUSES: readonly StatusRule[] = [
  { status: '2xx', verdict: 'taken', meaning: 'taken; a page of something in between: as a lost reply' },
  { status: '400', verdict: 'smaller', meaning: 'an event is refused: sent in halves until it stands alone' },
  { status: '402', verdict: 'credentials', meaning: 'the subscription is not active' },
  { status: '404', verdict: 'misdirected', meaning: 'not the address of the collector' },
];
