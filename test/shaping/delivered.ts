import { constants, crc32, inflateRawSync } from 'node:zlib';
import type { BlockLimits, Supply } from '../../src/contracts/supply.ts';
import type { Block, Changes, Reject } from '../../src/records.ts';

/** Blocks of a supply, their bytes copied and their memory given back. */
export interface Delivered {
  blocks: (Omit<Block, 'bytes' | 'deflated' | 'release'> & { text: string })[];
  /** All that leaves, as one text. */
  text: string;
  rows: number;
  rejects: Reject[];
  changes: Changes;
  warnings: Changes;
  withoutId: number;
  /** What reading ended with, when it did not end well. */
  thrown: unknown;
}

export const roomy: BlockLimits = { maxRows: 1e9, maxBytes: 1e9 };

export async function deliver(
  supply: Supply,
  range: { from: number; to?: number; line: number } = { from: 0, line: 1 },
  limits: BlockLimits = roomy,
): Promise<Delivered> {
  const delivered: Delivered = {
    blocks: [],
    text: '',
    rows: 0,
    rejects: [],
    changes: {},
    warnings: {},
    withoutId: 0,
    thrown: undefined,
  };
  try {
    for await (const block of supply.blocks(range, limits)) {
      const text = textOf(block);
      block.release();
      const kept = { ...block, text };
      Reflect.deleteProperty(kept, 'bytes');
      Reflect.deleteProperty(kept, 'deflated');
      Reflect.deleteProperty(kept, 'release');
      delivered.blocks.push(kept);
      delivered.text += text;
      delivered.rows += block.rows;
      delivered.withoutId += block.withoutId;
      delivered.rejects.push(...block.rejects);
      add(delivered.changes, block.changes);
      add(delivered.warnings, block.warnings);
    }
  } catch (thrown) {
    delivered.thrown = thrown;
  }
  return delivered;
}

function textOf({ bytes, deflated }: Block): string {
  if (deflated === undefined) return Buffer.from(bytes).toString();
  const raw = inflateRawSync(deflated.bytes, { finishFlush: constants.Z_SYNC_FLUSH });
  if (raw.length !== deflated.rawLength || crc32(raw) !== deflated.crc32 || bytes.length > 0)
    throw new Error('a deflated block is not what it says of itself');
  return raw.toString();
}

function add(sum: Changes, more: Changes): void {
  for (const [code, rows] of Object.entries(more)) sum[code] = (sum[code] ?? 0) + rows;
}
