/** A dry run: everything except sending. Reports what would be rejected, changed and sent, in the same chunks. */
import type { Input } from '../../contracts/input.ts';
import type { Supply } from '../../contracts/supply.ts';
import type { Target } from '../../contracts/target.ts';
import { emitHeldBack } from '../../delivery/read.ts';
import { withLinesOfInput } from '../../delivery/outputs/rejects.ts';
import { bodyOptions } from '../../delivery/upload/body.ts';
import {
  blockLimits,
  chunkLimits,
  packChunks,
  type Chunk,
  type PackOptions,
} from '../../delivery/upload/chunks.ts';
import { measuringBody, PackedSize } from '../../delivery/upload/measured-body.ts';
import { createSegmentPool } from '../../delivery/upload/segments.ts';
import { asFailure } from '../../failure.ts';
import type { Machine } from '../../machine.ts';
import type { Block, Reject } from '../../records.ts';
import { printableJson } from '../../report/terminal/printable.ts';
import type { Share } from '../../shards/divide.ts';
import { withRequestedNames } from './end/conclude.ts';
import { openCheckRejects, type CheckRejects } from './setup/check-rejects.ts';
import { guardRejects } from './setup/inputs/guard.ts';
import { emitNotes } from './setup/rows.ts';
import { chooseInputs, makeShares } from './setup/inputs/shares.ts';
import type { DeliveryReporter } from './reporter.ts';
import type { RunContext, RunParts } from './run-parts.ts';

/** What would go out. */
export interface Planned {
  requests: number;
  rows: number;
  /** Total size of the bodies as sent. */
  bytes: number;
  /** Not everything was compressed: `requests` and `bytes` are near the truth. */
  estimated: boolean;
}

/**
 * An input of so many bytes is compressed as it would be, so that sizes are exact. Of one that has more, the first eighth of that
 * is, and of what follows samples are. Several parts compress about as much between them.
 */
const EXACT_BYTES = 64 * 1024 * 1024;
const MIN_EXACT_BYTES = 2 * 1024 * 1024;

export interface DryRunOptions {
  /** So many of the first rows go to stdout as they would leave. */
  show: number;
}

/** Reads everything and sends nothing. Resolves to the exit code: 3 when rows would be rejected. */
export async function dryRun(
  inputs: readonly Input[],
  parts: RunParts,
  { show }: DryRunOptions,
): Promise<number> {
  const { resolved, context, target, rowMaker } = parts;
  const { command, recipe, settings, paths } = resolved;
  const { interruption, machine, report } = context;
  const chosen = await chooseInputs(inputs, { command, settings, machine, rowMaker });
  const { shares, duplicates, part } = chosen;
  if (part !== undefined) report.setPart({ ...part, recipe: recipe.digest });
  const readable = await makeShares(chosen, rowMaker);
  const supplies = readable.map(({ supply }, number) => supply(number));
  shares.forEach(({ input: { path, sourceBytes } }, input) =>
    report.emit({ type: 'input-opened', input, path, sourceBytes }),
  );
  emitNotes(readable, report.emit);
  const rejects = await openCheckRejects({ readable, supplies }, parts, (asked) =>
    guardRejects(asked, inputs, parts),
  );
  const size = new PackedSize();
  const pack = packOptions(target, { level: settings.compressionLevel, show, size });
  const exactBytes = shares.map((share) => exactBytesOf(share, part?.of ?? 1));
  const blocks = readAll({ supplies, shares, exactBytes }, context, { show, rejects, pack });
  const planned = await countChunks(packChunks(blocks, pack));
  planned.estimated = size.isEstimated;
  // An input that was closed because the command ends has ended too: that is no outcome.
  interruption.signal.throwIfAborted();
  report.emit({ type: 'delivery-ended', unsent: planned.rows });
  report.emitEnd({ stopped: undefined, openJobs: [] }, duplicates);
  const kept = await rejects.close();
  await parts.outputs.publish();
  return report.end({
    end: undefined,
    rejects: withRequestedNames(kept, parts),
    run: paths.run,
    planned,
  });
}

