/** What an export is, once its options are read, and what its sink works with. */
import type { EmitExport } from '../../../events.ts';
import type { OutputPlace } from '../../../contracts/place.ts';
import type { RejectStore } from '../../../contracts/window.ts';
import type { Clock } from '../../../contracts/sink.ts';
import type { Dataset } from '../../../contracts/dataset.ts';
import type { OutputKind } from '../../../encoders/outputs.ts';
import type { ExportSettings } from '../../options/export.ts';
import type { Machine } from '../../../machine.ts';
import type { StreamOutput } from '../../../disk/output/output-path.ts';
import type { Shard } from '../../../shards/shard.ts';
import type { DatasetChoice } from '../request.ts';
import type { OutputForm } from '../../../sinks/output-form.ts';

/** The form of an output after inspecting what exists. */
export type ResolvedForm = Exclude<OutputForm, { kind: 'stdout' }> | { kind: 'stream'; output: StreamOutput };

export interface Output {
  form: ResolvedForm;
  /** Undefined when rows are not written in a file format. */
  kind: OutputKind;
  /** The absolute path or the address, for a file. */
  path: string | undefined;
  /** Whether the user named the directory rather than the file. */
  isInside: boolean;
}

/** An export whose options are resolved: which rows, where they go and in which form. */
export interface ResolvedExport {
  /** As the command names the dataset: `company-events`. */
  kind: DatasetChoice['kind'];
  settings: ExportSettings;
  dataset: Dataset;
  output: Output;
  /** Only its days are exported. */
  shard: Shard | undefined;
}

/** What a sink works with. */
export interface SinkContext {
  machine: Machine;
  /** Where files of the output stand. */
  place: OutputPlace;
  /** By which days are judged. */
  clock: Clock;
  rejects: RejectStore;
  emit: EmitExport;
  signal: AbortSignal;
  /** Called when the reader of the rows is gone. */
  onReaderGone: () => void;
}
