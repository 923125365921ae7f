/** What every verb works with beside its own settings. */
import type { ExportEvent, RunEvent } from '../events.ts';
import type { Interruption } from '../interruption.ts';
import type { Machine } from '../machine.ts';

/** Hears what a run does, where a program runs it. Throws nothing. */
export interface Observer {
  onEvent(event: RunEvent | ExportEvent): void;
  /** The JSON document of the run, at its end. */
  onDocument(document: Record<string, unknown>): void;
}

export interface Context {
  machine: Machine;
  /** Ends what waits before its time. */
  interruption: Interruption;
  version: string;
  observer?: Observer;
}
