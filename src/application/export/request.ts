/** What an export was asked for, as one plain value. */
import type { Share } from '../../records.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';
import type { NamedFile } from '../claims.ts';
import type { Rollup } from '../../vendors/scarf/exports/aggregate-rules.ts';
import type { Settings } from '../../settings/resolve.ts';

/** By the names of the option specs; those that a dataset does not have are absent. */
export interface ExportSettings {
  owner?: string;
  output: string;
  format?: string;
  columns?: readonly string[];
  excelSafe: boolean;
  bom: boolean;
  manifest: boolean;
  retries: number;
  rejects?: string;
  overwrite: boolean;
  append: boolean;
  allowRejects?: Share;
  maxRejects?: Share;
  stateDir?: string;
  json: boolean;
  quiet: boolean;
  progress: 'auto' | 'plain' | 'json' | 'none';
  color: boolean;
  table?: string;
  createTable: boolean;
  upsert: boolean;
  evolve: boolean;
  dedupeExisting: boolean;
  backfillDays?: number;
  from?: string;
  to?: string;
  split?: 'day';
  layout?: 'flat' | 'hive';
  incremental?: boolean;
  lag?: number;
  concurrency?: number;
  window?: number;
  keepDuplicates?: boolean;
  dedupeMemory?: number;
  package?: readonly string[];
  pixel?: readonly string[];
  pixels?: boolean;
  by?: 'package' | 'pixel';
  rollup?: Rollup;
  breakdown?: readonly string[];
  api?: 'v3' | 'v2';
  pixelsOf?: string;
  query?: string;
  filter?: string;
  company?: string;
  mergeArtifacts?: boolean;
  lowConfidence?: boolean;
}

/** Which rows. */
export type DatasetChoice =
  | { kind: 'events' }
  | { kind: 'company-events'; domain: string }
  | { kind: 'companies' }
  | { kind: 'scores' }
  | { kind: 'aggregates' };

export interface ExportRequest {
  dataset: DatasetChoice;
  settings: ExportSettings;
  /** All values, for the vendor. */
  values: Settings['values'];
  /** What the options are, and which files secrets were read from: for the guard over all paths. */
  specs: readonly OptionSpec[];
  secretFiles: readonly NamedFile[];
}
