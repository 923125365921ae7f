import { scarf } from '../../src/vendors/scarf/vendor.ts';
import { bodyOf } from '../vendors/bodies.ts';
import { sandboxWith, settingsFrom, type VendorCase } from './vendor-case.ts';

const row = (id: number) =>
  `{"$time":"2026-06-30T00:00:00Z","$package":"970493a1-4ca0-4a4d-a085-fdce578e5a08","$unique_id":"id-${id}"}\n`;

/** All artifacts at one address. */
export const scarfCase: VendorCase = {
  vendor: scarf,
  title: 'scarf',
  start: async (faults) => {
    const sandbox = await sandboxWith({ faults: faults.map((fault) => ({ ...fault, route: 'import' })) });
    return {
      settings: settingsFrom(scarf, sandbox.environment),
      received: () => sandbox.vendors.scarf.imports().length * 3,
      requests: () => sandbox.traffic.countsOf('scarf').requests,
    };
  },
  body: bodyOf(row(1) + row(2) + row(3), 3),
  taken: { kind: 'pending', status: 200 },
  exceptions: {
    'a 404': { answer: { kind: 'refused' } },
    'a 415': { answer: { kind: 'retry', taken: 'no', why: 'session' } },
    'a 422 for want of room': { answer: { kind: 'retry', taken: 'no', why: 'busy' } },
  },
};

/** At the address of one package, what does not exist is a mistake of the command line. */
export const scarfPackageCase: VendorCase = {
  ...scarfCase,
  title: 'scarf with --package',
  start: async (faults) => {
    const running = await scarfCase.start(faults);
    return {
      ...running,
      settings: { ...running.settings, package: '970493a1-4ca0-4a4d-a085-fdce578e5a08' },
    };
  },
  exceptions: { ...scarfCase.exceptions, 'a 404': { failure: 'usage' } },
};
