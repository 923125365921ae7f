/** One account with its slots, and processes side by side that deliver to it, over one clock that is theirs alone. */
import type { Target } from '../../../src/contracts/target.ts';
import { deliver } from '../../../src/delivery/deliver.ts';
import { planInput } from '../../../src/delivery/resume/plan.ts';
import { Doubts } from '../../../src/delivery/send/doubts.ts';
import { Stopping } from '../../../src/delivery/stopping.ts';
import { realMachine } from '../../../src/real-machine.ts';
import type { JobState } from '../../../src/records.ts';
import { chanceOf, type Chance } from '../../chaos/random.ts';
import { virtualClock, type VirtualClock } from '../../virtual-clock.ts';
import { memoryFiles, rowSupply } from './sending.ts';

export interface AccountOptions {
  slots: number;
  /** From taking an upload to the end of its import. */
  importMs: number;
  uploadMs: number;
  /** Imports of somebody else, active from the start. */
  foreign?: { imports: number; untilMs: number };
}

/** What the account saw. */
export interface Account {
  imports: number;
  refused: number;
  looks: number;
  maxActive: number;
}

/** When each process ended, and what the account saw. */
export interface Shared extends Account {
  endedMs: number[];
}

/**
 * Delivers so many imports from each of the processes at once. What is random follows from `seed`, so that each call
 * plays alike.
 */
export async function share(
  imports: readonly number[],
  { seed = 1, ...options }: AccountOptions & { seed?: number },
): Promise<Shared> {
  const clock = virtualClock();
  const account = createAccount(options, clock);
  const stopClock = clock.run();
  const endedMs = await Promise.all(
    imports.map(async (count, index) => {
      await deliverRows(count, {
        target: account.target(),
        clock,
        chance: chanceOf(seed * 1_000 + index),
      });
      return clock.elapsedMs();
    }),
  ).finally(stopClock);
  return { ...account.seen, endedMs };
}

/** Scarf as far as slots go: an upload holds one while it is on its way, and its import until it has ended. */
function createAccount({ slots, importMs, uploadMs, foreign }: AccountOptions, clock: VirtualClock) {
  const seen: Account = { imports: 0, refused: 0, looks: 0, maxActive: 0 };
  const endsMs = new Map<string, number>();
  let uploads = 0;
  for (let index = 0; index < (foreign?.imports ?? 0); index++)
    endsMs.set(`foreign-${index}`, foreign?.untilMs ?? 0);
  const isActive = (id: string) => (endsMs.get(id) ?? 0) > clock.elapsedMs();
  const active = () => [...endsMs.keys()].filter(isActive);
  const target = (): Target => ({
    vendor: 'shared',
    endpoint: 'https://vendor.invalid/import',
    limits: { rows: 1, bytes: 1_000, bytesCountAs: 'raw', uploads: 4, open: slots },
    shape: { required: [] },
    framing: { head: '', between: '\n', tail: '\n' },
    gzip: false,
    send: async () => {
      if (active().length + uploads >= slots) {
        seen.refused += 1;
        return {
          kind: 'retry',
          taken: 'no',
          why: 'busy',
          lacks: 'slot',
          message: '422 too many active imports',
        };
      }
      uploads += 1;
      seen.maxActive = Math.max(seen.maxActive, active().length + uploads);
      await clock.sleep(uploadMs);
      uploads -= 1;
      const id = `import-${(seen.imports += 1)}`;
      endsMs.set(id, clock.elapsedMs() + importMs);
      return { kind: 'pending', receipt: { id }, status: 201 };
    },
    countActiveElsewhere: async () => ({ kind: 'active-elsewhere', ids: active() }),
    async pollJobs(receipts) {
      seen.looks += 1;
      const own = new Set(receipts.map(({ id }) => id));
      const jobs = [...own].map((id): JobState => ({
        id,
        state: isActive(id) ? 'open' : 'done',
        fields: { status: 'importing' },
      }));
      return { kind: 'seen', jobs, others: active().filter((id) => !own.has(id)).length };
    },
    judge: async (_state, events) => ({ kind: 'settled', accepted: events, rejected: [], unknown: 0 }),
  });
  return { seen, target };
}

/** Delivers so many rows, each an import, as one process would. */
async function deliverRows(
  count: number,
  { target, clock, chance }: { target: Target; clock: VirtualClock; chance: Chance },
): Promise<void> {
  const machine = { ...realMachine(), ...clock, random: () => chance.next(), faultPoint: () => undefined };
  const supply = rowSupply(Array.from({ length: count }, (_, index) => `id ${index}`));
  const { stopped } = await deliver({
    target,
    work: {
      plan: [planInput(0, [], { elsewhere: [], onUnknown: 'stop' })],
      adopted: [],
      lost: [],
      sentBefore: [],
      endedJobs: [],
      nextChunk: 1,
    },
    supplies: [supply],
    files: {
      ledger: {
        run: 'r',
        directory: '/nowhere',
        append: async () => undefined,
        close: async () => undefined,
      },
      outputs: memoryFiles(),
      rejects: {
        path: '/rejects',
        rowsPaths: [],
        inputPaths: ['input'],
        preamble: async () => new Uint8Array(),
      },
      replies: undefined,
    },
    doubts: new Doubts(),
    options: { maxRetries: 8, onUnknown: 'stop', strictCounters: false, wait: true, compressionLevel: 1 },
    context: { machine, emit: () => undefined, stopping: new Stopping(machine) },
  });
  if (stopped !== undefined) throw new Error(`stopped: ${JSON.stringify(stopped)}`);
}
