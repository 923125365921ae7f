/** A thread that finishes lines for a run: a file of its own, which `ThreadPool` starts. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Format } from '../../../contracts/format.ts';
import type { Block } from '../../../records.ts';
import { SharedBufferPool } from '../../../formats/reading/shared-buffer.ts';
import { createTableFormat } from '../../../formats/csv/csv.ts';
import { createNdjsonFormat } from '../../../formats/ndjson.ts';
import { HeadBytes } from '../../../shaping/ids/head-bytes.ts';
import type { PreparedRows, TableDescription } from '../../../shaping/rows/row-shaper.ts';
import { reshapingOf } from '../../../shaping/reshape/reshaping-description.ts';
import { createShaping } from '../../../shaping/shaping.ts';
import { useCompiledKernel } from '../../../shaping/slabs/row-kernel.ts';
import { SlabShaper, type SlabPass } from '../../../shaping/slabs/slab-shaper.ts';
import { createZoneOffset } from '../../../shaping/time/time-zone.ts';
import type { MadeBlock, Task, ThreadMessage, WorkerData } from './messages.ts';

const { timeZone, maxRowBytes, kernel: code, ...told } = workerData as WorkerData;
useCompiledKernel(code);
if (parentPort === null) throw new Error('a thread needs a parent');
const port = parentPort;
const shaping = createShaping({
  ...told.rules,
  reshaping: told.reshaping && reshapingOf(told.reshaping),
  zoneOffset: createZoneOffset(timeZone),
});
const pool = new SharedBufferPool(0);
let lines: ReturnType<typeof shaperOf> | undefined;
let pass: { shaper: SlabShaper; slabs: SlabPass } | undefined;

port.on('message', (task: Task) => {
  if (task.pass !== undefined) pass = passOf(task.pass);
  if (pass === undefined) throw new Error('lines came without their pass');
  const { number, start, rest, offset } = task;
  const whole = { start, rest, offset, byteLength: start.length + rest.length, release: () => undefined };
  const blocks = pass.shaper.finish(whole, pass.slabs).map(withoutRelease);
  say({ kind: 'done', number, blocks });
});

say({ kind: 'ready' });

function passOf({ head: bytes, input, limits, table }: NonNullable<Task['pass']>): typeof pass {
  const { shaper, prepared } =
    table === undefined
      ? (lines ??= shaperOf(createNdjsonFormat()))
      : shaperOf(createTableFormat((table as TableDescription).options));
  const head = new HeadBytes();
  head.note(0, bytes);
  const slabs = { input, limits, format: prepared.format, shaper: prepared.shaper(head), head, maxRowBytes };
  return { shaper, slabs };
}

function shaperOf(format: Format): { shaper: SlabShaper; prepared: PreparedRows } {
  const prepared = shaping.prepare(format);
  const kernel = prepared.kernel?.();
  if (kernel === undefined) throw new Error('a thread needs a kernel');
  return { shaper: new SlabShaper(kernel, pool), prepared };
}

function withoutRelease(block: Block): MadeBlock {
  const made: MadeBlock & Partial<Block> = { ...block };
  delete made.release;
  return made;
}

function say(message: ThreadMessage): void {
  port.postMessage(message);
}
