/** What `imports watch` shows: a table drawn in place, lines of a log, or documents. */
import { unreachableText, type Outage } from '../../report/imports/outage.ts';
import {
  headText,
  watchBlock,
  watchDocument,
  watchLine,
  type WatchedAccount,
} from '../../report/imports/watch-text.ts';
import { processedOf, type WatchedImports } from '../../report/imports/watched.ts';
import { jsonText } from '../../report/list/json-text.ts';
import { colorsFor } from '../../report/terminal/colors.ts';
import { LiveRegion } from '../../report/terminal/live-region.ts';
import { printable } from '../../report/terminal/printable.ts';
import { loadWidths } from '../../report/terminal/width.ts';
import { leaveHint, nothingToWatchText } from '../../report/words/imports.ts';
import { maxActiveImports } from '../../vendors/scarf/rules.ts';
import type { ImportsContext } from './account-context.ts';
import type { WatchSettings } from './options.ts';

/** What a view shows. */
export interface Watch {
  watched: WatchedImports;
  outage: Outage;
}

export interface View {
  /** Keys are listened to. */
  isLive: boolean;
  /** Called when something may have changed. */
  show(): void;
  /** What is left to be read. */
  end(): void;
}

export async function openView(context: ImportsContext<WatchSettings>, watch: Watch): Promise<View> {
  const { machine, settings, account } = context;
  const { stdout, environment } = machine;
  const facts = { owner: account.owner, maxActive: maxActiveImports };
  if (settings.json) return jsonView(context, watch, facts);
  const canRedraw = stdout.isTTY === true && (stdout.columns ?? 0) > 0 && environment['TERM'] !== 'dumb';
  return canRedraw ? liveView(context, watch, facts) : lineView(context, watch, facts);
}

/** How often the table is drawn: ages pass, and windows are resized. */
const redrawMs = 500;

async function liveView(
  { machine }: ImportsContext,
  { watched, outage }: Watch,
  facts: WatchedAccount,
): Promise<View> {
  const { stdout, environment } = machine;
  const widths = await loadWidths();
  const colors = colorsFor(stdout, environment);
  const region = new LiveRegion(stdout, widths);
  let isKnown = false;
  const block = (rows: number | undefined) =>
    watchBlock(facts, watched.moment(), {
      ...{ columns: (stdout.columns ?? 80) - 1, rows, nowMs: machine.now(), colors, widths },
    });
  const outageLines = () => (outage.now === undefined ? [] : [colors.yellow(unreachableText(outage.now))]);
  const draw = () => {
    const table = isKnown ? block(stdout.rows ?? 24) : [];
    const lines = [...table, ...outageLines()];
    if (lines.length > 0) region.draw([...lines, colors.dim(leaveHint)]);
  };
  const stop = machine.every(redrawMs, draw);
  return {
    isLive: true,
    show: () => {
      isKnown ||= outage.now === undefined;
      draw();
    },
    end: () => {
      stop();
      region.end();
      const isEmpty = watched.moment().imports.length === 0;
      const table = isEmpty ? [nothingToWatchText(facts.owner)] : block(undefined);
      const lines = [...(isKnown ? table : []), ...outageLines()];
      if (lines.length > 0) stdout.write(`${lines.join('\n')}\n`);
    },
  };
}

/** Says on standard error when an outage begins and ends. */
function outageReporter({ stderr }: ImportsContext['machine'], outage: Outage): () => void {
  let since: string | undefined;
  return () => {
    const now = outage.now;
    if (now?.since === since) return;
    since = now?.since;
    stderr.write(now === undefined ? 'Scarf answers again\n' : `warning: ${unreachableText(now)}\n`);
  };
}

/** A line for each import whose state or counts changed, and one for the slots when they did. */
function lineView({ machine }: ImportsContext, { watched, outage }: Watch, facts: WatchedAccount): View {
  const reportOutage = outageReporter(machine, outage);
  const said = new Map<string, string>();
  const say = (key: string, state: string, line: string) => {
    if (said.get(key) === state) return;
    said.set(key, state);
    machine.stdout.write(`${printable(line)}\n`);
  };
  return {
    isLive: false,
    show: () => {
      reportOutage();
      if (outage.now !== undefined) return;
      const moment = watched.moment();
      if (moment.imports.length === 0) return say('', '', nothingToWatchText(facts.owner));
      say('', String(moment.active), headText(facts, moment));
      for (const one of moment.imports) say(one.id, `${one.status} ${processedOf(one)}`, watchLine(one));
    },
    end: () => undefined,
  };
}

/** A document for each moment that differs from the one before. */
function jsonView({ machine }: ImportsContext, { watched, outage }: Watch, facts: WatchedAccount): View {
  const reportOutage = outageReporter(machine, outage);
  let last = '';
  let isKnown = false;
  return {
    isLive: false,
    show: () => {
      reportOutage();
      isKnown ||= outage.now === undefined;
      if (!isKnown) return;
      const moment = { ...watched.moment(), unreachable: outage.now };
      const seen = moment.imports.map(({ leftMs: _leftMs, ...one }) => one);
      const state = JSON.stringify([seen, outage.now?.since]);
      if (state === last) return;
      last = state;
      machine.stdout.write(`${jsonText(watchDocument(facts, moment, machine.now()))}\n`);
    },
    end: () => undefined,
  };
}
