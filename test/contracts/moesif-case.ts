import { moesif } from '../../src/vendors/moesif/vendor.ts';
import { bodyOf } from '../vendors/bodies.ts';
import { sandboxWith, settingsFrom, type VendorCase } from './vendor-case.ts';

const event = (id: number) =>
  `{"request":{"time":"2026-06-30T00:00:00Z","uri":"https://a.example/","verb":"GET","headers":{}},"transaction_id":"${id}"}`;

const settled = { answer: { kind: 'settled', accepted: 2 } };

/** Any 2xx but an HTML page counts, since the body is not documented. A refused batch is halved. */
export const moesifCase: VendorCase = {
  vendor: moesif,
  title: 'moesif',
  start: async (faults) => {
    const sandbox = await sandboxWith({ faults });
    return {
      settings: settingsFrom(moesif, sandbox.environment),
      received: () => sandbox.vendors.moesif.counts().received,
      requests: () => sandbox.traffic.countsOf('moesif').requests,
    };
  },
  body: bodyOf(`[${event(1)},${event(2)}]`, 2),
  taken: { kind: 'settled', accepted: 2, rejected: [], unknown: 0 },
  exceptions: {
    'an empty 400': { answer: { kind: 'smaller' } },
    'a success without a body': settled,
    // An empty body cannot be cut short.
    'a reply that ends too early': settled,
  },
};
