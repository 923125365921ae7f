/** The verbs of `scarf-cli imports`; each resolves to the exit code. */
import { Grace } from '../../delivery/jobs/grace.ts';
import { EXIT, Failure } from '../../failure.ts';
import type { JobState } from '../../records.ts';
import { writeFailure } from '../../report/failure-text.ts';
import { jsonText } from '../../report/list/json-text.ts';
import { viewOf } from '../../report/list/write.ts';
import { printable } from '../../report/terminal/printable.ts';
import { importCountsText, onlyNewestText, unreadableLogText } from '../../report/words/imports.ts';
import { nextPollMs, WAITS } from '../../retry.ts';
import { abortImport, getImport, readImportLog, type EventImport } from '../../vendors/scarf/imports.ts';
import { jobOf, watchJobs } from '../../vendors/scarf/jobs.ts';
import { listImports } from '../../vendors/scarf/paging.ts';
import { ask, withAccount, type ImportsContext } from './account-context.ts';
import { fullIds, noSuchImport } from './full-ids.ts';
import { IMPORT_LIST } from './list.ts';
import { LogPrinter } from './log-printer.ts';
import { listedAtMost, type AbortSettings, type ListSettings } from './options.ts';

export const list = withAccount(listAll);
export const show = withAccount(showOne);
export const log = withAccount(printLog);
export const wait = withAccount(waitForAll);
export const abort = withAccount(abortChosen);

async function listAll(context: ImportsContext<ListSettings>): Promise<number> {
  const { settings, machine, signal: ending } = context;
  const view = viewOf(IMPORT_LIST, settings, { ...machine, signal: ending });
  const { status, limit } = settings;
  // One more than are listed tells whether any is left out.
  const wanted = { limit: limit ?? listedAtMost + 1, ...(status === undefined ? {} : { status }) };
  const { imports } = await ask(context, (signal) => listImports(context.account, wanted, signal));
  await view.write(imports.slice(0, limit ?? listedAtMost));
  if (limit === undefined && imports.length > listedAtMost)
    machine.stderr.write(`${onlyNewestText(listedAtMost)}\n`);
  return EXIT.ok;
}

async function showOne(context: ImportsContext): Promise<number> {
  const [id = ''] = await idsMeant(context);
  const found = await ask(context, (signal) => getImport(context.account, id, signal));
  if (found.kind === 'missing') throw noSuchImport(id);
  if (context.settings.json) printJson(context, found.import);
  else for (const [name, value] of Object.entries(found.import)) print(context, `${name}: ${textOf(value)}`);
  return EXIT.ok;
}

/**
 * Prints entries as they arrive, since a log may have a million. After a dropped connection those already
 * printed are skipped.
 */
async function printLog(context: ImportsContext): Promise<number> {
  const [id = ''] = await idsMeant(context);
  const output = new LogPrinter(context.machine.stdout, { asArray: context.settings.json });
  const found = await ask(context, (signal) => {
    output.restart();
    return readImportLog(context.account, { id, visit: (entry) => output.print(entry) }, signal);
  });
  if (found.kind === 'missing') throw noSuchImport(id);
  await output.end();
  if (found.unreadable > 0) {
    context.machine.stderr.write(`warning: ${unreadableLogText(found.unreadable)}\n`);
  }
  return EXIT.ok;
}

/**
 * Waits until all imports have ended. When interrupted, reports how far they were, as far as that is known.
 */
