/** What one chaos run is made of: inputs, options, the vendor's moods and when the process dies. */
import { gzipSync } from 'node:zlib';
import type { Fault, SandboxOptions } from '../../src/sandbox/index.ts';
import type { Death } from './child.ts';
import { chanceOf, type Chance } from './random.ts';

/** The package that exists at the vendor. */
const PACKAGE = '970493a1-4ca0-4a4d-a085-fdce578e5a08';

export interface ChaosFile {
  name: string;
  bytes: Uint8Array;
}

export interface Scenario {
  files: ChaosFile[];
  /** By its member `n`, which no other row has, each row that must arrive. */
  good: number[];
  /** The text of every row that cannot be delivered; no two are equal. */
  bad: string[];
  rows: number;
  /** Every row leaves with an id. */
  hasIds: boolean;
  flags: string[];
  sandbox: Pick<SandboxOptions, 'faults'> & { scarf: NonNullable<SandboxOptions['scarf']> };
  /** Ends of the first processes, in order. */
  ends: End[];
}

/** How a process is made to end: at a point of its own, by its parent after a while, or not at all. */
export type End = { kind: 'point'; death: Death } | { kind: 'after'; ms: number } | { kind: 'none' };

/** Points that a process reaches once. */
const ONCE = ['begun', 'inputs-recorded', 'ended'] as const;
/** Points that it reaches again and again. */
const OFTEN = [
  'intent',
  'answered',
  'returned',
  'local-rejects-kept',
  'taken',
  'rejects-put',
  'rejects-kept',
  'settled',
  'input-ended',
] as const;

/** The scenario of a seed, always the same one. */
export function scenarioOf(seed: number): Scenario {
  const chance = chanceOf(seed);
  const ids = chance.pick(['own', 'position', 'content', 'off']);
  const content = makeFiles(chance, ids === 'own');
  const rejects = chance.pick(['rejected.ndjson', 'rejected/']);
  return {
    ...content,
    hasIds: ids !== 'off',
    flags: ['--fill-id', ids === 'own' ? 'off' : ids, '--rejects', rejects],
    sandbox: { faults: makeFaults(chance), scarf: makeScarf(chance) },
    ends: Array.from({ length: chance.between(1, 3) }, () => makeEnd(chance)),
  };
}

/** Chunk size of one process: another one may choose another. */
export function chunkSize(chance: Chance): string {
  return `${chance.between(1, 12)}KiB`;
}

function makeFiles(chance: Chance, ownIds: boolean): Pick<Scenario, 'files' | 'good' | 'bad' | 'rows'> {
  const made = { files: [] as ChaosFile[], good: [] as number[], bad: [] as string[], rows: 0 };
  const badShare = chance.pick([0, 0.02, 0.3]);
  const count = chance.between(1, 3);
  for (let file = 0; file < count; file += 1) {
    let text = chance.happens(0.2) ? '\ufeff' : '';
    const rows = chance.between(1, 300);
    for (let row = 0; row < rows; row += 1) {
      const n = made.rows;
      made.rows += 1;
      if (chance.happens(0.05)) text += chance.pick(['\n', '\r\n', ' \n']);
      text += makeRow(chance, { n, isBad: chance.happens(badShare), ownIds, made });
      text += chance.happens(0.1) ? '\r\n' : '\n';
    }
    if (chance.happens(0.3)) text = text.replace(/\r?\n$/, '');
    const isGzip = chance.happens(0.3);
    const bytes = isGzip ? gzipSync(text) : Buffer.from(text);
    made.files.push({ name: `${file}.ndjson${isGzip ? '.gz' : ''}`, bytes });
  }
  return made;
}

function makeRow(
  chance: Chance,
  {
    n,
    isBad,
    ownIds,
    made,
  }: { n: number; isBad: boolean; ownIds: boolean; made: { good: number[]; bad: string[] } },
): string {
  const id = ownIds ? `"$unique_id":"own-${n}",` : '';
  const filler = 'x'.repeat(chance.happens(0.02) ? 3000 : chance.between(0, 40));
  const rest = `"$time":"2126-01-01T00:00:00Z","n":${n},"filler":"${filler}"}`;
  if (!isBad) {
    made.good.push(n);
    return `{${id}"$package":"${PACKAGE}",${rest}`;
  }
  const bad = chance.pick([`{"n":${n}`, `[${n}]`, `{${id}"$package":"elsewhere",${rest}`]);
  made.bad.push(bad);
  return bad;
}

function makeScarf(chance: Chance): NonNullable<SandboxOptions['scarf']> {
  const kinds = [
    'aborts',
    'vanishes',
    'no-counters',
    'odd-counters',
    'appears-late',
    'unknown-status',
  ] as const;
  const outcomes = kinds
    .filter(() => chance.happens(0.15))
    .map((kind) => ({ kind, skip: chance.between(0, 6), times: chance.between(1, 2) }));
  const mayVanish = outcomes.some(({ kind }) => kind === 'vanishes');
  return {
    keepEvents: true,
    artifacts: [{ kind: 'package', id: PACKAGE }],
    // One that vanishes behind its counters takes the places of its failures with it.
    jobMs: mayVanish ? 60 : chance.pick([0, 5, 60]),
    maxActive: chance.pick([2, 5, 15]),
    dedupe: chance.pick(['first', 'last']),
    outcomes,
  };
}

function makeFaults(chance: Chance): Fault[] {
  const uploads: Omit<Fault, 'route'>[] = [
    { kind: 'reset' },
    { kind: 'reset', at: 'after' },
    { kind: 'reset-mid-body', afterBytes: 100 },
    { kind: 'reset-mid-reply' },
    { kind: 'short-reply' },
    { kind: 'garbage' },
    { kind: 'delay', delayMs: 100 },
    { kind: 'delay', at: 'after', delayMs: 100 },
    { kind: 'status', status: 500 },
    { kind: 'status', status: 500, at: 'after' },
    { kind: 'status', status: 503, headers: { 'Retry-After': '1' } },
    { kind: 'status', status: 502, body: '<html>' },
    { kind: 'status', status: 429 },
    { kind: 'status', status: 415 },
    { kind: 'status', status: 401 },
    { kind: 'status', status: 422, body: 'too many active imports' },
  ];
  const questions: Omit<Fault, 'route'>[] = [
    { kind: 'reset' },
    { kind: 'reset-mid-reply' },
    { kind: 'garbage' },
    { kind: 'delay', delayMs: 50 },
    { kind: 'status', status: 500 },
    { kind: 'status', status: 429 },
  ];
  const some = (faults: Omit<Fault, 'route'>[], route: string, share: number): Fault[] =>
    faults
      .filter(() => chance.happens(share))
      .map((fault) => ({ ...fault, route, skip: chance.between(0, 8), times: chance.between(1, 3) }));
  return [
    ...some(uploads, 'import', 0.2),
    ...some(questions, 'list', 0.2),
    ...some(questions, 'show', 0.2),
    ...some(questions, 'log', 0.2),
  ];
}

function makeEnd(chance: Chance): End {
  if (chance.happens(0.15)) return { kind: 'none' };
  if (chance.happens(0.3)) return { kind: 'after', ms: chance.between(150, 700) };
  const isOnce = chance.happens(0.2);
  const point = isOnce ? chance.pick(ONCE) : chance.pick(OFTEN);
  return { kind: 'point', death: { point, nth: isOnce ? 1 : chance.between(1, 6) } };
}
