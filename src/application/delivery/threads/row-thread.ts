/** A thread that finishes lines for a run: a file of its own, which `ThreadPool` starts. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Block } from '../../../records.ts';
import { SharedBufferPool } from '../../../formats/reading/shared-buffer.ts';
import { createNdjsonFormat } from '../../../formats/ndjson.ts';
import { HeadBytes } from '../../../shaping/ids/head-bytes.ts';
import { createShaping } from '../../../shaping/shaping.ts';
import { SlotShaper, type SlotPass } from '../../../shaping/slots/slot-shaper.ts';
import { createZoneOffset } from '../../../shaping/time/time-zone.ts';
import type { MadeBlock, Task, ThreadMessage, ThreadStart } from './messages.ts';

const { rules, timeZone, maxRowBytes } = workerData as ThreadStart;
const shaping = createShaping({ ...rules, zoneOffset: createZoneOffset(timeZone) });
const prepared = shaping.prepare(createNdjsonFormat());
const kernel = prepared.kernel?.();
if (kernel === undefined || parentPort === null) throw new Error('a thread needs a kernel and a parent');
const port = parentPort;
const slots = new SlotShaper(kernel, new SharedBufferPool(0));
let pass: SlotPass | undefined;

port.on('message', (task: Task) => {
  if (task.pass !== undefined) pass = passOf(task.pass);
  if (pass === undefined) throw new Error('lines came without their pass');
  const { number, start, rest, offset } = task;
  const lines = { start, rest, offset, byteLength: start.length + rest.length, release: () => undefined };
  const blocks = slots.finish(lines, pass).map(withoutRelease);
  say({ kind: 'done', number, blocks });
});

say({ kind: 'ready' });

function passOf({ head: bytes, input, limits }: NonNullable<Task['pass']>): SlotPass {
  const head = new HeadBytes();
  head.note(0, bytes);
  return { input, limits, format: prepared.format, shaper: prepared.shaper(head), maxRowBytes };
}

function withoutRelease(block: Block): MadeBlock {
  const made: MadeBlock & Partial<Block> = { ...block };
  delete made.release;
  return made;
}

function say(message: ThreadMessage): void {
  port.postMessage(message);
}
