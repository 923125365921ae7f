/** Runs that have a part of the inputs each (`--shard`): what they know for one another, and what they do not share. */
import type { Input } from '../../contracts/input.ts';
import { Failure } from '../../failure.ts';
import type { Span } from '../../records.ts';
import { cutRange, type KnownRange } from '../ledger/ranges.ts';
import type { FoundRun } from '../ledger/ledger.ts';
import type { RunPart } from '../ledger/records.ts';
import { isFinished, type RunInput } from '../ledger/run-state.ts';
import { bytesAt } from './input-identity.ts';

const NEWLINE = 0x0a;

/** Whether a run of one part may go on as the other. */
export function isSamePart(one: RunPart | undefined, other: RunPart | undefined): boolean {
  return one?.index === other?.index && one?.of === other?.of && one?.list === other?.list;
}

export function isSameSpan(one: Span | undefined, other: Span | undefined): boolean {
  return one?.from === other?.from && one?.to === other?.to;
}

/** Whether a range has bytes of the span. */
export function overlaps({ from, to }: { from: number; to: number }, span: Span | undefined): boolean {
  return span === undefined || (from < (span.to ?? Number.POSITIVE_INFINITY) && span.from < to);
}

/**
 * What an earlier run knows of the bytes that this one has, with lines numbered as here. Whichever part of the input
 * it had, what it delivered is delivered.
 */
export async function knownWithin(
  { input, span }: { input: Input; span?: Span | undefined },
  earlier: Pick<RunInput, 'ranges' | 'span'>,
): Promise<KnownRange[]> {
  const near = earlier.ranges.filter((range) => overlaps(range, span));
  const here = span?.from ?? 0;
  const there = earlier.span?.from ?? 0;
  if (near.length === 0) return [];
  const lines = here === there ? 0 : Math.sign(there - here) * (await linesBetween(input, here, there));
  const renumbered = near.map((range) => ({
    ...range,
    line: range.line + lines,
    nextLine: range.nextLine + lines,
  }));
  if (span === undefined) return renumbered;
  const cut: KnownRange[] = [];
  for (const range of renumbered) cut.push(await within(range, { input, span }));
  return cut;
}

/** The part of a range in a span, where a line 1 begins. */
async function within(range: KnownRange, { input, span }: { input: Input; span: Span }): Promise<KnownRange> {
  const from = Math.max(range.from, span.from);
  const to = Math.min(range.to, span.to ?? range.to);
  if (from === range.from && to === range.to) return range;
  const line = from === range.from ? range.line : 1;
  const lines = await countLines(input, from, to);
  return cutRange(range, { from, to, line, nextLine: line + lines, lines });
}

/** How many lines there are in `[from, to)`, the last one with or without its end. */
async function countLines(input: Input, from: number, to: number): Promise<number> {
  const [last] = await bytesAt(input, to - 1, 1);
  return (await countLineEnds(input, from, to)) + (last === NEWLINE ? 0 : 1);
}

function linesBetween(input: Input, one: number, other: number): Promise<number> {
  return countLineEnds(input, Math.min(one, other), Math.max(one, other));
}

/** How many line ends there are in `[from, to)`. */
export async function countLineEnds(input: Input, from: number, to: number): Promise<number> {
  let count = 0;
  for await (const slab of input.read(from, to)) {
    const { bytes } = slab;
    for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
    slab.release();
  }
  return count;
}

/**
 * Throws a Failure `usage` when another part of these inputs is under way, or was left, that was cut out of another
 * list: together they would have gaps. Of parts that are finished `runs merge` tells.
 */
export function refuseOtherList(
  runs: readonly FoundRun[],
  {
    recipe,
    part,
    paths,
  }: { recipe: string; part: RunPart | undefined; paths: ReadonlySet<string | undefined> },
): void {
  if (part === undefined) return;
  for (const { run, state } of runs) {
    const theirs = state.start.part;
    if (theirs === undefined || theirs.of !== part.of || theirs.list === part.list) continue;
    if (state.start.recipe !== recipe || state.forgotten || isFinished(state)) continue;
    const shared = [...state.inputs.values()].find(({ path }) => paths.has(path));
    if (shared === undefined) continue;
    throw new Failure(
      'usage',
      `run ${run} has part ${theirs.index} of ${theirs.of} of another list of inputs: names or sizes have changed since`,
      {
        hint: `all parts need the same files: finish that run with its list, or give it up ("scarf-cli runs forget ${run}")`,
      },
    );
  }
}