async function waitForAll(context: ImportsContext): Promise<number> {
  const { machine, account, interruption, signal } = context;
  const watch = watchJobs(account);
  const grace = new Grace(machine);
  let jobs: JobState[] | undefined;
  let endedEarly: number | undefined;
  const endEarly = (why: Failure) => {
    if (endedEarly === undefined) printJobs(jobs ?? [], context);
    return (endedEarly ??= endInterrupted(why, context));
  };
  interruption.setLastWord(async (why) => endEarly(why));
  try {
    const receipts = (await idsMeant(context)).map((id) => ({ id }));
    for (let waitMs: number = WAITS.poll.firstMs; ; waitMs = nextPollMs(waitMs)) {
      const seen = await ask(context, () => watch(receipts, signal));
      jobs = seen.jobs.map((job) => grace.applyTo(job));
      if (jobs.every(({ state }) => state !== 'open')) break;
      await machine.sleep(waitMs, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    return endEarly(signal.reason as Failure);
  }
  printJobs(jobs, context);
  return exitOf(jobs);
}

function printJobs(jobs: readonly JobState[], context: ImportsContext): void {
  if (!context.settings.json) for (const { id, fields } of jobs) print(context, lineFor({ ...fields, id }));
  else
    printJson(
      context,
      jobs.map(({ fields, id }) => ({ ...fields, id })),
    );
}

/** The JSON document of the jobs is already printed. */
function endInterrupted(reason: Failure, { machine }: ImportsContext): number {
  const exit = EXIT[reason.kind];
  writeFailure(reason, { machine, asJson: false, exit });
  return exit;
}

function exitOf(jobs: readonly { id: string; state: string; fields: Record<string, unknown> }[]): number {
  const has = (state: string) => jobs.some((job) => job.state === state);
  const missingJob = jobs.find(({ state }) => state === 'missing');
  if (missingJob) throw noSuchImport(missingJob.id);
  if (has('aborted')) return EXIT.aborted;
  return jobs.some(({ fields }) => Number(fields['events_failed_to_import'] ?? 0) > 0)
    ? EXIT.rejected
    : EXIT.ok;
}

async function abortChosen(context: ImportsContext<AbortSettings>): Promise<number> {
  const { ids } = context;
  const { all, yes, json } = context.settings;
  if (all === ids.length > 0) throw new Failure('usage', 'give import ids, or --all');
  if (all && !yes)
    throw new Failure('usage', '--all aborts every active import of the owner', {
      hint: 'pass --yes to confirm',
    });
  const chosen = all ? await activeIds(context) : await idsMeant(context);
  const results: Aborted[] = [];
  for (const id of chosen) {
    const one = await abortOne(id, context);
    results.push(one);
    if (json) continue;
    print(context, one.result === 'aborted' ? `${id}  aborted` : `${lineFor(one)}  (had ended before)`);
  }
  if (json) printJson(context, results);
  return EXIT.ok;
}

/** `ended`: the import had ended before; `status` says how. */
type Aborted = EventImport & { result: 'aborted' | 'ended' };

/**
 * An unknown import is an error, one that has ended is not. Scarf's reply to aborting an ended import is
 * undocumented.
 */
async function abortOne(id: string, context: ImportsContext): Promise<Aborted> {
  const look = async () => {
    const found = await ask(context, (signal) => getImport(context.account, id, signal));
    if (found.kind === 'missing') throw noSuchImport(id);
    return found.import;
  };
  const before = await look();
  if (jobOf(before).state !== 'open') return { ...before, result: 'ended' };
  const answer = await ask(context, (signal) => abortImport(context.account, id, signal));
  return answer.kind === 'aborted' ? { id, result: 'aborted' } : { ...(await look()), result: 'ended' };
}

async function activeIds(context: ImportsContext): Promise<string[]> {
  const wanted = { status: ['importing'], limit: Number.POSITIVE_INFINITY };
  const found = await ask(context, (signal) => listImports(context.account, wanted, signal));
  return found.imports.filter((one) => jobOf(one).state === 'open').map(({ id }) => id);
}

/** The given ids in full. */
function idsMeant(context: ImportsContext): Promise<string[]> {
  return fullIds(context.ids, async () => {
    const everything = { limit: Number.POSITIVE_INFINITY };
    const found = await ask(context, (signal) => listImports(context.account, everything, signal));
    return found.imports.map(({ id }) => id);
  });
}

function lineFor(one: EventImport): string {
  const count = (name: string) => (typeof one[name] === 'number' ? one[name] : undefined);
  const counts = importCountsText({
    imported: count('events_successfully_imported'),
    total: count('events_total'),
    failed: count('events_failed_to_import'),
  });
  const created = typeof one['created_at'] === 'string' ? one['created_at'] : '';
  return `${one.id}  ${(one.status ?? 'unknown').padEnd(9)}  ${counts}  ${created}`.trimEnd();
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : jsonText(value);
}

function print({ machine }: ImportsContext, line: string): void {
  machine.stdout.write(`${printable(line)}\n`);
}

function printJson({ machine }: ImportsContext, value: unknown): void {
  machine.stdout.write(`${jsonText(value)}\n`);
}
