/**
 * A destination under random orders of backfills, open runs, kills, outages, clock jumps, damage and late rows. Each
 * successful run is held against what it says; the last one against one export of everything.
 */
import { cpSync, existsSync, rmSync } from 'node:fs';
import { cp, mkdir, rm } from 'node:fs/promises';
import fc from 'fast-check';
import { expect } from 'vitest';
import { temporaryDirectory } from '../../vendors/temporary.ts';
import { idsOf, later, startDayServer, type DayServer } from './day-server.ts';
import { runCli } from './run-cli.ts';

/** What happens; numbers are taken modulo what there is to choose from. */
export type Step =
  | { kind: 'run'; range: { from: number; days: number } | undefined; fastDays: number; window: number }
  | { kind: 'killed'; range: { from: number; days: number } | undefined; atPoint: number; window: number }
  | { kind: 'outage'; range: { from: number; days: number } | undefined; atRequest: number; window: number }
  | { kind: 'days-pass'; days: number }
  | { kind: 'damage'; pick: number; cut: boolean };

export interface Destination {
  argv: readonly string[];
  environment?: Record<string, string>;
  readIds: (home: string) => Promise<string[]>;
  /** Takes something away that a run can notice. */
  damage: (home: string, step: Extract<Step, { kind: 'damage' }>) => Promise<void>;
  /** Rows of a run that was killed are undone by the destination itself. */
  undoesKilled: boolean;
  /** Holds what is there outside of the home at this moment; what it gives back puts that there again. */
  hold?: () => () => void;
}

const start = '2026-11-10';
const range = fc.option(fc.record({ from: fc.nat(24), days: fc.nat(8) }), { nil: undefined, freq: 2 });
const window = fc.constantFrom(1, 3, 31);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('run' as const),
      range,
      fastDays: fc.constantFrom(0, 0, 0, 0, 0, 0, 60),
      window,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('killed' as const), range, atPoint: fc.nat(11), window }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('outage' as const), range, atRequest: fc.nat(3), window }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('days-pass' as const), days: fc.nat(4) }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('damage' as const), pick: fc.nat(40), cut: fc.boolean() }),
  },
);

export const steps = fc.array(step, { minLength: 1, maxLength: 9 });

/** Plays the steps, then some days pass and an open run ends it. */
export async function play(destination: Destination, given: readonly Step[]): Promise<void> {
  const vendor = await startDayServer({ today: '2026-11-20' });
  const home = await temporaryDirectory();
  const model = new Model(vendor, destination, home);
  for (const one of given) await model.take(one);
  vendor.today = later(vendor.today, 9);
  await model.finish();
}

class Model {
  readonly #vendor: DayServer;
  readonly #destination: Destination;
  readonly #home: string;
  /** The first day of a run that ended well. */
  #first: string | undefined;

  constructor(vendor: DayServer, destination: Destination, home: string) {
    this.#vendor = vendor;
    this.#destination = destination;
    this.#home = home;
  }

  async take(step: Step): Promise<void> {
    switch (step.kind) {
      case 'run':
        return this.#run(step);
      case 'killed':
        return this.#runKilled(step);
      case 'outage':
        return this.#runThroughOutage(step);
      case 'days-pass':
        this.#vendor.today = later(this.#vendor.today, step.days);
        return;
      case 'damage':
        return this.#destination.damage(this.#home, step);
    }
  }

  async finish(): Promise<void> {
    const { exit, stderr } = await this.#export({ range: undefined, window: 31 });
    expect(stderr).not.toContain('Nothing new');
    expect(exit).toBe(0);
    const ids = (await this.#destination.readIds(this.#home)).sort();
    const first = ids[0]?.slice(0, 10) ?? '';
    expect(ids).toEqual(idsOf(this.#vendor, first, later(this.#vendor.today, -1)));
    if (this.#first !== undefined) expect(first <= this.#first).toBe(true);
  }

  async #run({ fastDays, range, window }: Extract<Step, { kind: 'run' }>): Promise<void> {
    const { exit, report } = await this.#export({ range, window, fastDays });
    expect(exit).toBe(0);
    if (fastDays > 0) return;
    const ids = new Set(await this.#destination.readIds(this.#home));
    const asked = range === undefined ? [] : [this.#daysOf(range)];
    for (const { from, to } of [...report.ranges, ...asked]) {
      if (this.#first === undefined || from < this.#first) this.#first = from;
      // Rows that are not late must be there of every day that is over.
      const wanted = idsOf(this.#vendor, from, to).filter((id) => !id.endsWith('#3'));
      const missing = wanted.filter((id) => id.slice(0, 10) < this.#vendor.today && !ids.has(id));
      expect(missing).toEqual([]);
    }
  }

  /** Whatever stands on the disk at that moment is what a kill leaves. */
  async #runKilled({ atPoint, range, window }: Extract<Step, { kind: 'killed' }>): Promise<void> {
    const { undoesKilled, hold } = this.#destination;
    const grave = `${this.#home}-killed`;
    let restore: (() => void) | undefined;
    let points = 0;
    const faultPoint = () => {
      if (points++ !== atPoint) return;
      if (undoesKilled) throw new Error('killed');
      cpSync(this.#home, grave, { recursive: true });
      restore = hold?.();
    };
    await this.#export({ range, window, faultPoint });
    if (!existsSync(grave)) return;
    restore?.();
    // The lock names a process that is still alive here.
    rmSync(this.#home, { recursive: true });
    await cp(grave, this.#home, { recursive: true, filter: (path) => !path.endsWith('.lock') });
    await rm(grave, { recursive: true });
  }

  async #runThroughOutage(step: Extract<Step, { kind: 'outage' }>): Promise<void> {
    this.#vendor.failsAt = this.#vendor.asked.length + step.atRequest;
    await this.#export({ ...step, retries: 0 });
    this.#vendor.failsAt = undefined;
  }

  async #export(options: {
    range: { from: number; days: number } | undefined;
    window: number;
    fastDays?: number;
    retries?: number;
    faultPoint?: (name: string) => void;
  }) {
    const { faultPoint = () => undefined, fastDays = 0, range, retries = 1, window } = options;
    const days = range === undefined ? undefined : this.#daysOf(range);
    const dates = days === undefined ? [] : ['--from', days.from, '--to', days.to];
    const { argv, environment = {} } = this.#destination;
    await mkdir(this.#home, { recursive: true });
    const base = ['export', 'events', ...argv, '--incremental', '--json', '--window', `${window}d`];
    const done = await runCli([...base, '--retries', String(retries), ...dates], {
      url: this.#vendor.url,
      directory: this.#home,
      now: `${later(this.#vendor.today, fastDays)}T12:00:00Z`,
      environment,
      machine: { faultPoint },
    });
    const report = JSON.parse(done.stdout.toString()) as { ranges: { from: string; to: string }[] };
    return { ...done, report };
  }

  #daysOf({ days, from }: { from: number; days: number }): { from: string; to: string } {
    const yesterday = later(this.#vendor.today, -1);
    const first = later(start, from - 12);
    const begin = first < yesterday ? first : yesterday;
    const end = later(begin, days);
    return { from: begin, to: end < yesterday ? end : yesterday };
  }
}
