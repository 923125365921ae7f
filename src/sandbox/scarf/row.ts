import { isUtf8 } from 'node:buffer';
import { isObject } from '../wire/body.ts';
import type { Line } from '../wire/lines.ts';
import type { ScarfSettings } from './options.ts';

/** One entry of an import's log, as `event-import.json` has it (scarf-sh/docs, 2026-06-08). */
export interface ImportLog {
  type: 'progress' | 'failed-to-decode' | 'artifact-not-found';
  class: 'info' | 'warning' | 'error';
  line?: number;
  human_friendly_message?: string;
  events_count?: number;
  failed_events_count?: number;
  package_id?: string;
  tracking_pixel_id?: string;
}

export type RowVerdict =
  | { kind: 'blank' }
  | { kind: 'event'; id: string | null; isOld: boolean }
  | { kind: 'failed'; entry: ImportLog };

export interface RowRules {
  /** Whether each row names its artifact, or the path names it for all. */
  artifactFromRow: boolean;
  knowsArtifact: (kind: 'package' | 'pixel', id: string) => boolean;
  pixelKey: ScarfSettings['pixelKey'];
  oldestMs: number;
}

const BLANK = /^[ \t]*$/;
const DATE_TIME = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;

/** Validates one line of an upload as the import does, after the 200. */
export function judgeRow(line: Line, rules: RowRules): RowVerdict {
  if (line === null || !isUtf8(line)) return failedToDecode('Not a valid JSON object');
  const text = line.toString('utf8');
  if (BLANK.test(text)) return { kind: 'blank' };
  const row = parseObject(text);
  if (row === undefined) return failedToDecode('Not a valid JSON object');
  const timeMs = readTimeMs(row['$time']);
  if (timeMs === undefined) return failedToDecode('Missing or invalid $time');
  const id = row['$unique_id'];
  if (id !== undefined && id !== null && typeof id !== 'string') return failedToDecode('Invalid $unique_id');
  const missing = rules.artifactFromRow ? missingArtifact(row, rules) : undefined;
  if (missing !== undefined) return { kind: 'failed', entry: missing };
  return { kind: 'event', id: id ?? null, isOld: timeMs < rules.oldestMs };
}

export function failedToDecode(message: string): RowVerdict {
  return {
    kind: 'failed',
    entry: { type: 'failed-to-decode', class: 'error', human_friendly_message: message },
  };
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** A date-time with a zone, or a number; its undocumented unit is guessed by magnitude. */
function readTimeMs(value: unknown): number | undefined {
  if (typeof value === 'number') return value < 1e11 ? value * 1000 : value < 1e14 ? value : value / 1000;
  if (typeof value !== 'string' || !DATE_TIME.test(value)) return undefined;
  const timeMs = Date.parse(value);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

/**
 * Specification and prose name the pixel's key differently; a key that the parser does not read counts as
 * missing.
 */
function missingArtifact(row: Record<string, unknown>, rules: RowRules): ImportLog | undefined {
  const packageId = row['$package'];
  const pixelId = rules.pixelKey === 'both' ? (row['$tracking_pixel'] ?? row['$pixel']) : row[rules.pixelKey];
  const entry: ImportLog = { type: 'artifact-not-found', class: 'error' };
  if (typeof packageId === 'string') {
    if (rules.knowsArtifact('package', packageId)) return undefined;
    return { ...entry, package_id: packageId, human_friendly_message: `Package ${packageId} not found` };
  }
  if (typeof pixelId === 'string') {
    if (rules.knowsArtifact('pixel', pixelId)) return undefined;
    return {
      ...entry,
      tracking_pixel_id: pixelId,
      human_friendly_message: `Tracking pixel ${pixelId} not found`,
    };
  }
  return { ...entry, human_friendly_message: 'The event names no package and no tracking pixel' };
}
