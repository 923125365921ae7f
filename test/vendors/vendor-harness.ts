/** A target of any vendor against a scripted server. */
import { onTestFinished } from 'vitest';
import type { Target } from '../../src/contracts/target.ts';
import { findVendor } from '../../src/vendors/index.ts';
import { startScriptedServer, type ScriptedServer } from '../http/scripted-server.ts';
import { directClient } from './bodies.ts';

export const installationId = '6f1c2a34-0000-4000-8000-000000000001';

/** Starts both and stops them after the test. The clock stands still at 2026-07-01. */
export async function targetAgainst(
  vendorName: string,
  script: Parameters<typeof startScriptedServer>[0],
  settings: Record<string, unknown> = {},
): Promise<{ target: Target; server: ScriptedServer }> {
  const server = await startScriptedServer(script);
  const http = directClient();
  onTestFinished(async () => {
    await http.close();
    await server.close();
  });
  const vendor = findVendor(vendorName);
  if (vendor === undefined) throw new Error(`no vendor ${vendorName}`);
  const target = await vendor.createTarget(
    { token: 'sekrit-token-1', apiUrl: server.url, ...settings },
    { http, now: () => Date.parse('2026-07-01T00:00:00Z'), installationId: async () => installationId },
  );
  return { target, server };
}
