/** What a diagnosis found out, one thing at a time. */
import type { FailureKind } from '../failure.ts';

export interface Finding {
  /** The subject of the check: `dns`, `token`. */
  check: string;
  /** `skipped`: it could not be checked, or there was nothing to check. */
  state: 'ok' | 'warning' | 'failed' | 'skipped';
  /** For people, in one line, without secrets. */
  message: string;
  /** What to do about it, as an imperative. */
  fix?: string;
  /** Of what failed: the kind of failure that a run would end with. */
  kind?: FailureKind;
}
