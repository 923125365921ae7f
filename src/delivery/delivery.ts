/** Input of a delivery. */
import type { Supply } from '../contracts/supply.ts';
import type { Target } from '../contracts/target.ts';
import type { DeliveryContext } from './context.ts';
import type { DeliveryOptions } from './options.ts';
import type { RunFiles } from './outputs/run-files.ts';
import type { Session } from './resume/session.ts';
import type { Doubts } from './send/doubts.ts';

/** Remaining work, as recorded in the ledgers. */
export type DeliveryWork = Pick<
  Session,
  'plan' | 'adopted' | 'lost' | 'sentBefore' | 'endedJobs' | 'nextChunk'
>;

export interface Delivery {
  target: Target;
  work: DeliveryWork;
  /** Indexed by input number; without an element where an input of the run that goes on is not given again. */
  supplies: readonly Supply[];
  files: RunFiles;
  /** Chunks whose outcome would be unknown if the process ended now. */
  doubts: Doubts;
  options: DeliveryOptions;
  context: DeliveryContext;
}
