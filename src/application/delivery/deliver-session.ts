/** Delivers a session, from its files to its conclusion. */
import type { Supply } from '../../contracts/supply.ts';
import { deliver } from '../../delivery/deliver.ts';
import { Doubts } from '../../delivery/send/doubts.ts';
import type { OutputDecisions } from '../../delivery/outputs/owned-files.ts';
import type { Session } from '../../delivery/resume/session.ts';
import { Stopping } from '../../delivery/stopping.ts';
import { concludeSession, keptRejects, withRequestedNames, recorded } from './end/conclude.ts';
import { stopOnInterruption } from './interruption.ts';
import { warnOfRepeatedStreams } from './repeated-streams.ts';
import { recordRejects, rejectsLocation, type RequestedRejects } from './setup/rejects-location.ts';
import { openFilesOf, openRepliesOf } from './setup/run-paths.ts';
import { emitNotes, type ReadableInput } from './setup/rows.ts';
import type { DeliveryReporter } from './reporter.ts';
import type { DeliveryCommand, RunInputs, RunParts } from './run-parts.ts';
import type { DeliverySettings } from '../options/delivery.ts';

/** Delivers the remaining rows of a session; resolves to the exit code. */
export async function deliverSession(
  session: Session,
  inputs: RunInputs,
  parts: RunParts & { decisions: OutputDecisions; asked: RequestedRejects | undefined },
): Promise<number> {
  const { given, readable, duplicates, locks } = inputs;
  const { resolved, context, target } = parts;
  const { machine, report } = context;
  const supplies = suppliesFor(session, readable);
  const rejects = await rejectsLocation(session, readable, { paths: resolved.paths, asked: parts.asked });
  await recordRejects(session, readable, rejects);
  const stopping = new Stopping(machine);
  const files = await openFilesOf(session, parts.decisions, { resolved, machine, stopping });
  const letGo = stopOnInterruption(stopping, context);
  report.started(session.ledger.run);
  report.emitInputs(session.plan, given);
  emitNotes(readable, report.emit);
  emitCautions(resolved.command, report);
  const doubts = new Doubts();
  context.forcedEnd.enterSession({
    run: session.ledger.run,
    stopping,
    doubts,
    duplicates,
    rejects: () => withRequestedNames(keptRejects(files, rejects), parts),
    recorded: () => recorded(session.ledger.run, parts),
  });
  const replies = await openRepliesOf({ session, rejects, files, supplies }, parts);
  const end = await deliver({
    target,
    work: session,
    supplies,
    files: { ledger: session.ledger, outputs: files, rejects, replies },
    doubts,
    options: optionsOf(resolved.settings),
    context: { machine, emit: report.emit, stopping },
  });
  letGo();
  await warnOfRepeatedStreams(session.ledger.run, given, parts);
  return concludeSession({ session, end, files, rejects, duplicates, locks, parts });
}

function emitCautions(command: DeliveryCommand, report: DeliveryReporter): void {
  for (const message of command.vendor.cautions?.(command.settings.values) ?? []) {
    report.emit({ type: 'warned', code: 'caution', message });
  }
}

/** Sparse: an input's index is its number in the ledger. */
function suppliesFor({ plan }: Session, readable: readonly ReadableInput[]): Supply[] {
  const supplies: Supply[] = [];
  for (const [index, { input: number }] of plan.entries()) {
    const one = readable[index];
    if (one) supplies[number] = one.supply(number);
  }
  return supplies;
}

function optionsOf(settings: DeliverySettings) {
  const { retries, wait, maxRejects, onUnknown, strictCounters = false, compressionLevel } = settings;
  const { flushInterval } = settings;
  return {
    maxRetries: retries,
    wait,
    onUnknown,
    strictCounters,
    compressionLevel,
    ...(maxRejects === undefined ? {} : { maxRejects }),
    ...(flushInterval === undefined ? {} : { flushIntervalMs: flushInterval }),
  };
}
