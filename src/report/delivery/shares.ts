/** Whether a count is within what a user allows. */
import type { Share } from '../../records.ts';

/** At most `allowed`, as a count or as a share of `whole`; false when nothing is allowed. */
export function isShareOf(count: number, whole: number, allowed: Share | undefined): boolean {
  if (allowed === undefined) return false;
  return 'count' in allowed ? count <= allowed.count : count <= allowed.share * whole;
}
