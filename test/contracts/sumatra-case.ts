import { sumatra } from '../../src/vendors/sumatra/vendor.ts';
import { bodyOf } from '../vendors/bodies.ts';
import { sandboxWith, settingsFrom, type VendorCase } from './vendor-case.ts';

/** One event per request: a refusal concerns that event, and a vendor in maintenance has taken nothing. */
export const sumatraCase: VendorCase = {
  vendor: sumatra,
  title: 'sumatra',
  start: async (faults) => {
    const sandbox = await sandboxWith({ faults });
    return {
      settings: settingsFrom(sumatra, sandbox.environment),
      received: () => sandbox.vendors.sumatra.counts().received,
      requests: () => sandbox.traffic.countsOf('sumatra').requests,
    };
  },
  body: bodyOf('{"_type":"signup","ip":"125.23.23.2"}', 1, 'identity'),
  taken: { kind: 'settled', accepted: 1, unknown: 0, replies: [{ row: 0 }] },
  exceptions: {
    'a 404': { answer: { kind: 'refused', reason: 'refused-404' } },
    'a 413': { answer: { kind: 'refused', reason: 'refused-413' } },
    'a 503 with seconds': { answer: { kind: 'retry', taken: 'no', why: 'transient', waitMs: 2000 } },
  },
};

/** Several events per request: a refused batch is halved until the bad event is alone. */
export const sumatraBatchCase: VendorCase = {
  ...sumatraCase,
  title: 'sumatra with --batch',
  start: async (faults) => {
    const running = await sumatraCase.start(faults);
    return { ...running, settings: { ...running.settings, batch: true } };
  },
  body: bodyOf('[{"_type":"signup"},{"_type":"login"}]', 2, 'identity'),
  taken: { kind: 'settled', accepted: 2, unknown: 0, replies: [{ row: 0 }, { row: 1 }] },
  exceptions: {
    ...sumatraCase.exceptions,
    'an empty 400': { answer: { kind: 'smaller' } },
    'a 404': { answer: { kind: 'smaller' } },
    'a 413': { answer: { kind: 'smaller' } },
    'a 422 about a row': { answer: { kind: 'smaller' } },
    'a 422 for want of room': { answer: { kind: 'smaller' } },
  },
};
