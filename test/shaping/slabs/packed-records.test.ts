/** Rows that are written of records: compressed, they are what they were, and no larger than zlib makes them. */
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { createTableFormat } from '../../../src/formats/csv/csv.ts';
import { CSV_DIALECT } from '../../../src/formats/csv/dialect.ts';
import { createSupply } from '../../../src/shaping/blocks/supply.ts';
import type { RowRules } from '../../../src/shaping/rows/row-rules.ts';
import { createShaping } from '../../../src/shaping/shaping.ts';
import { numbersFrom, randomBytes, type Numbers } from '../../kernels/deflate-cases.ts';
import { roomy } from '../delivered.ts';
import { memoryInput } from '../memory-input.ts';
import { BULK, FREE } from '../shapes.ts';

const FORMAT = createTableFormat({ name: 'csv', dialect: CSV_DIALECT, header: 'first', empty: 'omit' });
const AGENTS = [
  'docker/24.0.7 go/go1.20.10 kernel/5.15.0-91-generic',
  'npm/10.2.4, node/v20.11.0',
  'Helm/3.14.2',
];
/** Where a slab ends without a record's end, the record goes on in the next. */
const SLAB_BYTES = 300_000;

interface Packed {
  text: string;
  /** Bytes with the kernel's deflate, and with zlib's fastest level. */
  bytes: number;
  zlibBytes: number;
}

async function pack(table: string, rules: Partial<RowRules>): Promise<Packed> {
  const usual = {
    fillId: 'position',
    idField: '$unique_id',
    recipe: 'r',
    oldEvents: 'send',
    nowMs: 0,
  } as const;
  const supply = createSupply({
    input: memoryInput(table, [SLAB_BYTES]),
    inputIndex: 0,
    format: FORMAT,
    shaping: createShaping({ shape: BULK, ...usual, ...rules }),
    maxRowBytes: 10_000,
  });
  const packed: Packed = { text: '', bytes: 0, zlibBytes: 0 };
  for await (const block of supply.blocks({ from: 0, line: 1 }, { ...roomy, takesDeflated: true })) {
    const raw = rowsOf(block.bytes, block.deflated?.bytes);
    packed.text += raw.toString();
    packed.bytes += block.deflated?.bytes.length ?? raw.length;
    packed.zlibBytes += deflateRawSync(raw, { level: 1, finishFlush: constants.Z_SYNC_FLUSH }).length;
    block.release();
  }
  return packed;
}

function rowsOf(bytes: Uint8Array, deflated: Uint8Array | undefined): Buffer {
  return deflated === undefined
    ? Buffer.from(bytes)
    : inflateRawSync(deflated, { finishFlush: constants.Z_SYNC_FLUSH });
}

function eventsTable(rows: number, below: Numbers): string {
  const records = Array.from({ length: rows }, (_, row) => {
    const time = new Date(1_780_000_000_000 + row * 137).toISOString();
    const address = [0, 0, 0, 0].map(() => below(256)).join('.');
    const path = `/v2/library/gateway/manifests/${randomBytes(4, below).toString('hex')}`;
    return [
      time,
      'a-package',
      `${below(5)}.${below(20)}`,
      address,
      `"${AGENTS[below(3)]}"`,
      path,
      below(4000) / 10,
    ];
  });
  const header = ['$time', '$package', '$version', '$remote_address', '$user_agent', 'path', 'duration'];
  return [header, ...records].map((record) => `${record.join(',')}\n`).join('');
}

test.each(['position', 'off'] as const)(
  'events are no larger than zlib makes them, ids filled: %s',
  async (fillId) => {
    const { bytes, zlibBytes } = await pack(eventsTable(6_000, numbersFrom(1)), { fillId });
    expect(bytes).toBeLessThan(zlibBytes * 1.03);
  },
);

/** Cells that are missing, repeat, are noise, or are long, one kind after the other. */
function anyTable(below: Numbers): { table: string; rows: object[] } {
  const names = Array.from(
    { length: 1 + below(9) },
    (_, column) => `column-${column}`.slice(0, 4 + below(6)) + column,
  );
  const rows: object[] = [];
  const lines = [names.join(',')];
  for (let bytes = 0; bytes < 2 * SLAB_BYTES;) {
    const cells = names.map(() => cellOf(below(8), below));
    const line = cells.map((cell) => (below(4) === 0 ? `"${cell}"` : cell)).join(',');
    if (cells.every((cell) => cell === '')) continue;
    lines.push(line);
    rows.push(
      Object.fromEntries(
        names.flatMap((name, column) => (cells[column] === '' ? [] : [[name, cells[column]]])),
      ),
    );
    bytes += line.length + 1;
  }
  return { table: `${lines.join('\n')}\n`, rows };
}

function cellOf(kind: number, below: Numbers): string {
  if (kind === 0) return '';
  if (kind === 1) return 'the same text in every row';
  if (kind < 5) return randomBytes(1 + below(kind * 8), below).toString('hex');
  if (kind === 5) return ' a word'.repeat(below(kind * 20));
  return ['US', 'DE', 'a longer name of a country'][below(3)] ?? '';
}

test('tables of any cells come back whole', async () => {
  for (let seed = 0; seed < 8; seed++) {
    const { table, rows } = anyTable(numbersFrom(seed));
    const { text } = await pack(table, { shape: FREE, fillId: 'off' });
    expect(text === rows.map((row) => `${JSON.stringify(row)}\n`).join('')).toBe(true);
  }
});
