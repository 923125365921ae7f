/**
 * What the kernels do for a fixed input, in instructions of WebAssembly a byte, may not grow by more than three per cent.
 * `RECORD_INSTRUCTIONS=1 npx vitest run test/kernels/instructions.test.ts` writes the numbers down anew.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Format } from '../../src/contracts/format.ts';
import { createTableFormat } from '../../src/formats/csv/csv.ts';
import { CSV_DIALECT } from '../../src/formats/csv/dialect.ts';
import { createNdjsonFormat } from '../../src/formats/ndjson.ts';
import { createSupply } from '../../src/shaping/blocks/supply.ts';
import type { Reshaping } from '../../src/shaping/reshape/reshape.ts';
import type { RowRules } from '../../src/shaping/rows/row-rules.ts';
import { createShaping } from '../../src/shaping/shaping.ts';
import { compiledKernel, useCompiledKernel, type KernelExports } from '../../src/shaping/slabs/row-kernel.ts';
import { memoryInput } from '../shaping/memory-input.ts';
import { roomy } from '../shaping/delivered.ts';
import { BULK } from '../shaping/shapes.ts';
import { countingKernel, type Counting } from './count-instructions.ts';
import { eventRows, numbersFrom } from './deflate-cases.ts';

const most = 1.03;
const path = new URL('instructions.json', import.meta.url);
const recorded = JSON.parse(readFileSync(path, 'utf8')) as Record<string, number>;
const isRecording = process.env['RECORD_INSTRUCTIONS'] !== undefined;
const measured: Record<string, number> = {};

let usual: WebAssembly.Module;
beforeAll(() => {
  usual = compiledKernel();
  useCompiledKernel(countingKernel('slabs'));
});
afterAll(() => {
  useCompiledKernel(usual);
  if (isRecording) writeFileSync(path, `${JSON.stringify(measured, null, 2)}\n`);
});

function expectNoMore(name: string, instructions: bigint, bytes: number): void {
  const each = Number(instructions) / bytes;
  measured[name] = Math.round(each * 1000) / 1000;
  if (isRecording) return;
  expect(each, `instructions a byte, recorded as ${recorded[name]}`).toBeLessThanOrEqual(
    (recorded[name] ?? 0) * most,
  );
}

const EVENTS = wholeLines(eventRows(1 << 20, numbersFrom(1)));
const WITHOUT_IDS = Buffer.from(EVENTS.toString().replaceAll(/"\$unique_id":"[^"]*",/g, ''));
const TABLE = tableOf(EVENTS);
const TABLE_FORMAT = createTableFormat({ name: 'csv', dialect: CSV_DIALECT, header: 'first', empty: 'omit' });
const NO_RESHAPING: Reshaping = { map: [], types: [], typeErrors: 'reject', set: [], keep: [], drop: [] };

function wholeLines(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.lastIndexOf(0x0a) + 1);
}

/** The events as CSV, each third with its cells in quotes. */
function tableOf(lines: Buffer): Buffer {
  const rows = lines
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, string>);
  const header = Object.keys(rows[0] ?? {}).map((name) => name.replace('$time', 'when'));
  const cells = rows.map((row, index) =>
    Object.values(row).map((cell) => (index % 3 === 0 ? `"${cell}"` : cell)),
  );
  return Buffer.from([header, ...cells].map((record) => `${record.join(',')}\n`).join(''));
}

const CASES: readonly [string, Buffer, Partial<RowRules>][] = [
  ['NDJSON, ids in the data', EVENTS, {}],
  ['NDJSON, ids by position', WITHOUT_IDS, {}],
  ['NDJSON, ids by content', WITHOUT_IDS, { fillId: 'content' }],
  [
    'NDJSON, a key renamed',
    EVENTS,
    { reshaping: { ...NO_RESHAPING, map: [{ from: 'platform', to: 'system' }] } },
  ],
  ['CSV, a column renamed', TABLE, { reshaping: { ...NO_RESHAPING, map: [{ from: 'when', to: '$time' }] } }],
];

test.each(CASES)('%s', async (name, content, rules) => {
  const format = content === TABLE ? TABLE_FORMAT : createNdjsonFormat();
  const instructions = await instructionsFor(format, content, rules);
  expectNoMore(name, instructions, content.length);
});

/** All that the kernel does for an input: its rows are checked, changed and compressed. */
async function instructionsFor(format: Format, content: Buffer, rules: Partial<RowRules>): Promise<bigint> {
  const shaping = createShaping({
    shape: BULK,
    fillId: 'position',
    idField: '$unique_id',
    recipe: 'r',
    oldEvents: 'send',
    nowMs: 0,
    ...rules,
  });
  const prepared = shaping.prepare(format);
  const kernel = prepared.kernel?.();
  const input = memoryInput(content, [1 << 20]);
  const supply = createSupply({
    input,
    inputIndex: 0,
    format,
    shaping: { prepare: () => prepared },
    maxRowBytes: 1e6,
  });
  let rows = 0;
  for await (const block of supply.blocks({ from: 0, line: 1 }, { ...roomy, takesDeflated: true })) {
    rows += block.rows;
    block.release();
  }
  expect(rows).toBeGreaterThan(3000);
  return (kernel?.exports as (KernelExports & Counting) | undefined)?.instructions.value ?? 0n;
}

/** What of the kernel of exports is called here. */
interface ExportRows extends Counting {
  memory: { buffer: ArrayBuffer };
  reserve(bytes: number): void;
  describe(id: number, time: number, columns: number, mayHaveMore: boolean): void;
  find(skipped: number, length: number): void;
  input: { value: number };
  end: { value: number };
}

test('rows of an export', () => {
  const kernel = new WebAssembly.Instance(countingKernel('export-rows')).exports as ExportRows;
  const columns = TABLE.toString('latin1', 0, TABLE.indexOf(0x0a)).split(',');
  kernel.reserve(TABLE.length);
  kernel.describe(columns.indexOf('$unique_id'), columns.indexOf('when'), columns.length, false);
  const { input } = kernel;
  new Uint8Array(kernel.memory.buffer).set(TABLE, input.value);
  for (let skipped = 0; skipped < TABLE.length; skipped = kernel.end.value - input.value) {
    kernel.find(skipped, TABLE.length);
    expect(kernel.end.value).toBeGreaterThan(input.value + skipped);
  }
  expectNoMore('rows of an export', kernel.instructions.value, TABLE.length);
});
