/** Identifies inputs by content, never by path. */
import { createHash } from 'node:crypto';
import type { Input } from '../contracts/input.ts';

/** How much of the beginning identifies an input. */
export const headBytes = 64 * 1024;

/** SHA-256 in hex of the first `length` decompressed bytes; `length` is less than asked when the input is shorter. */
export interface HeadDigest {
  sha256: string;
  length: number;
}

/** Digest of the first `length` bytes. A later one of the same length tells whether a file that grew is still the same. @internal */
export async function headDigest(input: Input, length = headBytes): Promise<HeadDigest> {
  const { sha256, bytes } = await shaOfRange(input, 0, length);
  return { sha256, length: bytes };
}

/**
 * Finds inputs with the same bytes as an earlier one: maps their index to the index of the first. Streams are
 * left out, because they can be read only once. Most inputs cost one read of their beginning; only those that
 * agree in beginning and size are read completely. Objects cost nothing, unless they have the size of another input and a
 * version of their own.
 */
export async function sameContent(inputs: readonly Input[]): Promise<Map<number, number>> {
  const same = sameVersions(inputs);
  const sizes = new Map<number | undefined, number>();
  const left = [...inputs.entries()].filter(([index]) => !same.has(index));
  for (const [, { sourceBytes }] of left) sizes.set(sourceBytes, (sizes.get(sourceBytes) ?? 0) + 1);
  const doubtful = left.filter(
    ([, { version, sourceBytes }]) => version === undefined || (sizes.get(sourceBytes) ?? 0) > 1,
  );
  for (const candidates of await groupByHead(new Map(doubtful))) {
    const firstByDigest = new Map<string, number>();
    for (const index of candidates) {
      const digest = await wholeDigest(inputs[index]);
      const first = firstByDigest.get(digest);
      if (first === undefined) firstByDigest.set(digest, index);
      else same.set(index, first);
    }
  }
  return same;
}

function sameVersions(inputs: readonly Input[]): Map<number, number> {
  const same = new Map<number, number>();
  const firstByVersion = new Map<string, number>();
  for (const [index, { version }] of inputs.entries()) {
    if (version === undefined) continue;
    const first = firstByVersion.get(version);
    if (first === undefined) firstByVersion.set(version, index);
    else same.set(index, first);
  }
  return same;
}

/** Groups of two or more inputs that may be the same. */
async function groupByHead(inputs: ReadonlyMap<number, Input>): Promise<number[][]> {
  const groups = new Map<string, number[]>();
  for (const [index, input] of inputs) {
    if (input.kind === 'stream') continue;
    const key = await headKey(input);
    if (key !== undefined) groups.set(key, [...(groups.get(key) ?? []), index]);
  }
  return [...groups.values()]
    .filter((members) => members.length > 1)
    .flatMap((members) => bySize(inputs, members));
}

/** Undefined for an input that cannot be read: the delivery reports the error. */
async function headKey(input: Input): Promise<string | undefined> {
  try {
    const { sha256, length } = await headDigest(input);
    return `${length}:${sha256}`;
  } catch {
    return undefined;
  }
}

/** Plain files of different sizes differ; a packed file may equal any of them. */
function bySize(inputs: ReadonlyMap<number, Input>, members: readonly number[]): number[][] {
  if (members.some((index) => inputs.get(index)?.kind === 'gzip')) return [[...members]];
  const sizes = new Map<number | undefined, number[]>();
  for (const index of members) {
    const size = inputs.get(index)?.sourceBytes;
    sizes.set(size, [...(sizes.get(size) ?? []), index]);
  }
  return [...sizes.values()].filter((group) => group.length > 1);
}

async function wholeDigest(input: Input | undefined): Promise<string> {
  if (!input) return 'missing';
  try {
    const { sha256, bytes } = await shaOfRange(input, 0, undefined);
    return `${bytes}:${sha256}`;
  } catch {
    return `unreadable:${input.path}`;
  }
}

async function shaOfRange(
  input: Input,
  from: number,
  to: number | undefined,
): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const slab of input.read(from, to)) {
    hash.update(slab.bytes);
    bytes += slab.bytes.length;
    slab.release();
  }
  return { sha256: hash.digest('hex'), bytes };
}
