/** One row of the table of inputs: a file as people have it, a command, and what becomes of it. */
import { readFileSync } from 'node:fs';

/** The clock of the machine and of the vendors. */
export const NOW = '2026-11-25T12:00:00Z';

/** Where the inputs are, to be opened and tried by hand. */
export const INPUTS = new URL('../../../fixtures/rows/cases/', import.meta.url);

export interface InputCase {
  /** Default: Scarf. */
  vendor?: 'scarf' | 'sumatra' | 'moesif' | 'loginsight';
  /** A file of `INPUTS`; it lies under its own name in the directory of the run. */
  input: string;
  /** In place of that file, where it is a repetition that nobody would read. */
  made?: string;
  /** Given on standard input, in one piece or in several. */
  pieces?: 'one' | 'many';
  flags?: string[];
  exit?: number;
  /** Read and rejected rows. */
  counts: [read: number, rejected: number];
  /** The reasons of the rejects, each once. */
  reasons?: string[];
  /** How many rows were changed, and noticed, in which way; ids that are filled in apart. */
  changes?: Record<string, number>;
  warnings?: Record<string, number>;
  /** What is said on the way. */
  says?: string;
  /** Of the first event at the vendor. */
  stored?: object;
}

/** The bytes of a file of `INPUTS`. */
export function readInput(input: string): Buffer {
  return readFileSync(new URL(input, INPUTS));
}
