/** `scarf-cli imports watch`: the active imports of an account, until none is left or the person leaves. */
import { EXIT, Failure } from '../../failure.ts';
import { Outage } from '../../report/imports/outage.ts';
import { WatchedImports, type SeenImport } from '../../report/imports/watched.ts';
import { activeImportsOf } from '../../vendors/scarf/active-imports.ts';
import { getImport, type EventImport } from '../../vendors/scarf/imports.ts';
import { isActive } from '../../vendors/scarf/jobs.ts';
import { ask, withAccount, type RetryContext, type ImportsContext } from './account-context.ts';
import { listenForKeys } from './keys.ts';
import type { WatchSettings } from './options.ts';
import { openView } from './watch-views.ts';

export const watch = withAccount(watchAll);

/** A watch that has begun goes on for so long while Scarf does not answer. */
const maxOutageMs = 30 * 60_000;

async function watchAll(context: ImportsContext<WatchSettings>): Promise<number> {
  const { machine, settings, interruption } = context;
  const watched = new WatchedImports();
  const outage = new Outage();
  const view = await openView(context, { watched, outage });
  const keys = view.isLive ? listenForKeys(machine, interruption) : undefined;
  const signal = keys === undefined ? context.signal : AbortSignal.any([context.signal, keys.left]);
  const onNoAnswer = (why: string) => {
    outage.begin(why, { nowMs: machine.now(), elapsedMs: machine.elapsedMs() });
    view.show();
  };
  let hasBegun = false;
  try {
    for (;;) {
      const hasSeen = await lookAgain({ ...context, signal, onNoAnswer }, watched).then(
        () => true,
        (error: unknown) => {
          if (!hasBegun || !isUnavailable(error) || outage.lastsMs(machine.elapsedMs()) > maxOutageMs) {
            throw error;
          }
          return false;
        },
      );
      if (!hasSeen) continue;
      hasBegun = true;
      outage.end();
      view.show();
      if (watched.moment().active === 0) break;
      await machine.sleep(settings.interval, signal);
    }
  } catch (error) {
    // Errors that an interruption causes are less informative than itself.
    if (context.signal.aborted) throw context.signal.reason;
    if (keys?.left.aborted !== true) throw error;
  } finally {
    keys?.close();
    view.end();
  }
  return outage.now === undefined ? EXIT.ok : EXIT.unavailable;
}

function isUnavailable(error: unknown): boolean {
  return error instanceof Failure && error.kind === 'unavailable';
}

/** One request for all that are active, and one for each that no longer is. */
async function lookAgain(
  context: RetryContext & Pick<ImportsContext, 'account'>,
  watched: WatchedImports,
): Promise<void> {
  const { account, machine } = context;
  const before = watched.activeIds;
  const { imports } = await ask(context, (signal) => activeImportsOf(account, signal));
  const there = new Set(imports.map(({ id }) => id));
  const seen = imports.map(seenOf);
  for (const id of before.filter((one) => !there.has(one))) {
    const found = await ask(context, (signal) => getImport(account, id, signal));
    seen.push(seenOf(found.kind === 'import' ? found.import : { id, status: 'missing' }));
  }
  watched.see(seen, { nowMs: machine.now(), elapsedMs: machine.elapsedMs() });
}

function seenOf(one: EventImport): SeenImport {
  const count = (name: string) => (typeof one[name] === 'number' ? one[name] : undefined);
  const { created_at: createdAt } = one;
  return {
    id: one.id,
    status: one.status ?? 'unknown',
    isActive: isActive(one),
    total: count('events_total'),
    imported: count('events_successfully_imported'),
    failed: count('events_failed_to_import'),
    createdAt: typeof createdAt === 'string' ? createdAt : undefined,
  };
}
