/** What a delivery is given. */
import type { Supply } from '../contracts/supply.ts';
import type { Target } from '../contracts/target.ts';
import type { DeliveryContext } from './context.ts';
import type { DeliveryOptions } from './options.ts';
import type { RunFiles } from './outputs/run-files.ts';
import type { Session } from './resume/session.ts';
import type { Doubts } from './send/doubts.ts';

/** What is left to do, as far as ledgers know it. */
export type DeliveryWork = Pick<
  Session,
  'plan' | 'adopted' | 'lost' | 'sentBefore' | 'endedJobs' | 'nextChunk'
>;

export interface Delivery {
  target: Target;
  work: DeliveryWork;
  /** By the numbers of the inputs. */
  supplies: readonly Supply[];
  files: RunFiles;
  /** At any time: what an end that waits for nothing would leave in doubt. */
  doubts: Doubts;
  options: DeliveryOptions;
  context: DeliveryContext;
}