/** The chunks of a delivery, whose bodies are measured in place of being kept. */
function packOptions(
  target: Target,
  { level, show, size }: { level: number; show: number; size: PackedSize },
): PackOptions {
  const options = bodyOptions(target, level);
  let number = 0;
  return {
    limits: chunkLimits(target),
    // Rows that are shown must be there to be shown.
    body: { ...options, takesDeflated: options.takesDeflated && show === 0 },
    pool: createSegmentPool(),
    nextNumber: () => (number += 1),
    startBody: measuringBody(size),
  };
}

async function countChunks(chunks: AsyncIterable<Chunk>): Promise<Planned> {
  const planned: Planned = { requests: 0, rows: 0, bytes: 0, estimated: false };
  for await (const chunk of chunks) {
    const { byteLength } = await chunk.body;
    chunk.release();
    if (chunk.events === 0) continue;
    planned.requests += 1;
    planned.rows += chunk.rows;
    planned.bytes += byteLength;
  }
  return planned;
}

function exactBytesOf({ input, span }: Share, parts: number): number {
  const most = Math.max(EXACT_BYTES / parts, MIN_EXACT_BYTES);
  const to = span?.to ?? input.sourceBytes ?? 0;
  return to - (span?.from ?? 0) > most ? Math.max(most / 8, MIN_EXACT_BYTES) : most;
}

async function* readAll(
  source: { supplies: readonly Supply[]; shares: readonly Share[]; exactBytes: readonly number[] },
  { report, interruption, machine }: RunContext,
  { show, rejects, pack }: Pick<DryRunOptions, 'show'> & { rejects: CheckRejects; pack: PackOptions },
): AsyncGenerator<Block> {
  const { supplies, shares, exactBytes } = source;
  const limits = blockLimits(pack);
  let left = show;
  for (const [input, supply] of supplies.entries()) {
    let rows = 0;
    let bytes = 0;
    try {
      const range = { from: 0, ...shares[input]?.span, line: 1 };
      const measured = { ...limits, measuredFrom: range.from + (exactBytes[input] ?? 0) };
      for await (const block of supply.blocks(range, measured)) {
        rows += block.rows + block.rejects.length;
        bytes = block.range.to;
        const rejected = await withLinesOfInput(block.rejects, supplies);
        emitBlock({ ...block, rejects: rejected }, supply, report);
        await rejects.put(rejected);
        left -= printRows(block.bytes, left, machine);
        yield block;
      }
      await emitHeldBack(supply, report.emit);
      report.emit({ type: 'input-ended', input, bytes, rows });
    } catch (error) {
      // An input that was given up because the command ends is no failure of its own.
      interruption.signal.throwIfAborted();
      const { kind, message, hint } = asFailure(error);
      if (kind !== 'local') throw error;
      report.emit({ type: 'failed', kind, message, ...(hint === undefined ? {} : { hint }) });
    }
  }
}

function emitBlock(
  block: Omit<Block, 'rejects'> & { rejects: readonly Reject[] },
  { input: source }: Supply,
  report: DeliveryReporter,
): void {
  const { input, rejects, range, changes, warnings } = block;
  report.emit({
    type: 'rows-read',
    input,
    rows: block.rows + rejects.length,
    rejected: rejects.length,
    bytes: range.to - range.from,
    sourceBytes: source.readSourceBytes(),
    changes,
    warnings,
  });
  for (const reject of rejects) report.emit({ type: 'row-rejected', path: source.path, reject });
  report.emit({ type: 'chunk-dropped', chunk: 0, rows: block.rows, rejected: rejects.length });
}

/** Writes the first rows of a block to standard output, at most so many; returns how many there were. */
function printRows(bytes: Uint8Array, most: number, { stdout }: Machine): number {
  if (most <= 0) return 0;
  const lines = Buffer.from(bytes)
    .toString('utf8')
    .split('\n', most + 1);
  const rows = lines.slice(0, Math.min(most, lines.length - 1));
  for (const row of rows) stdout.write(`${printableJson(row)}\n`);
  return rows.length;
}
