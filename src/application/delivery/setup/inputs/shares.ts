/** Which inputs, and which bytes of them, a delivery has: all, or the part that `--shard` names. */
import type { Input } from '../../../../contracts/input.ts';
import type { Supply } from '../../../../contracts/supply.ts';
import type { RunPart } from '../../../../delivery/ledger/records.ts';
import { countLineEnds } from '../../../../delivery/resume/parts.ts';
import type { Span } from '../../../../records.ts';
import { divideInputs, listDigest, refusePipes, type Share } from '../../../../shards/divide.ts';
import { resolveShard, type Shard } from '../../../../shards/shard.ts';
import type { Machine } from '../../../../machine.ts';
import type { DeliverySettings } from '../../../options/delivery.ts';
import { dedupeInputs, type DuplicateInput } from './inputs.ts';
import { makeReadable, type ReadableInput, type RowMaker } from '../rows.ts';

/** The part of a run that is resumed, as its ledger has it; its inputs are not divided anew. */
export interface ResumedPart {
  part: RunPart;
  /** By absolute path; of inputs that it has whole there is none. */
  spans: ReadonlyMap<string, Span>;
}

interface Division {
  command: { resumesPart?: ResumedPart };
  settings: Pick<DeliverySettings, 'shard' | 'shardBy'>;
  machine: Pick<Machine, 'environment'>;
}

export interface ChosenInputs {
  shares: Share[];
  /** Distinct inputs that other parts have. */
  others: Input[];
  /** Those of which the original is among the shares. */
  duplicates: DuplicateInput[];
  part: RunPart | undefined;
}

/** The part that the settings name; undefined without `--shard`. Throws a Failure `usage`. */
export function shardOf({ command, settings, machine }: Division): Shard | undefined {
  if (command.resumesPart !== undefined) return command.resumesPart.part;
  return settings.shard === undefined ? undefined : resolveShard(settings.shard, machine.environment);
}

/** The order in which inputs are divided: that of their names, whatever expanded the patterns. */
export function inOrderOfNames(paths: readonly string[]): string[] {
  return [...paths].sort((one, other) => (one < other ? -1 : Number(one > other)));
}

/** Chooses among the opened inputs; what holds the bytes of another is set aside before they are divided. */
export async function chooseInputs(
  inputs: readonly Input[],
  division: Division & { rowMaker: RowMaker },
): Promise<ChosenInputs> {
  const { command, settings, rowMaker } = division;
  const { unique, duplicates } = await dedupeInputs(inputs);
  if (command.resumesPart !== undefined) {
    const { part, spans } = command.resumesPart;
    return {
      shares: unique.map((input) => shareOf(input, spans.get(input.path))),
      others: [],
      duplicates,
      part,
    };
  }
  const shard = shardOf(division);
  if (shard === undefined) {
    return {
      shares: unique.map((input) => shareOf(input, undefined)),
      others: [],
      duplicates,
      part: undefined,
    };
  }
  refusePipes(inputs);
  const way = settings.shardBy;
  const isCuttable = async (input: Input) =>
    input.kind === 'file' && (await rowMaker.make(input)).format.name === 'ndjson';
  const shares = await divideInputs(unique, { shard, way, isCuttable });
  const ours = new Set(shares.map(({ input }) => input));
  return {
    shares: shares.map(({ input, span }) => shareOf(input, span)),
    others: unique.filter((input) => !ours.has(input)),
    duplicates: duplicates.filter(({ sameAs }) => ours.has(sameAs)),
    part: { ...shard, list: listDigest(inputs, way) },
  };
}

/** Makes the inputs of the part readable. Names in options need to occur somewhere in the whole only. */
export async function makeShares(
  { shares, others }: Pick<ChosenInputs, 'shares' | 'others'>,
  rowMaker: RowMaker,
): Promise<ReadableInput[]> {
  const inputs = shares.map(({ input }) => input);
  const readable = await makeReadable(inputs, rowMaker, others);
  return readable.map((one, index) => numberedFrom(one, shares[index]?.span));
}

/** Progress is that of the part. */
function shareOf(input: Input, span: Span | undefined): Share {
  if (span === undefined) return { input };
  const { from, to = input.sourceBytes ?? from } = span;
  const sourceBytes = to - from;
  const readSourceBytes = () => Math.min(Math.max(input.readSourceBytes() - from, 0), sourceBytes);
  return { input: { ...input, sourceBytes, readSourceBytes }, span };
}

/** Lines that precede the part are counted when the first line must be named, and not before: it takes reading them. */
function numberedFrom(readable: ReadableInput, span: Span | undefined): ReadableInput {
  if (span === undefined || span.from === 0) return readable;
  const { input } = readable;
  let counting: Promise<number> | undefined;
  const linesBefore = () => (counting ??= countLineEnds(input, 0, span.from));
  const supply = (number: number): Supply => ({ ...readable.supply(number), linesBefore });
  return { ...readable, supply };
}
