/** Aggregates: counts by time bucket, artifact and up to two further dimensions. */
import { asObject } from '../../../json.ts';
import { Readable } from 'node:stream';
import { addDays, isDay } from '../../../calendar.ts';
import type { Dataset, DatasetReply, Days, WindowRules } from '../../../contracts/dataset.ts';
import type { HttpStream } from '../../../http/client.ts';
import { scarfUrl, type ScarfAccount } from '../account.ts';
import { checkAggregates, needsJson, type AggregateSelection, type Rollup } from './aggregate-rules.ts';
import { askForExport } from './ask.ts';
import { AGGREGATE_V2_COLUMNS, AGGREGATE_V3_COLUMNS } from './columns.ts';

/**
 * Longest range of one request in days, documented for v3 ("Scarf API v3, aggregations export", 2026-04) and used
 * for v2 too.
 */
const maxDays = 366;

/** Windows must not split a bucket. */
const alignments: Record<Rollup, WindowRules['align']> = {
  total: 'never',
  daily: 'day',
  weekly: 'week',
  monthly: 'month',
  yearly: 'year',
};

/** Checks the selection (Failure `usage`) and describes it as a dataset. */
export function createAggregates(account: ScarfAccount, selection: AggregateSelection): Dataset {
  checkAggregates(selection);
  const isV3 = selection.api === 'v3';
  return {
    name: 'aggregates',
    identity: { dataset: 'aggregates', url: account.baseUrl, owner: account.owner, ...selection },
    encoding: 'ndjson',
    columns: isV3 ? AGGREGATE_V3_COLUMNS : AGGREGATE_V2_COLUMNS,
    // The date of a row is the first day of its bucket. Except for daily buckets it may precede the window, so
    // rows are not filtered by it.
    ...(selection.rollup === 'daily' ? { timeColumn: 'date' } : {}),
    sources: ['aggregates'],
    windows: { maxDays, align: alignments[selection.rollup] },
    open: ({ days }, signal) =>
      isV3 ? openV3(account, { selection, days }, signal) : openV2(account, { selection, days }, signal),
  };
}

interface Question {
  selection: AggregateSelection;
  days: Days | undefined;
}

/** Requests the v2 API, with exactly one rollup, since several overlap. Both dates are inclusive. */
function openV2(account: ScarfAccount, { selection, days }: Question, signal: AbortSignal) {
  const query = new URLSearchParams({ rollup: selection.rollup });
  if (days !== undefined) {
    query.set('start_date', days.from);
    query.set('end_date', days.to);
  }
  for (const breakdown of selection.breakdowns) query.append('breakdown', breakdown);
  if (selection.query !== undefined) query.set('query', selection.query);
  if (selection.filter !== undefined) query.set('filter_id', selection.filter);
  const url = scarfUrl(account, ['v2', 'packages', account.owner, 'aggregates'], query);
  const missingHint = `check --owner "${account.owner}"`;
  return askForExport(account, { url, accept: 'application/x-ndjson', missingHint }, signal);
}

async function openV3(
  account: ScarfAccount,
  { selection, days }: Question,
  signal: AbortSignal,
): Promise<DatasetReply> {
  const asJson = needsJson(selection);
  const query = v3Query(selection, days);
  if (asJson) query.set('format', 'json');
  const reply = await askForExport(
    account,
    {
      url: scarfUrl(account, ['v3', 'insights', account.owner, 'aggregations', 'export'], query),
      accept: asJson ? 'application/json' : 'application/x-ndjson',
      missingHint: `this interface minds letter case: is "${account.owner}" written exactly as at Scarf?`,
      readNotes: (headers) => noteEffectiveWindow(headers, days),
      isMarked: (headers) => headers[effectiveStart] !== undefined,
    },
    signal,
  );
  if (!asJson || reply.kind !== 'rows') return reply;
  // These lines come only when the answer is whole.
  const body = Readable.from(linesOf(reply.body), { objectMode: false });
  return { ...reply, body, shareRead: undefined };
}

/** Query of the v3 API, whose end date is exclusive (observed in 2026-09). */
function v3Query(selection: AggregateSelection, days: Days | undefined): URLSearchParams {
  const query = new URLSearchParams({ rollup: selection.rollup });
  if (days !== undefined) {
    query.set('start_date', days.from);
    query.set('end_date', addDays(days.to, 1));
  }
  const { breakdowns, company, filter, groupByArtifact, lowConfidence, pixelsOfPackage } = selection;
  if (breakdowns.length > 0) query.set('breakdown_set', breakdowns.join(','));
  for (const id of selection.packages) query.append('package_id', id);
  for (const id of selection.pixels) query.append('tracking_pixel_id', id);
  if (pixelsOfPackage !== undefined) query.set('tracking_pixels_for_package_id', pixelsOfPackage);
  if (selection.query !== undefined) query.set('query', selection.query);
  if (filter !== undefined) query.set('filter', filter);
  if (company !== undefined) query.set('company_reference', company);
  if (groupByArtifact === false) query.set('group_by_artifact', 'false');
  if (lowConfidence === false) query.set('include_low_confidence', 'false');
  return query;
}

const effectiveStart = 'x-scarf-effective-start-date';

/** Reports the range that Scarf used where it differs from the request. */
function noteEffectiveWindow(headers: HttpStream['headers'], days: Days | undefined) {
  const start = headers[effectiveStart]?.slice(0, 10);
  const end = headers['x-scarf-effective-end-date']?.slice(0, 10);
  if (days === undefined || start === undefined || end === undefined) return [];
  if (!isDay(start) || !isDay(end)) return [];
  if (start === days.from && end === addDays(days.to, 1)) return [];
  const last = addDays(end, -1);
  return [
    {
      code: 'effective-window',
      message: `Scarf returned ${start} to ${last} instead of ${days.from} to ${days.to}`,
    },
  ];
}

/**
 * Converts `{data: [...]}` to lines. The answer is small, since it has one bucket. A truncated answer gives a
 * truncated line; an answer without rows gives a blank line, so that it is not taken for an empty body.
 */
async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of body) parts.push(part);
  // Drops a byte order mark.
  const text = new TextDecoder().decode(Buffer.concat(parts));
  const rows = readData(text);
  if (rows === undefined) yield Buffer.from(text.trimEnd());
  else yield Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join('') || '\n');
}

function readData(text: string): unknown[] | undefined {
  try {
    const data = asObject(JSON.parse(text))?.['data'];
    return Array.isArray(data) ? (data as unknown[]) : undefined;
  } catch {
    return undefined;
  }
}
