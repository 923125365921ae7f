/** `doctor`: runs all checks, prints their findings and returns the exit code. */
import { EXIT, worstExit, type FailureKind } from '../../failure.ts';
import type { Context } from '../../application/context.ts';
import type { Finding } from '../../contracts/finding.ts';
import type { Interruption } from '../../interruption.ts';
import type { Settings } from '../../settings/resolve.ts';
import { findingLine } from '../../report/findings.ts';
import { colorsFor } from '../../report/terminal/colors.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import type { DoctorSettings } from './options.ts';
import { checkNode } from './node.ts';
import { checkConnection } from './connection.ts';
import { checkPostgres } from './postgres.ts';
import { checkState } from './state.ts';

/** Prints one line per check, or one document. Resolves to the exit code of the worst failure, else 0. */
export async function runDoctor(
  { vendor, settings, own }: { vendor: Vendor; settings: Settings; own: DoctorSettings },
  { machine, interruption }: Pick<Context, 'machine' | 'interruption'>,
): Promise<number> {
  const { json, color, stateDir } = own;
  const parts = { machine, signal: interruption.signal };
  const groups = [
    checkNode(machine),
    checkConnection({ vendor, settings }, parts),
    checkState(stateDir, parts),
    checkPostgres(parts),
  ];
  const findings: Finding[] = [];
  const colors = colorsFor(machine.stdout, machine.environment, color);
  // Checks run in parallel and are printed in order.
  for (const group of groups) {
    for (const finding of await group) {
      findings.push(finding);
      if (!json) machine.stdout.write(`${findingLine(finding, colors)}\n`);
    }
  }
  const exit = exitOf(findings, interruption);
  if (json) {
    const document = { schema: 1, command: 'doctor', vendor: vendor.name, checks: findings, exit };
    machine.stdout.write(`${JSON.stringify(document)}\n`);
  }
  return exit;
}

function exitOf(findings: readonly Finding[], { signal }: Interruption): number {
  const kinds = findings.flatMap(({ state, kind = 'local' }) => (state === 'failed' ? [kind] : []));
  const reason: unknown = signal.reason;
  const told =
    signal.aborted && reason instanceof Error && 'kind' in reason ? [reason.kind as FailureKind] : [];
  return EXIT[worstExit([...kinds, ...told])];
}
