/** Sumatra: one answer per event, and no ids. */
import {
  countByMark,
  csvOf,
  filler,
  JSON_ARRAY,
  markOf,
  NDJSON,
  UPLOAD_FAULTS,
  type Deal,
  type UnplacedFault,
} from './play.ts';

const CSV = csvOf('_type', 'mark', 'filler');

/** So that answers come out of order. */
const SLOW: readonly UnplacedFault[] = [
  { kind: 'delay', at: 'after', delayMs: 30, every: 7, times: 100 },
  { kind: 'delay', at: 'after', delayMs: 10, every: 3, times: 100 },
];

export const dealSumatra: Deal = (chance) => {
  const layout = chance.pick([NDJSON, NDJSON, CSV, JSON_ARRAY]);
  const isStamped = layout !== CSV && chance.happens(0.3);
  return {
    command: ['ingest', 'sumatra'],
    environment: {},
    flags: ['--features', ...(isStamped ? ['--event-type', 'signup'] : [])],
    flagsOfOne: (ofOne) =>
      ofOne.happens(0.3) ? ['--batch'] : ['--concurrency', String(ofOne.pick([1, 3, 8]))],
    sandbox: { sumatra: { keepEvents: true, eventTypes: ['signup'] } },
    faults: [
      { routes: ['event', 'batch'], kinds: UPLOAD_FAULTS, share: 0.15 },
      { routes: ['event'], kinds: SLOW, share: 0.3 },
    ],
    hasIds: false,
    layout,
    maxRows: 300,
    fates: ['refused-here', 'refused-there'],
    row: (number, fate) => {
      const mark = markOf(number);
      const type = fate === 'refused-there' ? 'elsewhere' : fate === 'arrives' ? 'signup' : undefined;
      if (layout === CSV) return `${type ?? ''},${mark},${filler(chance)}`;
      const isTorn = layout === NDJSON && chance.happens(0.5);
      if (fate === 'refused-here') return isTorn ? `{"mark":"${mark}"` : `{"mark":"${mark}","_type":5}`;
      const isBare = isStamped && fate === 'arrives' && chance.happens(0.5);
      return JSON.stringify({ ...(isBare ? {} : { _type: type }), mark, filler: filler(chance) });
    },
    arrived: ({ vendors }) => countByMark(vendors.sumatra.events().map(({ text }) => text)),
    isReadable: (text) => {
      const value = parsed(text);
      const answers = Array.isArray(value) ? (value as unknown[]) : [value];
      return answers.every((answer) => typeof answer === 'object' && answer !== null && 'event_id' in answer);
    },
    ...(chance.happens(0.7) ? { output: 'answers.ndjson' } : {}),
  };
};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
