/** What a diagnosis found out, one thing at a time. */
import type { FailureKind } from '../failure.ts';

export interface Finding {
  /** What was looked at: `dns`, `token`. */
  check: string;
  /** `skipped`: it could not be looked at, or there was nothing to look at. */
  state: 'ok' | 'warning' | 'failed' | 'skipped';
  /** For people, in one line, without secrets. */
  message: string;
  /** What to do about it, as an imperative. */
  fix?: string;
  /** Of what failed: the kind of failure that a run would end with. */
  kind?: FailureKind;
}
