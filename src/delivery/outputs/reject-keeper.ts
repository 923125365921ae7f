/** Keeps the rejects of chunks: finds the rows that the vendor refused, writes them, and reports them. */
import type { Supply } from '../../contracts/supply.ts';
import type { Piece, Reject, Rejection, Rejections } from '../../records.ts';
import type { DeliveryContext } from '../context.ts';
import type { FileLengths } from '../ledger/records.ts';
import { putRejects, rejectsPaths, withLinesOfInput } from './rejects.ts';
import type { RunFiles } from './run-files.ts';
import type { Settling } from '../send/settling.ts';

/** How many rejects are described and written together. */
const maxRejectsAtOnce = 10_000;

export interface RejectKeeperParts {
  files: Pick<RunFiles, 'outputs' | 'rejects'>;
  /** By input number. */
  supplies: readonly Supply[];
  context: Pick<DeliveryContext, 'machine' | 'emit'>;
}

export class RejectKeeper {
  readonly #parts: RejectKeeperParts;

  constructor(parts: RejectKeeperParts) {
    this.#parts = parts;
  }

  /** Writes rejects and reports them. Throws a Failure `local` when a file cannot be written. */
  async keep(rejects: readonly Reject[]): Promise<void> {
    if (rejects.length === 0) return;
    const { files, supplies, context } = this.#parts;
    const numbered = await withLinesOfInput(rejects, supplies);
    const placed = numbered.filter((reject) => reject.line > 0);
    await putRejects(placed, files.rejects, { files: files.outputs, supplies });
    context.machine.faultPoint('rejects-put');
    await files.outputs.flush();
    this.#tell(numbered);
  }

  /** Reports the rejects of a chunk that cannot be written. Returns how many rows the server refused. */
  async tellAll(chunk: Settling, rejected: Rejections): Promise<number> {
    const { localRejects } = chunk;
    const local = localRejects.kind === 'to-keep' ? localRejects.rows : [];
    const refused: Reject[] = [];
    for await (const located of this.#locate(chunk, rejected)) refused.push(...located);
    this.#tell(await withLinesOfInput([...local, ...refused], this.#parts.supplies));
    return refused.length;
  }

  #tell(rejects: readonly Reject[]): void {
    const { files, context } = this.#parts;
    for (const reject of rejects) {
      const path = files.rejects.inputPaths[reject.input] ?? '-';
      context.emit({ type: 'row-rejected', path, reject });
    }
  }

  /**
   * Takes rejects of a chunk out of their files again, which had these lengths. Never throws: a file that cannot be
   * shortened takes nothing more, and the next process shortens it.
   */
  async takeBack({ pieces }: Settling, lengths: FileLengths): Promise<void> {
    const { outputs, rejects } = this.#parts.files;
    const inputs = [...new Set(pieces.map(({ input }) => input))];
    const paths = inputs.flatMap((input) => Object.values(rejectsPaths(rejects, input)));
    for (const path of new Set(paths)) await outputs.takeBack(path, lengths[path] ?? 0);
  }

  /** Writes the rejects of a chunk that are not written yet; returns how many rows the server refused. */
  async keepAll(chunk: Settling, rejected: Rejections): Promise<number> {
    const { localRejects } = chunk;
    if (localRejects.kind === 'to-keep') {
      const rejects = [...localRejects.rows];
      for await (const located of this.#locate(chunk, rejected)) rejects.push(...located);
      await this.keep(rejects);
      return rejects.length - localRejects.rows.length;
    }
    let named = 0;
    for await (const rejects of this.#locate(chunk, rejected)) {
      await this.keep(rejects);
      named += rejects.length;
    }
    return named;
  }

  /**
   * Locates the refused rows in their inputs, from their index in the body; in batches, since the server may have
   * refused all. A row split into several events is one reject, however many were refused.
   */
  async *#locate(chunk: Settling, rejected: Rejections): AsyncGenerator<Reject[]> {
    let before = 0;
    let next = 0;
    for (const piece of chunk.pieces) {
      const end = before + piece.events;
      const first = next;
      const events: number[] = [];
      for (let row = rejected.at(next)?.row; row !== undefined && row < end; row = rejected.at(next)?.row) {
        events.push(row - before);
        next++;
      }
      if (events.length > 0) yield* this.#locateInPiece(piece, { events, rejected, first });
      before = end;
    }
    for (let at = next; at < rejected.length; at += maxRejectsAtOnce) {
      const unnamed = Array.from({ length: Math.min(maxRejectsAtOnce, rejected.length - at) }, (_, nth) =>
        rejected.at(at + nth),
      );
      yield unnamed.flatMap((rejection) => (rejection === undefined ? [] : [unplaced(chunk, rejection)]));
    }
  }

  /** `events`: indices of refused events in the piece; `first`: index of the rejection of the first one. */
  async *#locateInPiece(
    { input, range }: Piece,
    { events, rejected, first }: { events: readonly number[]; rejected: Rejections; first: number },
  ): AsyncGenerator<Reject[]> {
    const rows = (await this.#parts.supplies[input]?.locate(range, events)) ?? [];
    let rejects: Reject[] = [];
    let last = -1;
    for (const [nth, row] of rows.entries()) {
      const rejection = rejected.at(first + nth);
      if (rejection === undefined || row.from === last) continue;
      last = row.from;
      const { reason, message } = rejection;
      rejects.push({ input, ...row, reason, message, source: 'server' });
      if (rejects.length < maxRejectsAtOnce) continue;
      yield rejects;
      rejects = [];
    }
    yield rejects;
  }
}

/** The server did not name the row: it is counted and reported, but no row is kept. */
function unplaced(chunk: Settling, { reason, message }: Rejection): Reject {
  return { input: chunk.pieces[0]?.input ?? 0, from: 0, to: 0, line: 0, reason, message, source: 'server' };
}
