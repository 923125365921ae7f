/** No status, however odd, is a bug: each is an answer, or a Failure that names its way out. */
import { expect, onTestFinished, test } from 'vitest';
import { Failure } from '../../src/failure.ts';
import { ruleFor } from '../../src/vendors/rules.ts';
import { findVendor } from '../../src/vendors/index.ts';
import { startScriptedServer } from '../http/scripted-server.ts';
import { bodyOf, calm, directClient } from '../vendors/bodies.ts';
import { clock } from './vendor-case.ts';

const statuses = Array.from({ length: 400 }, (_, index) => 200 + index);

test.each(['scarf', 'sumatra', 'moesif', 'loginsight'])('%s', async (vendorName) => {
  let status = 200;
  const server = await startScriptedServer(() => ({ status }));
  const http = directClient();
  onTestFinished(async () => {
    await http.close();
    await server.close();
  });
  const vendor = findVendor(vendorName);
  if (vendor === undefined) throw new Error(`no vendor ${vendorName}`);
  const settings = { token: 'the-token', owner: 'acme', agentId: '0', apiUrl: server.url };
  const encoding = vendorName === 'sumatra' ? 'identity' : 'gzip';
  for (status of statuses) {
    const target = await vendor.createTarget(settings, { http, now: clock, installationId: async () => '0' });
    const answer = await target.send(bodyOf('{}', 2, encoding), calm).catch((error: unknown) => error);
    if (answer instanceof Failure) {
      expect(['credentials', 'usage', 'unavailable']).toContain(answer.kind);
      expect(answer.hint).toBeDefined();
      continue;
    }
    expect(answer).toHaveProperty('kind');
    const { verdict } = ruleFor(status, vendor.statuses);
    if (verdict === 'doubtful') expect(answer).toMatchObject({ kind: 'retry', taken: 'maybe', status });
    if (verdict === 'refused') expect(answer).not.toHaveProperty('isUnjudged');
    if (verdict === 'declined') expect(answer).toMatchObject({ kind: 'refused', isUnjudged: true });
    if (verdict === 'busy') expect(answer).toMatchObject({ kind: 'retry', taken: 'no', why: 'busy' });
    if (verdict === 'closed') expect(answer).toMatchObject({ kind: 'retry', taken: 'no', why: 'transient' });
  }
});
