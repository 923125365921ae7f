/** What every verb works with beside its own settings. */
import type { Interruption } from '../interruption.ts';
import type { Machine } from '../machine.ts';

export interface Context {
  machine: Machine;
  /** Ends what waits before its time. */
  interruption: Interruption;
  version: string;
}
