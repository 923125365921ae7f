/** What an export was asked for, as one plain value. */
import type { OptionSpec } from '../../settings/option-spec.ts';
import type { NamedFile } from '../claims.ts';
import type { ExportSettings } from '../options/export.ts';

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
  /** What the options are, and which files secrets were read from: for the guard over all paths. */
  specs: readonly OptionSpec[];
  secretFiles: readonly NamedFile[];
}
