/** Counts the events of a block by day. Only on request, because every row has to be read again. */
import { msPerDay } from '../../calendar.ts';
import type { Supply } from '../../contracts/supply.ts';
import type { RowShape, TimeField } from '../../contracts/target.ts';
import { stepsOf } from '../../formats/paths.ts';
import { NO_DAY, type Block } from '../../records.ts';
import { ObjectScan } from '../json/scan.ts';
import { parseJson, writeJson } from '../json/values.ts';
import { valueAt } from '../reshape/json-path.ts';
import { isTopLevel } from '../rows/row-rules.ts';
import { TimeReader } from '../time/time.ts';

const NEWLINE = 0x0a;

/** The same supply, whose blocks name the day of each event; unchanged for a target whose events have no time. */
export function withEventDays(supply: Supply, { times }: Pick<RowShape, 'times'>): Supply {
  const [time] = times ?? [];
  if (time === undefined) return supply;
  return {
    ...supply,
    async *blocks(range, limits) {
      const read = dayReader(time);
      const readable = { ...limits, takesDeflated: false };
      for await (const block of supply.blocks(range, readable)) yield { ...block, days: daysOf(block, read) };
    },
  };
}

/** The day of the event `bytes[from, to)`. */
type ReadDay = (bytes: Buffer, from: number, to: number) => number;

function daysOf({ bytes, events }: Block, read: ReadDay): Int32Array {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const days = new Int32Array(events).fill(NO_DAY);
  for (let event = 0, from = 0; event < events; event++) {
    const newline = text.indexOf(NEWLINE, from);
    const to = newline === -1 ? text.length : newline;
    days[event] = read(text, from, to);
    from = to + 1;
  }
  return days;
}

/** Rows as they leave have one form of time, whatever the input had. */
function dayReader({ path }: TimeField): ReadDay {
  const reader = new TimeReader();
  const dayAt = (bytes: Buffer, from: number, to: number) => {
    const reading = reader.read(bytes, from, to);
    const isRead = reading !== 'unreadable' && reading !== 'ambiguous';
    return isRead ? Math.floor(reader.epochMs / msPerDay) : NO_DAY;
  };
  const steps = stepsOf(path);
  const decoded: ReadDay = (bytes, from, to) => {
    const value = valueAt(parseJson(bytes.toString('utf8', from, to)) as Record<string, unknown>, steps);
    if (value === undefined) return NO_DAY;
    const written = Buffer.from(writeJson(value));
    return dayAt(written, 0, written.length);
  };
  if (!isTopLevel(path)) return decoded;
  const scan = new ObjectScan([path]);
  return (bytes, from, to) => {
    const verdict = scan.scan(bytes, from, to);
    if (verdict !== 'good') return decoded(bytes, from, to);
    return scan.keyAt[0] === -1 ? NO_DAY : dayAt(bytes, scan.valueAt[0]!, scan.valueEnd[0]!);
  };
}
