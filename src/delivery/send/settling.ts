/** A chunk to be settled, and the job that has it. */
import type { Chunk } from '../upload/chunks.ts';

/** What settling needs of a chunk, also of one sent by an earlier process. */
export interface Settling extends Pick<
  Chunk,
  'number' | 'pieces' | 'rows' | 'rejected' | 'localRejects' | 'isRepeat' | 'days'
> {
  /** Set when an earlier process sent it. `mayResend`: sending its rows again duplicates none, or is requested. */
  readonly earlier?: { readonly withoutId: number; readonly mayResend: boolean };
}

export interface Job {
  id: string;
  fields: Record<string, unknown>;
}
