/** What every command works with besides its own settings. */
import type { ExportEvent, RunEvent } from '../events.ts';
import type { Interruption } from '../interruption.ts';
import type { Machine } from '../machine.ts';

/** Observes a run that a program started. Must not throw. */
export interface Observer {
  onEvent(event: RunEvent | ExportEvent): void;
  /** The JSON document of the run, at its end. */
  onDocument(document: Record<string, unknown>): void;
}

export interface Context {
  machine: Machine;
  /** Interrupts commands that wait. */
  interruption: Interruption;
  version: string;
  observer?: Observer;
}

/** What a run takes from its caller, a command or a program. */
export type RunCaller = Pick<Context, 'machine' | 'interruption' | 'observer'> &
  Partial<Pick<Context, 'version'>>;
