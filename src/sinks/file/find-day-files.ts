/** Which day files of a directory are there as earlier runs wrote them, by the states that describe them. */
import { daysIn, emptyCheckpoint, forgetDays } from '../../checkpoint/checkpoint.ts';
import { intersectDays, normalizeDays, subtractDays } from '../../checkpoint/ranges.ts';
import type { Days } from '../../contracts/dataset.ts';
import type { Checkpoint } from '../../contracts/sink.ts';
import { aheadOfClock, outputChanged } from '../notices.ts';
import type { FileOutputState, OutputContext, OutputLocation } from './output-state.ts';
import { provenByTimes } from './proven-days.ts';
import { readOtherStates, uniteCheckpoints } from './shared-directory.ts';
import type { ExportState, FileFacts } from './state-file.ts';

export interface DayFiles {
  checkpoint: Checkpoint;
  /** The files known to be intact, by day. */
  files: Map<string, FileFacts>;
  /** Empty files of future days, which a run whose clock was ahead created: to be removed. */
  ahead: readonly FileFacts[];
  /** The checkpoint has less than was on record: it must be saved again. */
  isLess: boolean;
}

export interface FindDayFilesOptions {
  location: OutputLocation;
  context: OutputContext;
  state: FileOutputState;
  pathOf: (day: string) => string;
}

/**
 * A day whose file is missing or changed counts as not exported, and is reported. `own`: the state of this process, beside
 * which others may have theirs.
 */
export async function findDayFiles(
  own: ExportState | undefined,
  identity: ExportState['identity'],
  options: FindDayFilesOptions,
): Promise<DayFiles> {
  if (own?.legacy !== undefined) return readLegacy(own, own.legacy, options);
  return readStates(await statesBeside(own, identity, options), options);
}

/** Reads a directory of version 0.1. */
async function readLegacy(
  { checkpoint }: ExportState,
  covered: Days,
  options: FindDayFilesOptions,
): Promise<DayFiles> {
  const { location, context, pathOf, state } = options;
  const { clock, machine, onNotice } = context;
  if (covered.to >= clock.today) onNotice(aheadOfClock(location.path, [covered], clock));
  const proven = await provenByTimes(covered, { clock, machine, place: location.place, pathOf });
  const files = proven.map(({ day, bytes }) => {
    const facts = { path: state.nameOf(pathOf(day)), day, bytes, columns: [] };
    return [day, facts] as const;
  });
  const ranges = proven.map(({ day, read }) => ({ from: day, to: day, read }));
  return { checkpoint: { ...checkpoint, ranges }, files: new Map(files), ahead: [], isLess: false };
}

/** This process's own state and those of others; what version 0.1 left is no state of files. */
async function statesBeside(
  own: ExportState | undefined,
  identity: ExportState['identity'],
  { location: { dataset, path, place }, state }: FindDayFilesOptions,
): Promise<ExportState[]> {
  const others = await readOtherStates(path, { place, dataset, own: state.stateName, identity });
  return [...(own === undefined ? [] : [own]), ...others].filter(({ legacy }) => legacy === undefined);
}

async function readStates(states: readonly ExportState[], options: FindDayFilesOptions): Promise<DayFiles> {
  const { location, context, state: output } = options;
  const found: Checkpoint[] = [];
  const lost: string[] = [];
  const files = new Map<string, FileFacts>();
  const ahead: FileFacts[] = [];
  let isLessThan = false;
  for (const state of states) {
    const { isLess, described } = output.checkAgainstClock(state);
    const { intact, changed, ...held } = await holdAgainstFiles(state, options);
    ahead.push(...held.ahead);
    for (const facts of intact) files.set(facts.day, facts);
    found.push(keepOnly(described.checkpoint, normalizeDays(intact.map(({ day }) => single(day)))));
    lost.push(
      ...changed.filter((day) => intersectDays(daysIn(described.checkpoint), [single(day)]).length > 0),
    );
    isLessThan ||= isLess;
  }
  const [only = emptyCheckpoint] = found;
  const checkpoint = found.length > 1 ? uniteCheckpoints(found) : only;
  // Another state may be the one that describes the file that is there.
  const changed = subtractDays(lost.map(single), daysIn(checkpoint));
  if (changed.length > 0)
    context.onNotice(outputChanged(`day files of ${location.path} are gone or changed`, changed));
  return { checkpoint, files, ahead, isLess: isLessThan };
}

type DayFacts = FileFacts & { day: string };

async function holdAgainstFiles(
  { files }: ExportState,
  { context: { clock }, state }: FindDayFilesOptions,
): Promise<{ intact: DayFacts[]; changed: string[]; ahead: FileFacts[] }> {
  const intact: DayFacts[] = [];
  const ahead: FileFacts[] = [];
  const changed: string[] = [];
  for (const facts of files) {
    const { day } = facts;
    if (day === undefined) continue;
    if ((await state.look(facts))?.bytes !== facts.bytes) changed.push(day);
    else if (day > clock.today && facts.rows === 0) ahead.push(facts);
    else intact.push({ ...facts, day });
  }
  return { intact, changed, ahead };
}

function keepOnly(checkpoint: Checkpoint, days: readonly Days[]): Checkpoint {
  const others = checkpoint.ranges.flatMap((range) => subtractDays([range], days));
  return forgetDays(checkpoint, others);
}

function single(day: string): Days {
  return { from: day, to: day };
}
