/** A chunk that is being settled, and the job that has it. */
import type { Chunk } from '../upload/chunks.ts';

/** What is known of a chunk when it ends: enough to settle one that an earlier process had sent. */
export interface Settling extends Pick<
  Chunk,
  'number' | 'pieces' | 'rows' | 'rejected' | 'localRejects' | 'isRepeat'
> {
  /** Sent by an earlier process; `mayResend`: sending its rows once more doubles none, or is asked for. */
  readonly earlier?: { readonly withoutId: number; readonly mayResend: boolean };
}

export interface Job {
  id: string;
  fields: Record<string, unknown>;
}
