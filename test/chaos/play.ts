/** What a chaos run needs to know of a vendor. Each vendor has a file in this folder; vendors.ts lists them. */
import type { Fault, Sandbox, SandboxOptions } from '../../src/sandbox/index.ts';
import type { Chance } from './random.ts';

/**
 * What is to become of a row: it arrives, is refused by the program or by the vendor, or the vendor leaves it out of
 * its count.
 */
export type Fate = 'arrives' | 'refused-here' | 'refused-there' | 'left-out';

/** How rows stand in a file. */
export interface Layout {
  name: string;
  flags: readonly string[];
  head: string;
  tail: string;
  between: (chance: Chance) => string;
}

/** A fault, without the vendor and route it applies to. */
export type UnplacedFault = Omit<Fault, 'route' | 'vendor'>;

/** What one run does with a vendor: command, flags, faults and rows, as decided by the seed. */
export interface Play {
  command: readonly string[];
  environment: Record<string, string>;
  flags: readonly string[];
  /** Flags that may differ from one process of the run to the next. */
  flagsOfOne: (chance: Chance) => readonly string[];
  sandbox: Omit<SandboxOptions, 'clock' | 'random' | 'faults'>;
  /** By route: the faults that may happen to a request, and the probability of each. */
  faults: readonly { routes: readonly string[]; kinds: readonly UnplacedFault[]; share: number }[];
  /** Every row is sent with an id. */
  hasIds: boolean;
  layout: Layout;
  /** Of a file. */
  maxRows: number;
  /** Besides `arrives`. */
  fates: readonly [Fate, ...Fate[]];
  /** The text of a row: it holds its mark, and no two are equal. */
  row: (number: number, fate: Fate) => string;
  /** How often each row is at the vendor. A row that is there in part is no whole number. */
  arrived: (sandbox: Sandbox) => Map<number, number>;
  /** Of a vendor that judges in its reply: whether the reply of a success says what became of the rows. */
  isReadable?: (text: string) => boolean;
  /** Where its replies to the rows go. */
  output?: string;
}

/** Decides by chance what a run does with one vendor. */
export type Deal = (chance: Chance) => Play;

/** The mark that every row contains, from which its number can be read wherever it ends up. */
export function markOf(number: number): string {
  return `#${number}#`;
}

/** The numbers of the rows in a text, as often as they are there. */
export function numbersIn(text: string): number[] {
  return [...text.matchAll(/#(\d+)#/g)].map(([, number]) => Number(number));
}

/** Texts of events with one mark each, counted by number. */
export function countByMark(texts: readonly (string | null)[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const number of texts.flatMap((text) => numbersIn(text ?? ''))) {
    counts.set(number, (counts.get(number) ?? 0) + 1);
  }
  return counts;
}

const lineEnd = (chance: Chance) => (chance.happens(0.1) ? '\r\n' : '\n');

export const NDJSON: Layout = {
  name: 'ndjson',
  flags: [],
  head: '',
  tail: '',
  between: (chance) => lineEnd(chance) + (chance.happens(0.05) ? chance.pick(['\n', '\r\n', ' \n']) : ''),
};

export const JSON_ARRAY: Layout = {
  name: 'json',
  flags: [],
  head: '[\n',
  tail: ']',
  between: () => ',\n',
};

export const TEXT: Layout = {
  name: 'txt',
  flags: ['--format', 'text'],
  head: '',
  tail: '',
  between: lineEnd,
};

/** With these columns. */
export function csvOf(...columns: readonly string[]): Layout {
  return { name: 'csv', flags: [], head: `${columns.join(',')}\n`, tail: '', between: lineEnd };
}

/** Filler text, occasionally long. */
export function filler(chance: Chance): string {
  return 'x'.repeat(chance.happens(0.02) ? 3000 : chance.between(0, 40));
}

/** Temporary faults that can happen to a request with rows at any vendor. */
export const UPLOAD_FAULTS: readonly UnplacedFault[] = [
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
  { kind: 'status', status: 401 },
];
