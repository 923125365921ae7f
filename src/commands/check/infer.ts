/**
 * `scarf-cli check --infer`: recognizes the vendor's fields in the first rows of the inputs, and proposes a
 * command that sends them.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inputFinder } from '../../application/delivery/setup/inputs/find.ts';
import { readMapFileText } from '../../application/delivery/setup/map-file.ts';
import { openHttp, targetContext } from '../../application/delivery/setup/target-context.ts';
import { openStorage } from '../../application/storage.ts';
import type { Input } from '../../contracts/input.ts';
import type { Target } from '../../contracts/target.ts';
import { withFailureContext } from '../../disk/errno.ts';
import type { Machine } from '../../machine.ts';
import { proposedArguments, proposeOptions, type Proposal } from '../../shaping/reshape/infer.ts';
import { readReshaping } from '../../shaping/reshape/options.ts';
import { seenColumns } from '../../shaping/reshape/sample.ts';
import { checkFields, checkNames, isNamedIn, unknownFields } from '../../shaping/reshape/seen-names.ts';
import { textFieldsOf } from '../../shaping/rows/field-types.ts';
import { fieldsOfTarget } from '../../shaping/rows/row-rules.ts';
import { TimeReader } from '../../shaping/time/time.ts';
import type { Settings } from '../../settings/resolve.ts';
import { openFound } from '../../sources/inputs.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import type { DeliverySettings } from '../../application/options/delivery.ts';
import type { RowSettings } from '../../application/options/rows.ts';
import { lookAt, type LookedAt } from './look.ts';

/** Enough rows to notice a column of numbers that sometimes holds text. */
const maxRows = 1_000;

export interface InferRequest {
  vendor: Vendor;
  patterns: readonly string[];
  settings: Settings<DeliverySettings>;
}

/** Inputs for which the same options are proposed. */
export interface Inferred {
  inputs: readonly { path: string; format: string; rows: number; columns: number }[];
  proposal: Proposal;
  /** The proposed options, as arguments. */
  options: readonly string[];
}

interface InferContext {
  machine: Machine;
  signal: AbortSignal;
}

/**
 * Reads the beginning of each input. Throws what a delivery with the same options would throw before its
 * first row.
 */
export async function inferOptions(request: InferRequest, context: InferContext): Promise<Inferred[]> {
  const { vendor, settings } = request;
  const { machine, signal } = context;
  const http = openHttp(vendor, settings.values, machine);
  try {
    const forTarget = targetContext(http, machine, () => machine.temporaryDirectory);
    const target = await vendor.createTarget(settings.values, forTarget);
    const rows = settings.values;
    const mapFile = await readMapFileText(rows.mapFile, machine.workingDirectory, signal);
    return await withInputs(request, context, (inputs) =>
      inferAll(inputs, { target, rows, mapFile, signal }),
    );
  } finally {
    await http.close();
  }
}

async function withInputs<Result>(
  { patterns, settings }: InferRequest,
  { machine, signal }: InferContext,
  work: (inputs: readonly Input[]) => Promise<Result>,
): Promise<Result> {
  const { temporaryDirectory } = machine;
  const { encoding } = settings.values;
  // The spool of a pipe holds rows, so its directory must be private and its name unpredictable.
  const spoolDirectory = await withFailureContext(`write to ${temporaryDirectory}`, () =>
    mkdtemp(join(temporaryDirectory, 'scarf-cli-')),
  );
  const inputs: Input[] = [];
  const storage = openStorage({
    settings: settings.values,
    machine,
    signal,
    warn: () => undefined,
  });
  try {
    const { objects } = storage;
    const isDivided = false;
    const find = await inputFinder({
      patterns,
      settings: settings.values,
      isDivided,
      objects,
      machine,
      signal,
    });
    const { paths, problem } = await find();
    if (problem) throw problem;
    inputs.push(...(await openFound(paths, machine, { spoolDirectory, encoding, objects })));
    // A pipe may be silent for hours: abort the wait for it.
    signal.addEventListener('abort', () => {
      for (const input of inputs) void input.close();
    });
    return await work(inputs);
  } finally {
    for (const input of inputs) await input.close();
    await storage.close();
    await rm(spoolDirectory, { recursive: true, force: true, maxRetries: 3 });
  }
}

interface Asked {
  target: Pick<Target, 'shape' | 'idField'>;
  rows: RowSettings;
  mapFile: string | undefined;
  signal: AbortSignal;
}

async function inferAll(
  inputs: readonly Input[],
  { target, rows, mapFile, signal }: Asked,
): Promise<Inferred[]> {
  const { shape, idField } = target;
  const { fields = [], wanted = [] } = shape;
  const { reshaping, ...time } = readReshaping(rows, mapFile, textFieldsOf(shape, idField));
  checkFields(reshaping, fields);
  const isOfTarget = fieldsOfTarget(target);
  const isNamed = isNamedIn(reshaping);
  const isField = (key: string): boolean => isOfTarget(key) || isNamed(key);
  const otherwise = wanted.includes('text') ? 'text' : undefined;
  const looked: LookedAt[] = [];
  for (const input of inputs) {
    looked.push(await lookAt(input, { settings: rows, isField, otherwise }));
    signal.throwIfAborted();
  }
  const seen = looked.flatMap((one) => one.seen ?? []);
  if (seen.length === looked.length) checkNames(seen, reshaping);
  const groups = new Map<string, Inferred>();
  for (const { input, head, format, seen: names, ...look } of looked) {
    const { columns, rows: count } = seenColumns(format, head, maxRows);
    const reader = new TimeReader(time);
    const proposal = proposeOptions(columns, { shape, idField, given: reshaping, reader });
    const own = [...look.notes, ...(format.notes ?? [])];
    if (count === 0 && own.length === 0)
      own.push(`${input.path} holds no row that can be read as ${format.name}`);
    proposal.notes.unshift(...own, ...unknownFields(names, reshaping, fields));
    const options = [...look.options, ...proposedArguments(proposal)];
    const one = { path: input.path, format: format.name, rows: count, columns: columns.length };
    const key = JSON.stringify([options, proposal.fields]);
    const same = groups.get(key);
    groups.set(key, {
      options,
      proposal: same?.proposal ?? proposal,
      inputs: [...(same?.inputs ?? []), one],
    });
  }
  return [...groups.values()];
}
