import type { EventStore, Staging } from '../events/store.ts';
import { readBody } from '../wire/body.ts';
import type { Exchange } from '../wire/exchange.ts';
import { forEachLine } from '../wire/lines.ts';
import { jsonReply, Refusal } from '../wire/reply.ts';
import type { ScarfSettings } from './options.ts';
import { failedToDecode, judgeRow, type ImportLog, type RowRules, type RowVerdict } from './row.ts';

/** A complete upload, validated as it streamed. Nothing of it is stored before `staged` is committed. */
export interface Upload {
  /**
   * All lines. A blank one counts as neither success nor failure, which explains the gap in live counters.
   */
  total: number;
  succeeded: number;
  failed: number;
  log: ImportLog[];
  staged: Staging;
}

/** How to validate an upload, and where to stage its events. */
export interface UploadJudge {
  rules: RowRules;
  settings: ScarfSettings;
  store: EventStore;
}

/** Reads an upload to its end. `Content-Type` is ignored (scarf-sh/tie, 2024-10-28). */
export async function readUpload(exchange: Exchange, judge: UploadJudge): Promise<Upload> {
  const { rules, settings, store } = judge;
  const upload: Upload = { total: 0, succeeded: 0, failed: 0, log: [], staged: store.stage() };
  let oldRows = 0;
  await forEachLine(readBody(exchange), settings.maxLineBytes, (line) => {
    upload.total += 1;
    const verdict = refuseOld(judgeRow(line, rules), settings);
    if (verdict.kind === 'blank') return;
    if (verdict.kind === 'failed') {
      upload.failed += 1;
      if (upload.log.length < settings.maxLogEntries)
        upload.log.push({ line: upload.total, ...verdict.entry });
      return;
    }
    upload.succeeded += 1;
    if (verdict.isOld) oldRows += 1;
    if (line !== null) upload.staged.add(verdict.id, line);
  });
  if (oldRows > 0 && settings.oldEvents === 'reject-request') {
    const message = `${oldRows} events are older than ${settings.maxEventAgeDays} days`;
    throw new Refusal(jsonReply(422, { code: 'events-too-old', message }));
  }
  return upload;
}

function refuseOld(verdict: RowVerdict, settings: ScarfSettings): RowVerdict {
  if (verdict.kind !== 'event' || !verdict.isOld || settings.oldEvents !== 'reject-line') return verdict;
  return failedToDecode(`Event is older than ${settings.maxEventAgeDays} days`);
}
