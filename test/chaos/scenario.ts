/** What defines one chaos run: vendor, inputs, options, faults, and when processes die. */
import { gzipSync } from 'node:zlib';
import type { Fault } from '../../src/sandbox/index.ts';
import type { Death } from './child.ts';
import type { Fate, Play } from './play.ts';
import { chanceOf, type Chance } from './random.ts';
import { DEALS, largeDealOf, VENDOR_NAMES, type VendorName } from './vendors.ts';

export interface ChaosFile {
  name: string;
  bytes: Uint8Array;
}

/** A row in the file of that name; its place is in the decompressed bytes. */
export interface ChaosRow {
  number: number;
  fate: Fate;
  text: string;
  file: string;
  line: number;
  from: number;
  to: number;
}

export interface Scenario {
  vendor: VendorName;
  play: Play;
  files: ChaosFile[];
  /** In input order. */
  rows: ChaosRow[];
  flags: string[];
  faults: Fault[];
  /** Ends of the first processes, in order. */
  ends: End[];
}

/** How a process is made to end: at a fault point, by a signal from its parent after a while, or not at all. */
export type End =
  { kind: 'point'; death: Death } | { kind: 'after'; ms: number; signal?: 'SIGTERM' } | { kind: 'none' };

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
  'replies-ended',
] as const;

/** The scenario of a seed, always the same one; of any vendor, or of this one. */
export function scenarioOf(seed: number, wanted?: VendorName): Scenario {
  const chance = chanceOf(seed);
  const dealt = chance.pick(VENDOR_NAMES);
  const large = largeDealOf(seed, wanted);
  const vendor = large === undefined ? (wanted ?? dealt) : 'scarf';
  const play = (large ?? DEALS[vendor])(chance);
  const rejects = chance.pick([`rejected.${play.layout.name}`, 'rejected/']);
  const output = play.output === undefined ? [] : ['--output', play.output];
  return {
    vendor,
    play,
    ...makeFiles(chance, play),
    flags: [...play.layout.flags, ...play.flags, ...output, '--rejects', rejects],
    faults: makeFaults(chance, play),
    ends: Array.from({ length: chance.between(1, 3) }, () => makeEnd(chance)),
  };
}

function makeFiles(chance: Chance, play: Play): Pick<Scenario, 'files' | 'rows'> {
  const badShare = chance.pick([0, 0.02, 0.3]);
  const files: ChaosFile[] = [];
  const rows: ChaosRow[] = [];
  const count = chance.between(1, 3);
  for (let file = 0; file < count; file += 1) {
    const isGzip = chance.happens(0.3);
    const name = `${file}.${play.layout.name}${isGzip ? '.gz' : ''}`;
    const fates = Array.from({ length: chance.between(1, play.maxRows) }, () =>
      chance.happens(badShare) ? chance.pick(play.fates) : 'arrives',
    );
    const made = writeFile(chance, { play, name, fates, first: rows.length });
    rows.push(...made.rows);
    files.push({ name, bytes: isGzip ? gzipSync(made.text) : Buffer.from(made.text) });
  }
  return { files, rows };
}

interface FileParts {
  play: Play;
  name: string;
  fates: readonly Fate[];
  /** The number of its first row. */
  first: number;
}

function writeFile(
  chance: Chance,
  { play, name, fates, first }: FileParts,
): { text: string; rows: ChaosRow[] } {
  const { layout } = play;
  const rows: ChaosRow[] = [];
  const parts = [chance.happens(0.2) ? '\ufeff' : '', layout.head];
  let [from, line] = [byteLength(parts), 1 + lineEndsIn(parts)];
  fates.forEach((fate, index) => {
    const number = first + index;
    const text = play.row(number, fate);
    const to = from + Buffer.byteLength(text);
    rows.push({ number, fate, text, file: name, line, from, to });
    const isLast = index === fates.length - 1;
    const between = isLast ? lastEnd(chance, fate) : layout.between(chance);
    parts.push(text, between);
    from = to + Buffer.byteLength(between);
    line += lineEndsIn([text, between]);
  });
  return { text: [...parts, layout.tail].join(''), rows };
}

/** A last row that is torn and has no line end would be left for the next run: more of it may follow. */
function lastEnd(chance: Chance, fate: Fate): string {
  return chance.happens(0.3) && fate !== 'refused-here' ? '' : '\n';
}

function byteLength(texts: readonly string[]): number {
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

function lineEndsIn(texts: readonly string[]): number {
  return texts.join('').split('\n').length - 1;
}

function makeFaults(chance: Chance, { faults }: Play): Fault[] {
  return faults.flatMap(({ routes, kinds, share }) =>
    routes.flatMap((route) =>
      kinds
        .filter(() => chance.happens(share))
        .map((kind) => ({ route, skip: chance.between(0, 8), times: chance.between(1, 3), ...kind })),
    ),
  );
}

function makeEnd(chance: Chance): End {
  if (chance.happens(0.15)) return { kind: 'none' };
  if (chance.happens(0.1)) return { kind: 'after', ms: chance.between(150, 700), signal: 'SIGTERM' };
  if (chance.happens(0.3)) return { kind: 'after', ms: chance.between(150, 700) };
  const isOnce = chance.happens(0.2);
  const point = isOnce ? chance.pick(ONCE) : chance.pick(OFTEN);
  return { kind: 'point', death: { point, nth: isOnce ? 1 : chance.between(1, chance.pick([6, 6, 60])) } };
}
