/** The interface between a verb and the program. */
import type { Command } from 'commander';
import type { Context } from '../application/context.ts';

/** A verb, declared on first use. Its action passes the exit code to `settle`. */
export interface Verb {
  name: string;
  summary: string;
  /** Help does not list it. */
  hidden?: true;
  /** Adds the command to the program. Its action resolves to an exit code. */
  load(): Promise<(program: Command, context: ActionContext) => void>;
}

export interface ActionContext extends Context {
  /** The names of all verbs. */
  verbs: readonly string[];
  /** Prints the help of a command as `--help` would; resolves to the exit code. */
  showHelp: (command: readonly string[]) => Promise<number>;
  /** The program with every verb declared; runs nothing. */
  wholeProgram: () => Promise<Command>;
  /** Receives the exit code of the action that ran. */
  settle: (exit: number) => void;
}
