import { onTestFinished } from 'vitest';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/index.ts';

/** A small seeded generator, so that a failing test fails again. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface Opened extends Sandbox {
  /** Moves the sandbox's clock, which stands still otherwise. */
  advance(stepMs: number): void;
}

/** Starts a sandbox with a clock that only moves by hand, and closes it with the test. */
export async function openSandbox(options: Partial<SandboxOptions> = {}): Promise<Opened> {
  let nowMs = Date.parse('2026-11-22T12:00:00Z');
  const sandbox = await startSandbox({ clock: () => nowMs, random: seededRandom(7), ...options });
  onTestFinished(() => sandbox.close());
  return Object.assign(sandbox, {
    advance: (stepMs: number) => {
      nowMs += stepMs;
    },
  });
}

export const scarfHeaders = { authorization: 'Bearer sandbox-token' };

/** A body of NDJSON out of rows. */
export function ndjson(rows: unknown[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}

/** Events of one package with ids of their own. */
export function scarfEvents(count: number, prefix = 'event'): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, index) => ({
    $package: '970493a1-4ca0-4a4d-a085-fdce578e5a08',
    $time: '2026-11-21T08:00:00Z',
    $unique_id: `${prefix}-${index}`,
  }));
}
