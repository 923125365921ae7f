/** What the command line says to a verb of `scarf-cli config`. */

export type ConfigVerb = 'get' | 'set' | 'unset' | 'use' | 'list' | 'path' | 'edit';

/** One call of a verb: its words, and the flags that were given. */
export interface ConfigCall {
  words: readonly string[];
  /** By spec name. */
  flags: Readonly<Record<string, unknown>>;
}
