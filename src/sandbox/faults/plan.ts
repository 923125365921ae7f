import type { Vendor } from '../wire/router.ts';
import { createSelector, type Selection } from './selection.ts';

export const FAULT_KINDS = [
  'status',
  'reset',
  'reset-mid-body',
  'reset-mid-reply',
  'short-reply',
  'slow-reply',
  'delay',
  'garbage',
  'hang',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** A fault as data. Without `vendor` or `route` it applies to every vendor or route. */
export interface Fault extends Selection {
  vendor?: Vendor;
  route?: string;
  kind: FaultKind;
  /**
   * `before`: the vendor does not process the request. `after`: it does, and only the reply is affected.
   * Default: `before`, but `after` for `garbage`. The kinds named after a body or a reply ignore it.
   */
  at?: 'before' | 'after';
  /** For `status` (default 500) and `garbage` (default 200). */
  status?: number;
  body?: string;
  headers?: Record<string, string>;
  /** For `delay`: how long; for `slow-reply`: the pause before each 16 KiB of the reply. */
  delayMs?: number;
  /**
   * For the kinds that cut: how many bytes of the body or reply get through (default 1; for a reply, half of
   * it).
   */
  afterBytes?: number;
}

/** The faults that apply to one request. */
export interface AppliedFaults {
  delaysBeforeMs: number;
  delaysAfterMs: number;
  /** At most one fault ends the request: the first in the plan that applies. */
  ending: Fault | undefined;
  /** All kinds that apply to the request, for its log entry. */
  kinds: FaultKind[];
}

interface PlannedFault {
  fault: Fault;
  isHit: () => boolean;
}

/** Whether the fault takes effect before the vendor processes the request. */
export function takesEffectBefore(fault: Fault): boolean {
  if (fault.kind === 'reset-mid-body') return true;
  if (fault.kind === 'reset-mid-reply' || fault.kind === 'short-reply' || fault.kind === 'slow-reply')
    return false;
  return (fault.at ?? (fault.kind === 'garbage' ? 'after' : 'before')) === 'before';
}

/** The active faults, in order, each counting its own matching requests. */
export class FaultPlan {
  private planned: PlannedFault[] = [];

  constructor(faults: Fault[] = []) {
    this.append(faults);
  }

  append(faults: Fault[]): void {
    for (const fault of faults) this.planned.push({ fault, isHit: createSelector(fault) });
  }

  clear(): void {
    this.planned = [];
  }

  list(): Fault[] {
    return this.planned.map(({ fault }) => fault);
  }

  /** Counts the request for every matching fault, and returns the faults that apply to it. */
  apply(vendor: Vendor, route: string): AppliedFaults {
    const applied: AppliedFaults = { delaysBeforeMs: 0, delaysAfterMs: 0, ending: undefined, kinds: [] };
    for (const { fault, isHit } of this.planned) {
      if ((fault.vendor ?? vendor) !== vendor || (fault.route ?? route) !== route) continue;
      if (applied.ending !== undefined && fault.kind !== 'delay') continue;
      if (!isHit()) continue;
      applied.kinds.push(fault.kind);
      if (fault.kind !== 'delay') applied.ending = fault;
      else if (takesEffectBefore(fault)) applied.delaysBeforeMs += fault.delayMs ?? 0;
      else applied.delaysAfterMs += fault.delayMs ?? 0;
    }
    return applied;
  }
}
