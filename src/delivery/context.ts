/** Shared by all parts of a delivery. */
import type { Emit } from '../events.ts';
import type { Machine } from '../machine.ts';
import type { Stopping } from './stopping.ts';

export interface DeliveryContext {
  machine: Machine;
  emit: Emit;
  stopping: Stopping;
}
