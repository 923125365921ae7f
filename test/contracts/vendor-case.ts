/** What the contract suite needs to know of a vendor. Each vendor has a file in this folder. */
import { onTestFinished } from 'vitest';
import type { Target } from '../../src/contracts/target.ts';
import type { Answer, Body } from '../../src/records.ts';
import type { Fault, Sandbox, SandboxOptions } from '../../src/sandbox/index.ts';
import { startSandbox } from '../../src/sandbox/index.ts';
import type { Vendor } from '../../src/vendors/vendor.ts';
import { directClient } from '../vendors/bodies.ts';
import type { Expected, FaultName } from './faults.ts';

export interface VendorCase {
  vendor: Vendor;
  /** Its name in test titles: a vendor may have several cases. */
  title: string;
  /** Starts the vendor, with these faults for requests with rows. Stopped after the test. */
  start: (faults: Fault[]) => Promise<RunningVendor>;
  /** A body of good rows. */
  body: Body;
  /** The answer of the target when nothing goes wrong. */
  taken: Record<string, unknown>;
  /** Expectations that differ from those of all vendors, because the vendor's documents say so. */
  exceptions: Partial<Record<FaultName, Expected>>;
}

interface RunningVendor {
  /** What the vendor's options need to find it. */
  settings: Record<string, unknown>;
  /** Events that the vendor has taken. */
  received: () => number;
  /** Requests with rows that reached the vendor. */
  requests: () => number;
}

/** The clock of all targets: it stands still. */
export const clock = (): number => Date.parse('2026-07-01T00:00:00Z');

/** Random numbers in [0, 1), the same in each run. */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A sandbox for one test. */
export async function sandboxWith(options: Partial<SandboxOptions>): Promise<Sandbox> {
  const sandbox = await startSandbox({ clock, random: createRandom(1), ...options });
  onTestFinished(() => sandbox.close());
  return sandbox;
}

/** Creates a target, with settings resolved from the vendor's options and the sandbox's environment. */
export async function targetOf(vendor: Vendor, settings: Record<string, unknown>): Promise<Target> {
  const http = directClient();
  onTestFinished(() => http.close());
  return vendor.createTarget(settings, { http, now: clock, installationId: async () => '0' });
}

/** Settings as the environment gives them. */
export function settingsFrom(
  vendor: Vendor,
  environment: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const found = vendor.options.flatMap(({ name, environment: names = [] }) => {
    const value = names.map((variable) => environment[variable]).find((text) => text !== undefined);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(found);
}

/** Whether an answer promises that the vendor has nothing of the body. */
export function saysNothingTaken(answer: Answer): boolean {
  return (
    answer.kind === 'smaller' ||
    answer.kind === 'refused' ||
    (answer.kind === 'retry' && answer.taken === 'no')
  );
}
