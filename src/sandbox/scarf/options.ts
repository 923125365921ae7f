import type { KeepEvents } from '../events/store.ts';
import type { Selection } from '../faults/selection.ts';
import type { ScarfExportOptions } from './exports/options.ts';

/** A package or a pixel that the emulated account owns. */
export interface Artifact {
  kind: 'package' | 'pixel';
  id: string;
  name?: string;
  /** For a package: `npm`, `docker`, `file`. */
  type?: string;
  /** For a pixel: the package it belongs to. */
  packageId?: string;
}

/**
 * `aborts`: ends `aborted` with `share` of its events taken (default a half). `vanishes`: 404 and in no list once it
 * should have ended. `never-ends`: stays `importing`. `no-counters`: only id and status are ever told.
 * `odd-counters`: the counters leave a gap of one. `unknown-status`: passes through a status no document
 * knows. `appears-late`: 404 and in no list until it has ended.
 */
export const OUTCOME_KINDS = [
  'aborts',
  'vanishes',
  'never-ends',
  'no-counters',
  'odd-counters',
  'unknown-status',
  'appears-late',
] as const;

export type OutcomeKind = (typeof OUTCOME_KINDS)[number];

/** How the selected imports end instead of a plain `done`. */
export interface JobOutcome extends Selection {
  kind: OutcomeKind;
  share?: number;
}

export interface ScarfOptions {
  token?: string;
  owners?: string[];
  /** A member reads but may neither import nor export (Scarf docs, Organizations, 2026-07). */
  role?: 'owner' | 'admin' | 'member';
  /** Raw exports need Basic or Premium, aggregates at least Starter (Scarf changelog, 2026-04-30). */
  plan?: 'premium' | 'basic' | 'starter' | 'free';
  /** 15 since 2024-07-08 (Scarf docs, Importing events). */
  maxActive?: number;
  /** From accepting an upload to the end of its import. */
  jobMs?: number;
  /**
   * Rows per page of a list when the request does not say. The live service silently stops at 10 (2026-09).
   */
  pageSize?: number;
  /** Whether the first event with an id counts (docs of 2024-07) or the last (docs since 2024-09-11). */
  dedupe?: 'first' | 'last';
  /** Events over seven days old are unsupported since 2026-06-15; how they are refused is undocumented. */
  oldEvents?: 'accept' | 'reject-line' | 'reject-request';
  maxEventAgeDays?: number;
  /** Whether lists carry `_links`, as the specifications of 2022 to 2025 have it. */
  links?: boolean;
  /** Imports of another client that are active from the start. */
  foreignActive?: number;
  /** Which artifacts an event may name. `any`: all; the lists then show a few samples. */
  artifacts?: 'any' | Artifact[];
  /** The key for a pixel: `$tracking_pixel` in the specification, `$pixel` in the prose. */
  pixelKey?: '$tracking_pixel' | '$pixel' | 'both';
  keepEvents?: KeepEvents;
  maxTrackedIds?: number;
  maxLineBytes?: number;
  /** How many entries of one import's log are kept; later ones are only counted. */
  maxLogEntries?: number;
  outcomes?: JobOutcome[];
  exports?: ScarfExportOptions;
}

export type ScarfSettings = Required<ScarfOptions>;

export function resolveScarfOptions(options: ScarfOptions): ScarfSettings {
  return {
    token: 'sandbox-token',
    owners: ['sandbox'],
    role: 'owner',
    plan: 'premium',
    maxActive: 15,
    jobMs: 50,
    pageSize: 10,
    dedupe: 'first',
    oldEvents: 'accept',
    maxEventAgeDays: 7,
    links: false,
    foreignActive: 0,
    artifacts: 'any',
    pixelKey: '$tracking_pixel',
    keepEvents: false,
    maxTrackedIds: 2_000_000,
    maxLineBytes: 64 * 1024 * 1024,
    maxLogEntries: 200_000,
    outcomes: [],
    exports: {},
    ...options,
  };
}
