/** The call of a verb of `scarf-cli config`. */

export type ConfigVerb = 'get' | 'set' | 'unset' | 'use' | 'list' | 'path' | 'edit';

/** The arguments and flags of one call. */
export interface ConfigCall {
  words: readonly string[];
  /** By spec name. */
  flags: Readonly<Record<string, unknown>>;
}
