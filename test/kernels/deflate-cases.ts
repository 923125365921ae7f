/** Blocks that are hard on a compressor: edges of its windows, matches and codes, and rows as they are delivered. */

/** Numbers from a seed, the same ones each time. */
export function numbersFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export type Numbers = ReturnType<typeof numbersFrom>;

export function randomBytes(length: number, below: Numbers, values = 256): Buffer {
  return Buffer.from(Array.from({ length }, () => below(values)));
}

/** Events with an id each, as they leave for Scarf. */
export function eventRows(bytes: number, below: Numbers): Buffer {
  const rows: string[] = [];
  for (let length = 0; length < bytes;) {
    const row = JSON.stringify({
      $time: new Date(1_780_000_000_000 + rows.length * 137).toISOString(),
      $unique_id: hex([8, 4, 4, 4, 12], below),
      $package: '970493a1-4ca0-4a4d-a085-fdce578e5a08',
      $version: `${below(9)}.${below(30)}.${below(9)}`,
      $remote_address: `203.0.${below(256)}.${below(256)}`,
      platform: ['linux/amd64', 'darwin/arm64', 'windows/amd64'][below(3)],
    });
    rows.push(`${row}\n`);
    length += row.length + 1;
  }
  return Buffer.from(rows.join('')).subarray(0, bytes);
}

function hex(lengths: readonly number[], below: Numbers): string {
  return lengths.map((length) => Array.from({ length }, () => below(16).toString(16)).join('')).join('-');
}

/** The same `period` bytes again and again: matches of every length, many of them pieces of 258. */
export function periodic(period: number, length: number, below: Numbers): Buffer {
  const pattern = randomBytes(period, below);
  return Buffer.from(Array.from({ length }, (_, index) => pattern[index % period] ?? 0));
}

/** A text and, `distance` bytes behind its beginning, the same text again. */
export function repeatedAt(distance: number, length: number, below: Numbers): Buffer {
  const text = randomBytes(length, below);
  const between = randomBytes(Math.max(0, distance - length), below);
  return Buffer.concat([text, between, text, Buffer.alloc(200, 0x20)]);
}

/** Counts as in Fibonacci's row: a code without a limit would need 26 bits. */
export function skewed(below: Numbers): Buffer {
  const bytes: number[] = [];
  let [count, next] = [1, 1];
  for (let value = 0; value < 22; value++) {
    for (let times = 0; times < count; times++) bytes.push(value * 7 + 1);
    [count, next] = [next, count + next];
  }
  for (let index = bytes.length - 1; index > 0; index--) {
    const other = below(index + 1);
    [bytes[index], bytes[other]] = [bytes[other] ?? 0, bytes[index] ?? 0];
  }
  return Buffer.from(bytes);
}

/** Every fourth run of literals, the one that the code is built from, differs from the others. */
export function unlikeItsSample(phase: number, below: Numbers): Buffer {
  const parts: Buffer[] = [];
  for (let run = 0; run < 20_000; run++) {
    parts.push(Buffer.from(', "key-that-matches-always":'));
    const isSampled = run % 4 === phase;
    parts.push(isSampled ? Buffer.alloc(6, 0x61) : Buffer.alloc(6, 0x80 + below(128)));
  }
  return Buffer.concat(parts);
}

/** Stretches of noise, of one byte, of what stood before, and of JSON, in any order. */
export function mixed(length: number, below: Numbers): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length;) {
    const size = Math.min(length - at, 1 + below(20_000));
    const kind = below(4);
    if (kind === 0) randomBytes(size, below).copy(bytes, at);
    else if (kind === 1) bytes.fill(below(256), at, at + size);
    else if (kind === 2 && at > 0) {
      const distance = 1 + below(at);
      for (let index = 0; index < size; index++) bytes[at + index] = bytes[at + index - distance] ?? 0;
    } else eventRows(size, below).copy(bytes, at);
    at += size;
  }
  return bytes;
}
