/** A Scarf target against a scripted server. */
import { onTestFinished } from 'vitest';
import type { Target } from '../../../src/contracts/target.ts';
import { valuesOf } from '../../../src/settings/values.ts';
import { SCARF_TARGET_OPTIONS } from '../../../src/vendors/scarf/options.ts';
import { createScarfTarget } from '../../../src/vendors/scarf/target.ts';
import { startScriptedServer, type Scripted, type ScriptedServer } from '../../http/scripted-server.ts';
import { directClient } from '../bodies.ts';

export const token = 'sekrit-token-1';

/** The full set of powers: Scarf's target has them all. */
export type ScarfTarget = Required<Pick<Target, 'send' | 'countActiveElsewhere' | 'pollJobs' | 'judge'>> &
  Target;

/** Starts both and stops them after the test. */
export async function scarfAgainst(
  script: Parameters<typeof startScriptedServer>[0] | readonly Scripted[],
  settings: Record<string, unknown> = {},
): Promise<{ target: ScarfTarget; server: ScriptedServer }> {
  const server = await startScriptedServer(script);
  const http = directClient();
  onTestFinished(async () => {
    await http.close();
    await server.close();
  });
  const given = { owner: 'acme', token, apiUrl: server.url, ...settings };
  const values = valuesOf(SCARF_TARGET_OPTIONS, given);
  const target = createScarfTarget(values, { http, now: () => Date.parse('2026-07-01T00:00:00Z') });
  return { target: target as ScarfTarget, server };
}
