/** Files that record the outcome of rows. */
import type { Ledger } from '../ledger/ledger.ts';
import type { OutputFiles } from './output-files.ts';
import type { RejectsLocation } from './rejects.ts';
import type { ReplyWriter } from './replies.ts';

export interface RunFiles {
  ledger: Ledger;
  /** Rejects and replies, at any path. */
  outputs: OutputFiles;
  rejects: RejectsLocation;
  /** Undefined: replies are not kept. */
  replies: ReplyWriter | undefined;
}
