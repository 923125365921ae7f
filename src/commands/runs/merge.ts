/** `scarf-cli runs merge`: one outcome of the reports of all parts, as the last step of a job. */
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { claimsOfInputs, writeClaim } from '../../application/claims.ts';
import { openStorage } from '../../application/storage.ts';
import { isAddress } from '../../contracts/storage.ts';
import { REJECTS_META_SUFFIX } from '../../delivery/outputs/rejects.ts';
import { withFailureContext } from '../../disk/errno.ts';
import { guardPaths, type PathClaim } from '../../disk/output/path-claims.ts';
import { readSmallFile } from '../../disk/read-small-file.ts';
import { EXIT, Failure } from '../../failure.ts';
import { isObject } from '../../json.ts';
import type { Machine } from '../../machine.ts';
import { buildReport, type RejectsFile } from '../../report/delivery/document.ts';
import {
  mergeReports,
  type Merged,
  type PartDocument,
  type PartReport,
} from '../../report/delivery/merge.ts';
import { summaryText } from '../../report/delivery/text.ts';
import { jsonText } from '../../report/list/json-text.ts';
import { colorsFor } from '../../report/terminal/colors.ts';
import { mergedText } from '../../report/words/merge.ts';
import { findInputs } from '../../sources/inputs.ts';
import { findVendor } from '../../vendors/index.ts';
import { collectRejects, mergeRejects, type CollectedRejects } from './merge-rejects.ts';
import type { MergeSettings } from './options.ts';
import type { PartFileContext } from './part-file.ts';
import type { RunsCall } from './run.ts';

/** A report of thousands of inputs has some megabytes. */
const maxReportBytes = 256 * 1024 * 1024;

export async function merge({
  names,
  settings,
  machine,
  interruption,
}: RunsCall<MergeSettings>): Promise<number> {
  const storage = openStorage({ settings, machine, signal: interruption.signal, warn: () => undefined });
  try {
    const context: PartFileContext = { workingDirectory: machine.workingDirectory, objects: storage.objects };
    const { paths, problem } = await findInputs(names, machine, { objects: storage.objects });
    if (problem) throw problem;
    const reports = await Promise.all(paths.map((path) => readReport(path, { context, interruption })));
    const merged = mergeReports(reports);
    const rejects = await putRejects(merged, paths, { settings, machine, context });
    const { stdout } = machine;
    if (settings.json) stdout.write(`${jsonText(documentOf(merged, rejects))}\n`);
    else stdout.write(textOf(merged, rejects, machine));
    return EXIT[merged.exit];
  } finally {
    await storage.close();
  }
}

async function readReport(
  path: string,
  { context, interruption }: { context: PartFileContext; interruption: RunsCall['interruption'] },
): Promise<PartReport> {
  const { signal } = interruption;
  const bytes = isAddress(path)
    ? await readObject(path, context)
    : await withFailureContext(`read ${path}`, () => readReportFile(path, { context, signal }));
  const document = parsed(Buffer.from(bytes).toString('utf8'));
  if (!isDelivery(document)) {
    throw new Failure('usage', `${path} is no report of a delivery`, {
      hint: 'write one with --report FILE, as JSON',
    });
  }
  if (!isObject(document.part)) {
    const [error] = document.errors;
    const why = error === undefined ? 'it was not divided (--shard)' : `the run failed: ${error.message}`;
    throw new Failure('usage', `${path} is the report of no part: ${why}`);
  }
  if (!isPartOf(document.part)) throw new Failure('usage', `${path}: it names no part that there can be`);
  return { path, document };
}

async function readReportFile(
  path: string,
  { context, signal }: { context: PartFileContext; signal: AbortSignal },
): Promise<Uint8Array> {
  const file = resolve(context.workingDirectory, path);
  if ((await stat(file)).isDirectory()) {
    throw new Failure('usage', `${path} is a directory`, {
      hint: `name the reports in it: '${join(path, '*.json')}'`,
    });
  }
  return readSmallFile(file, { maxBytes: maxReportBytes, signal });
}

/** What is too large for a report is none. */
async function readObject(address: string, { objects }: PartFileContext): Promise<Uint8Array> {
  const object = await objects.look(address);
  if (object === undefined || object.bytes === 0 || object.bytes > maxReportBytes) return Buffer.alloc(0);
  return objects.read(object, 0, object.bytes);
}

function isPartOf({ index, of }: PartDocument['part']): boolean {
  return Number.isInteger(index) && Number.isInteger(of) && 0 <= index && index < of;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What has these keys was written by us. */
function isDelivery(document: unknown): document is PartDocument {
  if (!isObject(document) || document['schema'] !== 1) return false;
  return ['counts', 'thisRun', 'rejects'].every((name) => isObject(document[name]));
}

/** Without `--rejects` the files stay where they are. */
async function putRejects(
  { parts }: Merged,
  paths: readonly string[],
  { settings, machine, context }: { settings: MergeSettings; machine: Machine; context: PartFileContext },
): Promise<RejectsFile | undefined> {
  const isRead = settings.rejects !== undefined;
  const collected = await collectRejects(parts, { context, isRead });
  if (settings.rejects === undefined) return locationOf(collected);
  const target = resolve(machine.workingDirectory, settings.rejects);
  const inputs = [...paths, ...collected.map(({ path }) => path)];
  const claims = await claimsOfInputs(inputs, machine);
  return mergeRejects(collected, {
    target,
    context,
    overwrite: settings.overwrite,
    guard: (outputs) => guardPaths([...claims, ...claimsOfOutputs(outputs)]),
  });
}

function claimsOfOutputs(outputs: readonly string[]): PathClaim[] {
  return outputs
    .flatMap((path) => [path, `${path}${REJECTS_META_SUFFIX}`])
    .map((path) => writeClaim('--rejects', `--rejects (${path})`, path));
}

function locationOf(collected: readonly CollectedRejects[]): RejectsFile | undefined {
  const [first] = collected;
  if (first === undefined) return undefined;
  return {
    path: first.path,
    state: first.state,
    files: collected.map(({ path, state }) => ({ path, state })),
  };
}

function documentOf(merged: Merged, rejects: RejectsFile | undefined): Record<string, unknown> {
  const { tally, command, parts, missing, of, exit, planned, durationMs } = merged;
  return buildReport(tally, {
    command,
    run: null,
    durationMs,
    exit,
    rejects,
    merged: {
      of,
      missing,
      parts: parts.map(({ path, document: { part, run, exit: code } }) => ({
        index: part.index,
        report: path,
        run,
        exit: code,
      })),
    },
    ...(planned === undefined ? {} : { planned }),
  });
}

function textOf(merged: Merged, rejects: RejectsFile | undefined, machine: Machine): string {
  const { command, tally, exit, durationMs, planned } = merged;
  const vendor = findVendor(command.replace(/^ingest /, '')) ?? findVendor('scarf');
  const facts = {
    vendor: vendor?.title ?? command,
    requestNoun: command === 'import' ? ('import' as const) : ('request' as const),
    exit,
    durationMs,
    nowMs: machine.now(),
    rejects,
    run: undefined,
    isResumable: false,
    planned,
  };
  const colors = colorsFor(machine.stdout, machine.environment);
  return `${mergedText(merged)}${summaryText(tally, facts, colors)}`;
}
