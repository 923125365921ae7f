/** Runs one check with a time limit; an error is its finding. */
import { unlessAborted } from '../../concurrency.ts';
import type { Finding } from '../../contracts/finding.ts';
import { asFailure, Failure } from '../../failure.ts';
import type { Machine } from '../../machine.ts';

export interface CheckContext {
  machine: Machine;
  /** Aborts every check. */
  signal: AbortSignal;
}

/** The time limit of a check. */
const checkMs = 10_000;

/** Runs a check. It fails when it takes too long, is interrupted or throws; work that hangs is abandoned. */
export async function bounded(
  check: string,
  { machine, signal }: CheckContext,
  work: (signal: AbortSignal) => Promise<Finding[]>,
): Promise<Finding[]> {
  const late = new AbortController();
  const over = new AbortController();
  machine.sleep(checkMs, over.signal).then(
    () => late.abort(new Failure('unavailable', `no answer within ${checkMs / 1000} s`)),
    () => undefined,
  );
  const ends = AbortSignal.any([late.signal, signal]);
  try {
    return await unlessAborted(work(ends), ends);
  } catch (error) {
    return [failedFinding(check, ends.aborted ? ends.reason : error)];
  } finally {
    over.abort();
  }
}

/** The finding for what was thrown. */
export function failedFinding(check: string, thrown: unknown): Finding {
  const { hint, kind, message } = asFailure(thrown);
  return { check, state: 'failed', message, kind, ...(hint === undefined ? {} : { fix: hint }) };
}
