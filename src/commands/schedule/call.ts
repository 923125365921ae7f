import type { Machine } from '../../machine.ts';

/** What a verb of `schedule` is called with. */
export interface ScheduleCall<Settings> {
  /** Of `delete`. */
  id: string | undefined;
  settings: Settings;
  machine: Machine;
  signal: AbortSignal;
}
