/** What Sumatra replied to events ("Sumatra docs, Event API, Response"). */
import { asObject } from '../../json.ts';
import { plainText } from '../../http/explain.ts';
import type { Changes, Reply, Settled } from '../../records.ts';

/**
 * The replies to a body as its last word; undefined when they do not fit the body, so that nobody can tell what
 * became of it. An element without `event_id` leaves its event unknown.
 */
export function readAnswers(value: unknown, events: number): Settled | undefined {
  if (!Array.isArray(value) || value.length !== events) return undefined;
  const replies: Reply[] = [];
  const warnings: Changes = {};
  value.forEach((element: unknown, row) => {
    const body = asObject(element);
    if (body === undefined || typeof body['event_id'] !== 'string' || body['event_id'] === '') return;
    replies.push({ row, body });
    countFeatureErrors(body['errors'], warnings);
  });
  if (replies.length === 0) return undefined;
  return {
    kind: 'settled',
    accepted: replies.length,
    rejected: [],
    unknown: events - replies.length,
    replies,
    ...(Object.keys(warnings).length === 0 ? {} : { warnings }),
  };
}

/** "The errors field will contain a map of feature names to error messages" (the same page, Resolution Errors). */
function countFeatureErrors(errors: unknown, warnings: Changes): void {
  for (const feature of Object.keys(asObject(errors) ?? {})) {
    const code = `feature-error: ${plainText(feature)}`;
    warnings[code] = (warnings[code] ?? 0) + 1;
  }
}
