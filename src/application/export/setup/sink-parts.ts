/** What a sink is created from. */
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

export interface SinkParts {
  settings: ExportSettings;
  dataset: Dataset;
  output: Output;
  /** Where files of the output stand. */
  place: OutputPlace;
  machine: Machine;
  emit: EmitExport;
  signal: AbortSignal;
  rejects: RejectStore;
  /** Called when the reader of the rows is gone. */
  onReaderGone: () => void;
  clock: Clock;
  /** Only its days are exported. */
  shard?: Shard | undefined;
}
