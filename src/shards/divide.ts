/** The inputs of one part: which files, and which bytes of those that are cut. */
import { createHash } from 'node:crypto';
import type { Input } from '../contracts/input.ts';
import { Failure } from '../failure.ts';
import type { Span } from '../records.ts';
import { lineStartFrom } from './lines.ts';
import { portionsOf, type Portion, type ShardWay } from './plan.ts';
import type { Shard } from './shard.ts';

/** An input of a part. `span`: from line start to line start; without it all of it. */
export interface Share {
  input: Input;
  span?: Span;
}

export interface DivideOptions {
  shard: Shard;
  way: ShardWay;
  /** Whether the input may be cut at line starts: plain NDJSON. Asked only where a cut goes through one. */
  isCuttable: (input: Input) => Promise<boolean>;
}

/**
 * What one part has of the inputs, in their order. A line belongs to the part in which it begins, as in Hadoop;
 * what cannot be cut goes whole to the part that holds its first byte. Throws a Failure `usage` for a pipe.
 */
export async function divideInputs(
  inputs: readonly Input[],
  { shard, way, isCuttable }: DivideOptions,
): Promise<Share[]> {
  const shares: Share[] = [];
  for (const portion of portionsOf(sizesOf(inputs), shard, way)) {
    const input = inputs[portion.input]!;
    if (portion.isWhole) shares.push({ input });
    else if (await isCuttable(input)) shares.push(...(await cut(input, portion)));
    else if (portion.from === 0) shares.push({ input });
  }
  return shares;
}

/**
 * Digest of the list that is divided, by which parts notice that they are not of one whole: names and sizes in
 * order, and the way. A file that grew between two parts would be cut elsewhere.
 */
export function listDigest(inputs: readonly Input[], way: ShardWay): string {
  const sizes = sizesOf(inputs);
  const names = inputs.map(({ path }, index) => [path, sizes[index]]);
  return createHash('sha256')
    .update(JSON.stringify([way, names]))
    .digest('hex');
}

/** Throws a Failure `usage` for a pipe: nobody knows how long it is, and only one part could read it. */
export function refusePipes(inputs: readonly Input[]): void {
  const pipe = inputs.find(({ kind }) => kind === 'stream');
  if (pipe === undefined) return;
  const name = pipe.path === '-' ? 'standard input' : `${pipe.path} (a pipe)`;
  throw new Failure('usage', `--shard: ${name} cannot be divided`, {
    hint: 'write it to a file first, or leave --shard away',
  });
}

function sizesOf(inputs: readonly Input[]): number[] {
  refusePipes(inputs);
  return inputs.map(({ sourceBytes = 0 }) => sourceBytes);
}

/** None, when no line begins in the portion. */
async function cut(input: Input, portion: Portion): Promise<Share[]> {
  const isLast = portion.to === input.sourceBytes;
  const from = await lineStartFrom(input, portion.from);
  const to = isLast ? undefined : await lineStartFrom(input, portion.to);
  const end = to ?? input.sourceBytes ?? 0;
  if (from === undefined || from >= end) return [];
  if (to === undefined || to === input.sourceBytes)
    return [{ input, ...(from === 0 ? {} : { span: { from } }) }];
  return [{ input, span: { from, to } }];
}
