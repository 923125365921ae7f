/** Events at the end of a delivery: inputs that were left out, and why it stopped. */
import type { DeliveryEnd } from '../../../delivery/deliver.ts';
import type { RunEvent } from '../../../events.ts';
import type { Tally } from '../../../report/delivery/tally.ts';
import { failedEvent } from '../../reporter.ts';
import type { DuplicateInput } from '../setup/inputs/inputs.ts';

export interface EndedDelivery extends DeliveryEnd {
  duplicates: readonly DuplicateInput[];
  /** Another part may have the rows. */
  isPart: boolean;
}

/** The events, to be emitted one by one: `tally` counts each before the next is made. */
export function* endEvents(
  { stopped, openJobs, duplicates, isPart }: EndedDelivery,
  tally: Pick<Tally, 'inputs' | 'counts' | 'notices' | 'failures'>,
): Generator<RunEvent> {
  for (const duplicate of duplicates) yield* leftOut(duplicate, tally.inputs);
  switch (stopped?.why) {
    case undefined:
      if (!isPart) yield* withoutRows(tally);
      return;
    case 'failure':
      yield failedEvent(stopped.failure);
      return;
    case 'rejects':
      yield {
        type: 'warned',
        code: 'too-many-rejects',
        message: `stopped: ${stopped.message}`,
        hint: stopped.countRest
          ? 'the other rows were not sent: raise --max-rejects and run it again'
          : 'what follows was not sent: correct the options or the input, then run it again',
      };
      return;
    case 'deadline':
      yield { type: 'stopping', why: 'stopped at the deadline', cause: stopped, jobs: openJobs };
      return;
    case 'signal':
      yield { type: 'stopping', why: `stopped by ${stopped.signal}`, cause: stopped, jobs: openJobs };
      return;
  }
}

/** A command that wrote nothing into a pipe looks like a success: its exit code is lost without `pipefail`. */
function* withoutRows({
  inputs,
  counts,
  notices,
  failures,
}: Pick<Tally, 'inputs' | 'counts' | 'notices' | 'failures'>): Generator<RunEvent> {
  const [first] = inputs;
  // Of an input that could not be read, nobody knows whether it holds rows.
  if (first === undefined || counts.read > 0 || failures.length > 0) return;
  if (notices.some(({ code }) => code === 'last-row-held-back')) return;
  const only = first.path === '-' ? 'standard input' : first.path;
  const message =
    inputs.length === 1 ? `${only} holds no rows` : `none of the ${inputs.length} inputs holds a row`;
  yield { type: 'warned', code: 'no-rows', message };
}

function* leftOut({ input, sameAs }: DuplicateInput, inputs: Tally['inputs']): Generator<RunEvent> {
  const rows = inputs.find((report) => report?.path === sameAs.path)?.rows ?? 0;
  const number = inputs.length;
  yield { type: 'input-opened', input: number, path: input.path, sourceBytes: 0 };
  yield { type: 'input-skipped', input: number, path: input.path, sameAs: sameAs.path, rows };
  const message = `${input.path} holds the same bytes as ${sameAs.path}: skipped`;
  yield { type: 'warned', code: 'same-input', message };
}
