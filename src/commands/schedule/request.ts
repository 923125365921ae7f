import type { Settings } from '../../settings/resolve.ts';

/** What `schedule` was asked to do, as one plain value. */
export interface ScheduleRequest {
  verb: 'create' | 'list' | 'history' | 'delete' | 'policy' | 'verify';
  /** Of `delete`. */
  id: string | undefined;
  /** By the names of the option specs. */
  values: Settings['values'];
}
