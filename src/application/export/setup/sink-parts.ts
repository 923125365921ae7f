/** What a sink is made from. */
import type { EmitExport } from '../../../events.ts';
import type { RejectStore } from '../../../contracts/window.ts';
import type { Clock } from '../../../contracts/sink.ts';
import type { Dataset } from '../../../contracts/dataset.ts';
import type { OutputKind } from '../../../formats/export/outputs.ts';
import type { ExportSettings } from '../../options/export.ts';
import type { Machine } from '../../../machine.ts';
import type { StreamOutput } from '../../../disk/output/output-path.ts';
import type { OutputForm } from '../../../sinks/output-form.ts';

/** An output's form after a look at what is there. */
export type ResolvedForm = Exclude<OutputForm, { kind: 'stdout' }> | { kind: 'stream'; output: StreamOutput };

export interface Output {
  form: ResolvedForm;
  /** Undefined: rows are not written in a format of files. */
  kind: OutputKind;
  /** Of a file: absolute. */
  path: string | undefined;
  /** The user named the directory of the file. */
  isInside: boolean;
}

export interface SinkParts {
  settings: ExportSettings;
  dataset: Dataset;
  output: Output;
  machine: Machine;
  emit: EmitExport;
  signal: AbortSignal;
  rejects: RejectStore;
  /** Whoever read the rows wants no more. */
  onReaderGone: () => void;
  clock: Clock;
}
