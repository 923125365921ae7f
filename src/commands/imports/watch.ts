/** `scarf-cli imports watch`: the active imports of an account, until none is left or the person leaves. */
import { EXIT } from '../../failure.ts';
import {
  headText,
  watchBlock,
  watchDocument,
  watchLine,
  type WatchedAccount,
} from '../../report/imports/watch-text.ts';
import { processedOf, WatchedImports, type SeenImport } from '../../report/imports/watched.ts';
import { jsonText } from '../../report/list/json-text.ts';
import { colorsFor } from '../../report/terminal/colors.ts';
import { LiveRegion } from '../../report/terminal/live-region.ts';
import { printable } from '../../report/terminal/printable.ts';
import { loadWidths } from '../../report/terminal/width.ts';
import { leaveHint, nothingToWatchText } from '../../report/words/imports.ts';
import { activeImportsOf } from '../../vendors/scarf/active-imports.ts';
import { getImport, type EventImport } from '../../vendors/scarf/imports.ts';
import { isActive } from '../../vendors/scarf/jobs.ts';
import { maxActiveImports } from '../../vendors/scarf/rules.ts';
import { ask, atScarf, type Verbs } from './at-scarf.ts';
import { listenForKeys } from './keys.ts';
import type { WatchSettings } from './options.ts';

export const watch = atScarf(watchAll);

async function watchAll(verbs: Verbs<WatchSettings>): Promise<number> {
  const { machine, settings, interruption } = verbs;
  const watched = new WatchedImports();
  const view = await openView(verbs, watched);
  const keys = view.isLive ? listenForKeys(machine, interruption) : undefined;
  const signal = keys === undefined ? verbs.signal : AbortSignal.any([verbs.signal, keys.left]);
  try {
    for (;;) {
      await lookAgain({ ...verbs, signal }, watched);
      view.show();
      if (watched.moment().active === 0) break;
      await machine.sleep(settings.interval, signal);
    }
  } catch (error) {
    // Errors that an interruption causes are less informative than itself.
    if (verbs.signal.aborted) throw verbs.signal.reason;
    if (keys?.left.aborted !== true) throw error;
  } finally {
    keys?.close();
    view.end();
  }
  return EXIT.ok;
}

/** One request for all that are active, and one for each that no longer is. */
async function lookAgain(verbs: Verbs, watched: WatchedImports): Promise<void> {
  const { account, machine } = verbs;
  const before = watched.activeIds;
  const { imports } = await ask(verbs, (signal) => activeImportsOf(account, signal));
  const there = new Set(imports.map(({ id }) => id));
  const seen = imports.map(seenOf);
  for (const id of before.filter((one) => !there.has(one))) {
    const found = await ask(verbs, (signal) => getImport(account, id, signal));
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

interface View {
  /** Keys are listened to. */
  isLive: boolean;
  show(): void;
  /** What is left to be read. */
  end(): void;
}

async function openView(verbs: Verbs<WatchSettings>, watched: WatchedImports): Promise<View> {
  const { machine, settings, account } = verbs;
  const { stdout, environment } = machine;
  const facts = { owner: account.owner, maxActive: maxActiveImports };
  if (settings.json) return jsonView(verbs, watched, facts);
  const canRedraw = stdout.isTTY === true && (stdout.columns ?? 0) > 0 && environment['TERM'] !== 'dumb';
  return canRedraw ? liveView(verbs, watched, facts) : lineView(verbs, watched, facts);
}

/** How often the table is drawn: ages pass, and windows are resized. */
const redrawMs = 500;

async function liveView({ machine }: Verbs, watched: WatchedImports, facts: WatchedAccount): Promise<View> {
  const { stdout, environment } = machine;
  const widths = await loadWidths();
  const colors = colorsFor(stdout, environment);
  const region = new LiveRegion(stdout, widths);
  let isKnown = false;
  const block = (rows: number | undefined) =>
    watchBlock(facts, watched.moment(), {
      ...{ columns: (stdout.columns ?? 80) - 1, rows, nowMs: machine.now(), colors, widths },
    });
  const draw = () => {
    if (isKnown) region.draw([...block(stdout.rows ?? 24), colors.dim(leaveHint)]);
  };
  const stop = machine.every(redrawMs, draw);
  return {
    isLive: true,
    show: () => {
      isKnown = true;
      draw();
    },
    end: () => {
      stop();
      region.end();
      if (!isKnown) return;
      const isEmpty = watched.moment().imports.length === 0;
      stdout.write(isEmpty ? `${nothingToWatchText(facts.owner)}\n` : `${block(undefined).join('\n')}\n`);
    },
  };
}

/** A line for each import whose state or counts changed, and one for the slots when they did. */
function lineView({ machine }: Verbs, watched: WatchedImports, facts: WatchedAccount): View {
  const said = new Map<string, string>();
  const say = (key: string, state: string, line: string) => {
    if (said.get(key) === state) return;
    said.set(key, state);
    machine.stdout.write(`${printable(line)}\n`);
  };
  return {
    isLive: false,
    show: () => {
      const moment = watched.moment();
      if (moment.imports.length === 0) return say('', '', nothingToWatchText(facts.owner));
      say('', String(moment.active), headText(facts, moment));
      for (const one of moment.imports) say(one.id, `${one.status} ${processedOf(one)}`, watchLine(one));
    },
    end: () => undefined,
  };
}

/** A document for each moment that differs from the one before. */
function jsonView({ machine }: Verbs, watched: WatchedImports, facts: WatchedAccount): View {
  let last = '';
  return {
    isLive: false,
    show: () => {
      const moment = watched.moment();
      const state = JSON.stringify(moment.imports.map(({ leftMs: _leftMs, ...one }) => one));
      if (state === last) return;
      last = state;
      machine.stdout.write(`${jsonText(watchDocument(facts, moment, machine.now()))}\n`);
    },
    end: () => undefined,
  };
}
