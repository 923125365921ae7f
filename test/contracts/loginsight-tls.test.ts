/** Appliances sign their own certificates: who is trusted is the user's word, from the options to the socket. */
import { writeFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { loadDispatcher } from '../../src/http/dispatcher.ts';
import { createHttpClient } from '../../src/http/request.ts';
import { realMachine } from '../../src/real-machine.ts';
import { loginsight } from '../../src/vendors/loginsight/vendor.ts';
import { bodyOf, calm } from '../vendors/bodies.ts';
import { temporaryDirectory } from '../vendors/temporary.ts';
import { clock, sandboxWith, settingsFrom } from './vendor-case.ts';

const body = bodyOf('{"events":[{"text":"a"}]}', 1);

async function sendWith(trust: (certificate: string) => Promise<Record<string, unknown>>) {
  const sandbox = await sandboxWith({ loginsight: { tls: true } });
  const settings = {
    ...settingsFrom(loginsight, sandbox.environment),
    ...(await trust(sandbox.tls?.certificate ?? '')),
  };
  const http = createHttpClient(
    () => loadDispatcher({ environment: {}, connections: 2, ...loginsight.trust?.(settings) }),
    realMachine(),
  );
  onTestFinished(() => http.close());
  const target = await loginsight.createTarget(settings, {
    http,
    now: clock,
    installationId: async () => '0',
  });
  expect(target.endpoint).toMatch(/^https:/);
  return target.send(body, calm);
}

test('a certificate that nobody vouches for ends the run, with a way out', async () => {
  await expect(sendWith(async () => ({}))).rejects.toMatchObject({
    kind: 'unavailable',
    message: expect.stringMatching(/not trusted \(.*--ca-file\)$/) as string,
  });
});

test('--ca-file', async () => {
  const answer = await sendWith(async (certificate) => {
    const caFile = `${await temporaryDirectory()}/ca.pem`;
    await writeFile(caFile, certificate);
    return { caFile };
  });
  expect(answer).toMatchObject({ kind: 'settled', accepted: 1 });
});

test('--insecure', async () => {
  expect(await sendWith(async () => ({ insecure: true }))).toMatchObject({ kind: 'settled', accepted: 1 });
});
