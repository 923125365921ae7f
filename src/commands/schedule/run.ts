/** The verbs of `schedule` that call Scarf; each resolves to the exit code. Failures are thrown. */
import { isObject } from '../../json.ts';
import { EXIT, Failure } from '../../failure.ts';
import { loadDispatcher } from '../../http/dispatcher.ts';
import { createHttpClient } from '../../http/request.ts';
import type { Retry } from '../../records.ts';
import { retry, type RetryOptions } from '../../retrieval/retry.ts';
import { RetryError } from '../../retry.ts';
import { createScarfAccount, type ScarfAccount } from '../../vendors/scarf/account.ts';
import {
  createSchedule,
  deleteSchedule,
  readSchedules,
  type RawReply,
  type RawReplyList,
} from '../../vendors/scarf/schedules/ask.ts';
import { compareSchedule, scheduleBody } from '../../vendors/scarf/schedules/body.ts';
import { jsonText } from '../../report/list/json-text.ts';
import type { List } from '../../report/list/list.ts';
import { viewOf } from '../../report/list/write.ts';
import { printable } from '../../report/terminal/printable.ts';
import { alreadyScheduledText, createdText, deletedText } from '../../report/words/schedule.ts';
import type { ScheduleCall } from './call.ts';
import { HISTORY_LIST, SCHEDULE_LIST } from './list.ts';
import type { CreateSettings, DeleteSettings, ListSettings, ScheduleSettings } from './options.ts';
import { readScheduleSpec } from './spec.ts';

/** What the verbs that call Scarf work with. */
interface ScheduleContext<Settings = ScheduleSettings> extends ScheduleCall<Settings> {
  account: ScarfAccount;
  again: RetryOptions;
}

/** Connects to the account that the settings name, runs the verb and closes the connection. */
function withAccount<Settings extends ScheduleSettings>(
  work: (context: ScheduleContext<Settings>) => Promise<number>,
): (call: ScheduleCall<Settings>) => Promise<number> {
  return async (call) => {
    const { settings, machine, signal } = call;
    const http = createHttpClient(
      () => loadDispatcher({ environment: machine.environment, connections: 2 }),
      machine,
    );
    try {
      const account = createScarfAccount(settings, { http, now: () => machine.now() });
      const again: RetryOptions = {
        machine,
        signal,
        retries: settings.retries,
        onRetry: (message) => void machine.stderr.write(`${printable(message)}; trying again\n`),
      };
      return await work({ ...call, account, again });
    } finally {
      await http.close();
    }
  };
}

export const list = withAccount<ListSettings>((context) =>
  printList(context, SCHEDULE_LIST, 'schedule-export'),
);
export const history = withAccount<ListSettings>((context) =>
  printList(context, HISTORY_LIST, 'schedule-export-history'),
);
export const create = withAccount(createOne);
export const remove = withAccount(removeOne);

/** With `--json`, prints Scarf's reply verbatim. */
async function printList(
  context: ScheduleContext<ListSettings>,
  list: List<unknown>,
  route: 'schedule-export' | 'schedule-export-history',
): Promise<number> {
  const { settings, machine, signal } = context;
  const view = viewOf(list, settings, { ...machine, signal });
  const { entries, body } = await read(context, route);
  await view.write(entries, body);
  return EXIT.ok;
}

function read(
  { account, again }: ScheduleContext,
  route: 'schedule-export' | 'schedule-export-history',
): Promise<RawReplyList> {
  return retry(async () => settled(await readSchedules(account, route, again.signal)), again);
}

/**
 * A duplicate schedule would write every file twice, so an identical one (perhaps from a run whose reply was
 * lost) is looked for first, and again whenever a reply is lost.
 */
async function createOne(context: ScheduleContext<CreateSettings>): Promise<number> {
  const { account, again, machine, settings } = context;
  const spec = await readScheduleSpec(settings, { account, ...again });
  const body = scheduleBody(spec);
  const standing = await findStanding(account, body, again.signal);
  if (standing !== undefined) {
    machine.stderr.write(`${alreadyScheduledText}\n`);
    return show(context, { kind: 'said', body: standing });
  }
  let mayExist = false;
  const attempt = async () => {
    if (mayExist) {
      const found = await findSchedule(account, body, again.signal);
      if (found !== undefined) return found;
    }
    const answer = await createSchedule(account, body, again.signal);
    if (answer.kind === 'retry' && answer.taken === 'maybe') mayExist = true;
    return settled(answer);
  };
  const made = await retry(attempt, again).catch((error: unknown) => {
    throw mayExist ? inDoubt(error) : error;
  });
  machine.stderr.write(`${createdText}\n`);
  return show(context, made);
}

/** A schedule that equals `body` in every part; undefined also when the list cannot be read. */
async function findStanding(
  account: ScarfAccount,
  body: Record<string, unknown>,
  signal: AbortSignal,
): Promise<unknown> {
  const listed = await readSchedules(account, 'schedule-export', signal);
  if (listed.kind === 'retry') return undefined;
  const names = Object.keys(body);
  const saysAll = (entry: unknown) => isObject(entry) && names.every((name) => Object.hasOwn(entry, name));
  return listed.entries.find((entry) => saysAll(entry) && compareSchedule(entry, body) === 'same');
}

async function findSchedule(
  account: ScarfAccount,
  body: Record<string, unknown>,
  signal: AbortSignal,
): Promise<RawReply | undefined> {
  const listed = settled(await readSchedules(account, 'schedule-export', signal));
  const entries = listed.entries.map((entry) => ({ entry, is: compareSchedule(entry, body) }));
  const found = entries.find(({ is }) => is === 'same');
  if (found !== undefined) return { kind: 'said', body: found.entry };
  if (!entries.some(({ is }) => is === 'other')) return undefined;
  throw new Failure('unavailable', 'a reply was lost, and this destination has another schedule');
}

/** The schedule may exist already; creating it again would write every file twice. */
function inDoubt(error: unknown): unknown {
  if (!(error instanceof Failure) || error.kind !== 'unavailable') return error;
  return new Failure('unavailable', error.message, {
    hint: 'the schedule may have been made: see "scarf-cli schedule list" before you run this again',
    cause: error,
  });
}

async function removeOne(context: ScheduleContext<DeleteSettings>): Promise<number> {
  const { account, again, machine, id = '' } = context;
  if (!context.settings.yes) {
    throw new Failure('usage', `the schedule ${id} would be deleted, and no more files written`, {
      hint: 'pass --yes to confirm',
    });
  }
  let attempts = 0;
  const { kind } = await retry(async () => {
    attempts++;
    return settled(await deleteSchedule(account, id, again.signal));
  }, again);
  // After an attempt whose reply was lost, "not found" means success.
  if (kind === 'gone' && attempts === 1) {
    throw new Failure('usage', `"${account.owner}" has no schedule ${id} (404)`, {
      hint: '"scarf-cli schedule list" shows those there are',
    });
  }
  machine.stderr.write(`${printable(deletedText(id))}\n`);
  return EXIT.ok;
}

/** Replies are undocumented and printed unchanged. */
function show({ machine, settings }: ScheduleContext, { body }: RawReply): number {
  const spaces = settings.json ? undefined : 2;
  machine.stdout.write(`${jsonText(body, spaces)}\n`);
  return EXIT.ok;
}

function settled<Answer extends { kind: string }>(answer: Answer | Retry): Exclude<Answer, Retry> {
  if (answer.kind !== 'retry') return answer as Exclude<Answer, Retry>;
  const { message, waitMs } = answer as Retry;
  throw new RetryError(message, { waitMs });
}
