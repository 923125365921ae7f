import type { Machine } from '../../machine.ts';

/** The arguments and settings of one call. */
export interface ScheduleCall<Settings> {
  /** For `delete`. */
  id: string | undefined;
  settings: Settings;
  machine: Machine;
  signal: AbortSignal;
}
