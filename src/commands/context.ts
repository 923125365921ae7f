/** What every command gets beside its own options. */
import type { Command } from 'commander';
import type { Interruption } from '../interruption.ts';
import type { Machine } from '../machine.ts';

export interface Context {
  machine: Machine;
  /** Ends what waits before its time. */
  interruption: Interruption;
  version: string;
}

/** A verb: declared on first use. `run` gives the exit code to `settle`. */
export interface Verb {
  name: string;
  summary: string;
  /** Adds the command to the program. Its action resolves to an exit code. */
  load(): Promise<(program: Command, context: ActionContext) => void>;
}

export interface ActionContext extends Context {
  /** Takes the exit code of the action that ran. */
  settle: (exit: number) => void;
}
