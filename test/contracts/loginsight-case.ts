import { loginsight } from '../../src/vendors/loginsight/vendor.ts';
import { bodyOf } from '../vendors/bodies.ts';
import { sandboxWith, settingsFrom, type VendorCase } from './vendor-case.ts';

const session = { answer: { kind: 'retry', taken: 'no', why: 'session' } };

/** With a login: a request that its session may have spoiled is sent once more; after 400 and 415 without compression. */
export const loginsightCase: VendorCase = {
  vendor: loginsight,
  title: 'loginsight',
  start: async (faults) => {
    const sandbox = await sandboxWith({ faults: faults.map((fault) => ({ ...fault, route: 'ingest' })) });
    return {
      settings: settingsFrom(loginsight, sandbox.environment),
      received: () => sandbox.vendors.loginsight.counts().received,
      requests: () =>
        sandbox.traffic.countsOf('loginsight').requests -
        (sandbox.vendors.loginsight.counts()['logins'] ?? 0),
    };
  },
  body: bodyOf('{"events":[{"text":"a","timestamp":1396622879241},{"text":"b"}]}', 2),
  taken: { kind: 'settled', accepted: 2, rejected: [], unknown: 0 },
  exceptions: {
    'an empty 400': session,
    'a 401': session,
    'a 415': session,
    'a 503 with seconds': { answer: { kind: 'retry', taken: 'no', why: 'transient', waitMs: 2000 } },
  },
};

/** Without a login, a 401 ends the run. */
export const loginsightAnonymousCase: VendorCase = {
  ...loginsightCase,
  title: 'loginsight without login',
  start: async (faults) => {
    const running = await loginsightCase.start(faults);
    return { ...running, settings: { apiUrl: running.settings['apiUrl'], agentId: '0' } };
  },
  exceptions: { ...loginsightCase.exceptions, 'a 401': { failure: 'credentials' } },
};

/** Bare arrays of flat objects. */
export const loginsightV2Case: VendorCase = {
  ...loginsightCase,
  title: 'loginsight with --api v2',
  start: async (faults) => {
    const running = await loginsightCase.start(faults);
    return { ...running, settings: { ...running.settings, api: 'v2' } };
  },
  body: bodyOf('[{"text":"a","level":"info"},{"text":"b"}]', 2),
};

/** The cloud product: its own size limit, and a token instead of sessions. */
export const loginsightCloudCase: VendorCase = {
  ...loginsightCase,
  title: 'loginsight with --api cloud',
  start: async (faults) => {
    const sandbox = await sandboxWith({
      faults,
      loginsight: { product: 'cloud', cloudToken: 'cloud-token' },
    });
    return {
      settings: { api: 'cloud', sessionId: 'cloud-token', apiUrl: sandbox.environment['LOGINSIGHT_URL'] },
      received: () => sandbox.vendors.loginsight.counts().received,
      requests: () =>
        sandbox.traffic.countsOf('loginsight').requests -
        (sandbox.vendors.loginsight.counts()['logins'] ?? 0),
    };
  },
  body: bodyOf('[{"text":"a","fields":{"level":"info"}},{"text":"b","fields":{}}]', 2),
  exceptions: { ...loginsightCase.exceptions, 'a 401': { failure: 'credentials' } },
};
