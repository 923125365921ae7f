/** What the parts of a delivery work with. */
import type { Machine } from '../../machine.ts';
import type { Interruption } from '../../interruption.ts';
import type { LedgerRecord } from '../../delivery/ledger/records.ts';
import type { Target } from '../../contracts/target.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';
import type { Settings } from '../../settings/resolve.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import type { NamedFile } from '../claims.ts';
import type { RemoteOutputs } from '../remote-outputs.ts';
import type { DeliverySettings } from '../options/delivery.ts';
import type { DeliveryReporter } from './reporter.ts';
import type { ForcedEnd } from './end/forced-end.ts';
import type { DuplicateInput, ResumedStreams } from './setup/inputs/inputs.ts';
import type { RowMaker, ReadableInput } from './setup/rows.ts';
import type { ResumedPart } from './setup/inputs/shares.ts';
import type { Recipe } from './setup/recipe.ts';
import type { GivenInput } from '../../delivery/resume/matches.ts';
import type { LockSet } from '../../disk/lock/lock-set.ts';

export interface DeliveryCommand {
  /** As typed: `import`. */
  command: string;
  vendor: Vendor;
  patterns: readonly string[];
  specs: readonly OptionSpec[];
  settings: Settings<DeliverySettings> & { secretFiles?: readonly NamedFile[] };
  /** Only look: nothing is sent and nothing is kept. */
  check?: { show: number };
  /** An interrupted run whose streams are read from where they were spooled. */
  resumes?: ResumedStreams;
  /** An interrupted run of a part, which keeps what it has. */
  resumesPart?: ResumedPart;
}

/** A delivery whose options are read: what is sent, how, and under which names. */
export interface ResolvedDelivery {
  command: DeliveryCommand;
  /** With local paths in place of addresses. */
  settings: DeliverySettings;
  recipe: Recipe;
  paths: RunPaths;
}

export interface RunPaths {
  /** The name of the run, should a new one begin. */
  run: string;
  /** Undefined: nothing is kept from which a later run could go on. */
  stateDirectory: string | undefined;
  /** Where pipes are spooled. */
  spool: string;
}

/** What a run works with, whatever it delivers. */
export interface RunContext {
  machine: Machine;
  interruption: Interruption;
  report: DeliveryReporter;
  forcedEnd: ForcedEnd;
}

/** All that a run is made of, before its inputs are known. */
export interface RunParts {
  resolved: ResolvedDelivery;
  context: RunContext;
  target: Target;
  rowMaker: RowMaker;
  /** Uploads rejects and replies whose options name a bucket, and gives their addresses there. */
  outputs: Pick<RemoteOutputs<DeliverySettings>, 'publish' | 'nameOf'>;
  /** Takes the records of a ledger that is not kept, when they are needed at the end. */
  remembered: LedgerRecord[] | undefined;
}

/** The inputs of a run, once they are identified. */
export interface RunInputs {
  given: readonly GivenInput[];
  /** In the order of `given`. */
  readable: readonly ReadableInput[];
  duplicates: readonly DuplicateInput[];
  locks?: LockSet | undefined;
}
