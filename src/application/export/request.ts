/** What an export was asked for, as a plain value. */
import type { OptionSpec } from '../../settings/option-spec.ts';
import type { NamedFile } from '../claims.ts';
import type { ExportSettings } from '../options/export.ts';

/** Which rows to export. */
export type DatasetChoice =
  | { kind: 'events' }
  | { kind: 'company-events'; domain: string }
  | { kind: 'companies' }
  | { kind: 'scores' }
  | { kind: 'aggregates' };

export interface ExportRequest {
  dataset: DatasetChoice;
  settings: ExportSettings;
  /** The option specs, and the files that secrets were read from, for the guard over all paths. */
  specs: readonly OptionSpec[];
  secretFiles: readonly NamedFile[];
}
