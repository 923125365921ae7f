/** Reads replies of Sumatra to events ("Sumatra docs, Event API, Response"). */
import { asObject } from '../../json.ts';
import { plainText } from '../../http/explain.ts';
import type { Changes, Reply, Settled } from '../../records.ts';

/**
 * The outcome of a body according to its replies; undefined when they do not match the body, so that the outcome is
 * unknown. A reply without `event_id` leaves its event unknown.
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
  const unknown = events - replies.length;
  if (unknown > 0) warnings['reply-without-id'] = unknown;
  return {
    kind: 'settled',
    accepted: replies.length,
    rejected: [],
    unknown,
    replies,
    ...(Object.keys(warnings).length === 0 ? {} : { warnings }),
  };
}

/**
 * Counts errors by feature: "The errors field will contain a map of feature names to error messages" (same page,
 * Resolution Errors).
 */
function countFeatureErrors(errors: unknown, warnings: Changes): void {
  for (const feature of Object.keys(asObject(errors) ?? {})) {
    const code = `feature-error: ${plainText(feature)}`;
    warnings[code] = (warnings[code] ?? 0) + 1;
  }
}
