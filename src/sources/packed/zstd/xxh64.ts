/**
 * XXH64 without a seed, the checksum of zstd (github.com/Cyan4973/xxHash, doc/xxhash_spec.md, 0.1.1), for Node.js that
 * has no zstd of its own.
 */

const prime1 = 0x9e3779b185ebca87n;
const prime2 = 0xc2b2ae3d27d4eb4fn;
const prime3 = 0x165667b19e3779f9n;
const prime4 = 0x85ebca77c2b2ae63n;
const prime5 = 0x27d4eb2f165667c5n;

const stripeBytes = 32;

export class Xxh64 {
  /** Four sums of 64 bits, each as its low and its high half: bigints are too slow for every byte. */
  readonly #sums = new Int32Array(
    [prime1 + prime2, prime2, 0n, -prime1].flatMap((sum) => [
      Number(BigInt.asIntN(32, sum)),
      Number(BigInt.asIntN(32, sum >> 32n)),
    ]),
  );
  #bytes = 0;
  /** Less than a stripe. */
  #rest: Uint8Array = new Uint8Array(0);

  update(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const end = all.length - (all.length % stripeBytes);
    const view = new DataView(all.buffer, all.byteOffset, end);
    for (let at = 0; at < end; at += stripeBytes) {
      for (let lane = 0; lane < 4; lane++) {
        addTo(
          this.#sums,
          2 * lane,
          view.getInt32(at + 8 * lane, true),
          view.getInt32(at + 8 * lane + 4, true),
        );
      }
    }
    this.#rest = Uint8Array.from(all.subarray(end));
  }

  /** The checksum of all bytes so far. */
  digest(): bigint {
    let hash = wrap((this.#bytes < stripeBytes ? prime5 : this.#joined()) + BigInt(this.#bytes));
    const rest = new DataView(this.#rest.buffer);
    let at = 0;
    for (; at + 8 <= rest.byteLength; at += 8) {
      hash = wrap(turned(hash ^ summand(rest.getBigUint64(at, true)), 27n) * prime1 + prime4);
    }
    for (; at + 4 <= rest.byteLength; at += 4) {
      hash = wrap(turned(hash ^ wrap(BigInt(rest.getUint32(at, true)) * prime1), 23n) * prime2 + prime3);
    }
    for (; at < rest.byteLength; at++) {
      hash = wrap(turned(hash ^ wrap(BigInt(rest.getUint8(at)) * prime5), 11n) * prime1);
    }
    hash = wrap((hash ^ (hash >> 33n)) * prime2);
    hash = wrap((hash ^ (hash >> 29n)) * prime3);
    return hash ^ (hash >> 32n);
  }

  #joined(): bigint {
    const sums = [...new BigUint64Array(this.#sums.buffer)];
    const turns = [1n, 7n, 12n, 18n];
    const joined = sums.reduce((hash, sum, lane) => hash + turned(sum, turns[lane] ?? 0n), 0n);
    return sums.reduce((hash, sum) => wrap((hash ^ summand(sum)) * prime1 + prime4), wrap(joined));
  }
}

/** What a number of 64 bits adds to a sum that is zero. */
function summand(number: bigint): bigint {
  return wrap(turned(wrap(number * prime2), 31n) * prime1);
}

function turned(number: bigint, bits: bigint): bigint {
  return wrap(number << bits) | (number >> (64n - bits));
}

function wrap(number: bigint): bigint {
  return BigInt.asUintN(64, number);
}

/** The same as `summand`, added to the sum at `index`, in halves of 32 bits. */
function addTo(sums: Int32Array, index: number, low: number, high: number): void {
  const productLow = Math.imul(low, 0x27d4eb4f);
  const productHigh =
    highOfProduct(low, 0x27d4eb4f) + Math.imul(high, 0x27d4eb4f) + Math.imul(low, 0xc2b2ae3d);
  const sumLow = ((sums[index] ?? 0) >>> 0) + (productLow >>> 0);
  const carry = sumLow > 0xffffffff ? 1 : 0;
  const sumHigh = (sums[index + 1] ?? 0) + productHigh + carry;
  const turnedLow = (sumLow << 31) | (sumHigh >>> 1);
  const turnedHigh = (sumHigh << 31) | (sumLow >>> 1);
  sums[index] = Math.imul(turnedLow, 0x85ebca87);
  sums[index + 1] =
    highOfProduct(turnedLow, 0x85ebca87) +
    Math.imul(turnedHigh, 0x85ebca87) +
    Math.imul(turnedLow, 0x9e3779b1);
}

/** The upper 32 bits of the product of two numbers of 32. */
function highOfProduct(left: number, right: number): number {
  const leftLow = left & 0xffff;
  const leftHigh = left >>> 16;
  const rightLow = right & 0xffff;
  const rightHigh = right >>> 16;
  const first = leftLow * rightHigh;
  const second = leftHigh * rightLow;
  const middle = ((leftLow * rightLow) >>> 16) + (first & 0xffff) + (second & 0xffff);
  return leftHigh * rightHigh + (first >>> 16) + (second >>> 16) + (middle >>> 16);
}
