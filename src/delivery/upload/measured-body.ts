/** Bodies of which only the size matters, as blocks do that come with their length alone. */
import type { Block } from '../../records.ts';
import { startBody, type BodyBuilder } from './body.ts';

/** What the blocks that were compressed say of those that were not. */
export class PackedSize {
  #rawBytes = 0;
  #packedBytes = 0;
  /** Whether any size was estimated. */
  isEstimated = false;

  see({ deflated }: Block): void {
    this.#rawBytes += deflated?.rawLength ?? 0;
    this.#packedBytes += deflated?.bytes.length ?? 0;
  }

  /** About how large so many bytes become; as large as they are when nothing was compressed yet. */
  estimate(rawBytes: number): number {
    this.isEstimated = true;
    return this.#rawBytes === 0 ? rawBytes : Math.ceil((rawBytes * this.#packedBytes) / this.#rawBytes);
  }
}

/** Starts a body that is never sent. Blocks with their length alone count with what `size` makes of it. */
export function measuringBody(size: PackedSize): typeof startBody {
  return (pool, options): BodyBuilder => {
    const body = startBody(pool, options);
    const missing = { bytes: 0, rawBytes: 0, events: 0 };
    return {
      settledTo: (blocks) => body.settledTo(blocks),
      release: () => body.release(),
      abandon: () => body.abandon(),
      add(block) {
        if (block.measuredLength === undefined) {
          size.see(block);
          body.add(block);
          return;
        }
        missing.bytes += size.estimate(block.measuredLength);
        missing.rawBytes += block.measuredLength;
        missing.events += block.events;
        block.release();
      },
      get wireLength() {
        return body.wireLength + missing.bytes;
      },
      get rawLength() {
        return body.rawLength + missing.rawBytes;
      },
      async finish() {
        const { byteLength, rawLength, events, ...rest } = await body.finish();
        return {
          ...rest,
          byteLength: byteLength + missing.bytes,
          rawLength: rawLength + missing.rawBytes,
          events: events + missing.events,
        };
      },
    };
  };
}
