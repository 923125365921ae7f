/** The words of a check. */
import { countOf, formatBytes, formatCount, formatDuration } from '../terminal/numbers.ts';

export interface CheckFacts {
  valid: number;
  rejected: number;
  /** Rows of duplicate inputs. */
  skipped: number;
  requests: number;
  /** The total size of all bodies as sent. */
  bytes: number;
  /** Requests and bytes are near the truth. */
  estimated: boolean;
  /** What a request is called: an import at Scarf. */
  noun: 'import' | 'request';
}

/** `1,000 rows are valid; 3 would be rejected; it would take 2 imports, 4.1 MB`, or `about 27 imports, 165 MB`. */
export function checkVerdict(facts: CheckFacts): string {
  const { valid, rejected, skipped, requests, bytes, estimated, noun } = facts;
  const about = estimated ? 'about ' : '';
  const parts = [
    `${countOf(valid, 'row')} ${valid === 1 ? 'is' : 'are'} valid`,
    rejected === 0 ? 'none would be rejected' : `${formatCount(rejected)} would be rejected`,
    ...(skipped === 0 ? [] : [`${formatCount(skipped)} would be skipped`]),
    requests === 0
      ? 'nothing would be sent'
      : `it would take ${about}${countOf(requests, noun)}, ${formatBytes(bytes)}`,
  ];
  return parts.join('; ');
}

/** Of fewer bytes the time says how long it takes to start. */
const MIN_TIMED_BYTES = 8_000_000;

/** `read 1.2 GB in 4.1 s, 290 MB/s`: bytes as they are on disk; undefined for small inputs. */
export function checkSpeed({
  readBytes,
  durationMs,
}: {
  readBytes: number;
  durationMs: number;
}): string | undefined {
  if (readBytes < MIN_TIMED_BYTES || durationMs <= 0) return undefined;
  const rate = formatBytes((readBytes / durationMs) * 1000);
  return `read ${formatBytes(readBytes)} in ${formatDuration(durationMs)}, ${rate}/s`;
}

/** Of a check that ended early, or could not read an input, or of which a part is missing. */
export function checkIncomplete(read: number): string {
  return `incomplete: ${countOf(read, 'row')} ${read === 1 ? 'was' : 'were'} read`;
}
