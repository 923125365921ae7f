/** Compares a count with a limit of the user. */
import type { Share } from '../../records.ts';

/** Whether `count` is at most `allowed`, a count or a share of `whole`; false without a limit. */
export function isShareOf(count: number, whole: number, allowed: Share | undefined): boolean {
  if (allowed === undefined) return false;
  return 'count' in allowed ? count <= allowed.count : count <= allowed.share * whole;
}
