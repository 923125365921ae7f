/** Limits of Scarf and meanings of its statuses. */
import { msPerDay } from '../../calendar.ts';
import type { StatusRule } from '../rules.ts';

/** Maximum active imports of an owner ("Scarf docs, Importing events, Automation", 2024-07). */
export const maxActiveImports = 15;

/** Scarf refuses events older than this since 2026-06-15 ("Scarf docs, Importing events", 2026-06). */
export const oldEventAgeMs = 7 * msPerDay;

export const defaultChunkBytes = 32 * 1024 * 1024;

export const maxUploads = 4;

/**
 * Statuses of uploads. 422 is backpressure when it says "too many active imports" ("Scarf docs, Importing events",
 * 2026-06).
 */
export const SCARF_STATUSES: readonly StatusRule[] = [
  {
    status: '2xx',
    verdict: 'doubtful',
    meaning: 'taken, when the reply names an import; else as a lost reply',
  },
  { status: '400', verdict: 'declined', meaning: 'the request is not understood' },
  {
    status: '404',
    verdict: 'declined',
    meaning: 'an artifact does not exist; with --package or --pixel the run ends',
  },
  { status: '415', verdict: 'session', meaning: 'the next content type is tried, then the run ends' },
  { status: '422', verdict: 'declined', meaning: 'refused; "too many active imports" waits instead' },
];
