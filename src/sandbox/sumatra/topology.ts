import { makeUuid } from '../identity.ts';
import type { EmulatorContext } from '../emulator.ts';
import type { SumatraSettings } from './options.ts';

type Event = Record<string, unknown>;

/** Answers one event as the live topology would. Counts grow with every event, including repeated ones. */
export type AnswerEvent = (event: Event, query: URLSearchParams) => Record<string, unknown>;

/**
 * The server generates id and time. `decisions`, `rules` and `features` appear when the query contains their
 * flag, whatever its value; `errors` only when a feature failed (Sumatra docs, Event API, 2022-08).
 */
export function createTopology(settings: SumatraSettings, context: EmulatorContext): AnswerEvent {
  const countByType = new Map<string, number>();
  return (event, query) => {
    const type = String(event['_type']);
    const count = (countByType.get(type) ?? 0) + 1;
    countByType.set(type, count);
    const missing = settings.requiredInputs.filter((name) => event[name] === undefined);
    const verdict = missing.length > 0 ? 'Review' : 'Pass';
    return {
      event_id: makeUuid(context.random),
      event_time: new Date(context.clock()).toISOString(),
      ...(query.has('decisions') ? { decisions: { verdict } } : {}),
      ...(query.has('features') ? { features: featuresOf(event, missing, count) } : {}),
      ...(query.has('rules') ? { rules: rulesOf(missing) } : {}),
      ...(missing.length > 0 ? { errors: errorsOf(missing) } : {}),
    };
  };
}

function featuresOf(event: Event, missing: string[], count: number): Event {
  const features: Event = { num_events_of_type: count };
  for (const [name, value] of Object.entries(event)) {
    if (name !== '_type') features[name] = value;
  }
  for (const name of missing) features[name] = null;
  return features;
}

function rulesOf(missing: string[]): Event[] {
  if (missing.length === 0) return [];
  return [{ name: 'incomplete_input', reason: 'Required input missing.', rulings: { verdict: 'Review' } }];
}

function errorsOf(missing: string[]): Record<string, string> {
  return Object.fromEntries(missing.map((name) => [name, 'required input missing']));
}
