/** Moesif: duplicates are detected by `transaction_id`, and one bad event makes the vendor refuse its whole batch. */
import { countByMark, filler, markOf, NDJSON, JSON_ARRAY, UPLOAD_FAULTS, type Deal } from './play.ts';

/** Any 2xx counts as accepted, whatever its body, so a refusal that a fault turns into a 2xx cannot be detected. */
const faults = UPLOAD_FAULTS.filter(({ kind }) => kind !== 'garbage');

export const dealMoesif: Deal = (chance) => {
  const isOwn = chance.happens(0.25);
  const isAction = chance.happens(0.2);
  const layout = chance.pick([NDJSON, NDJSON, JSON_ARRAY]);
  const ids = isOwn ? 'off' : chance.pick(['position', 'content']);
  return {
    command: ['ingest', 'moesif'],
    environment: {},
    flags: ['--fill-id', ids, ...(isAction ? ['--actions'] : [])],
    flagsOfOne: (ofOne) =>
      ofOne.happens(0.2) ? ['--single'] : ['--batch-events', String(ofOne.pick([1, 3, 20, 200]))],
    sandbox: { moesif: { keepEvents: true } },
    faults: [{ routes: ['event', 'batch', 'action', 'actions'], kinds: faults, share: 0.15 }],
    hasIds: true,
    layout,
    maxRows: 300,
    fates: ['refused-here', 'refused-there'],
    row: (number, fate) => {
      const mark = markOf(number);
      const isTorn = layout === NDJSON && chance.happens(0.5);
      if (fate === 'refused-here') return isTorn ? `{"mark":"${mark}"` : `{"request":{},"mark":"${mark}"}`;
      const time = fate === 'refused-there' ? '2020-01-01T00:00:00Z' : new Date().toISOString();
      return JSON.stringify({
        ...(isAction ? { action_name: 'clicked' } : {}),
        request: { time, uri: `https://a.example/${mark}`, verb: 'GET', headers: {} },
        ...(isOwn ? { transaction_id: `own-${number}` } : {}),
        filler: filler(chance),
      });
    },
    arrived: ({ vendors }) => countByMark(vendors.moesif.events().map(({ text }) => text)),
  };
};
