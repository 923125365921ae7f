/** Derives the shaping of rows from the rules of a run. */
import type { Format } from '../contracts/format.ts';
import type { TableOptions } from '../formats/csv/table-options.ts';
import { JsonRows } from './rows/json-rows.ts';
import { needsObjects, ObjectRows, readsInside } from './rows/object-rows.ts';
import { PlainRecords } from './rows/plain-records.ts';
import { PlainRows, type TakePlain } from './rows/plain-rows.ts';
import { reshapes } from './reshape/reshape.ts';
import { keysOfTarget, type RowRules } from './rows/row-rules.ts';
import type { PreparedRows, Shaping } from './rows/row-shaper.ts';
import { divideForTable } from './reshape/table-reshaping.ts';

/** To be closed when no row is shaped any more. */
export interface ClosableShaping extends Shaping {
  close(): void;
}

export function createShaping(rules: RowRules): ClosableShaping {
  let lines: PlainRows | undefined;
  const kernels = {
    lines: once(() => (lines = PlainRows.create(rules))),
    records: once(() => PlainRecords.create(rules)),
  };
  return {
    close: () => lines?.close(),
    prepare(format) {
      const { reshaping } = rules;
      const isTable = format.rearranged !== undefined && reshaping !== undefined && reshapes(reshaping);
      const divided = isTable ? divideForTable(reshaping, keysOfTarget(rules)) : undefined;
      if (divided === undefined) return withTable(preparedFor(format, rules, kernels), format);
      const rearranged = format.rearranged?.(divided.arrange) ?? format;
      return withTable(preparedFor(rearranged, { ...rules, reshaping: divided.rest }, kernels), format);
    },
  };
}

/** The kernels of a run: each is created when there are rows for it, and all inputs share it. */
interface Kernels {
  lines: () => PlainRows | undefined;
  records: () => PlainRecords | undefined;
}

function once<Made>(make: () => Made): () => Made {
  let made: { value: Made } | undefined;
  return () => (made ??= { value: make() }).value;
}

function preparedFor(format: PreparedRows['format'], rules: RowRules, kernels: Kernels): PreparedRows {
  if (needsObjects(rules)) return decodedFor(format, rules, kernels);
  const isTable = format.name === 'csv' || format.name === 'tsv';
  const takePlain: TakePlain = (lines, room, ids) =>
    (lines.table === undefined ? kernels.lines() : kernels.records())?.take(lines, room, ids);
  return {
    format,
    shaper: (head) => new JsonRows(rules, head, takePlain),
    ...(isTable ? recordMemory(kernels) : {}),
    ...(format.name === 'ndjson' ? { kernel: () => kernels.lines()?.kernel } : {}),
    ...(format.divisible === undefined ? {} : { kernel: () => kernels.records()?.kernel }),
  };
}

/** Rows that are decoded; lines of NDJSON are not when a kernel does what is asked with their keys. */
function decodedFor(format: Format, rules: RowRules, { lines }: Kernels): PreparedRows {
  const isPlain = format.name === 'ndjson' && !readsInside(rules.shape);
  if (!isPlain) return { format, shaper: (head) => new ObjectRows(rules, head) };
  const takePlain: TakePlain = (...taking) => lines()?.take(...taking);
  return {
    format,
    shaper: (head) => new ObjectRows(rules, head, takePlain),
    kernel: () => lines()?.kernel,
  };
}

/** Adds what another thread needs to shape the rows of this table as they are here. */
function withTable(prepared: PreparedRows, { divisible }: Format): PreparedRows {
  if (divisible === undefined || prepared.kernel === undefined) return prepared;
  const options = divisible.options as TableOptions;
  return { ...prepared, table: { quote: divisible.quote, options } };
}

function recordMemory({ records }: Kernels): Pick<PreparedRows, 'memory' | 'deflated'> {
  return {
    memory: (others) => records()?.memory(others) ?? others,
    deflated: (block, pool) => records()?.deflated(block, pool) ?? block,
  };
}
