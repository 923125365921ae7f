/** The output formats; a new one is one line here. */
import { pipeline, Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import type { Column } from '../contracts/dataset.ts';
import type { BegunFile, Encoder, OutputFormat } from '../contracts/encoder.ts';
import { Failure } from '../failure.ts';
import { CsvEncoder, type CsvEncoderOptions } from './csv-encoder.ts';
import { GzipEncoder } from './gzip-encoder.ts';
import { NdjsonEncoder } from './ndjson-encoder.ts';
import { ParquetEncoder } from './parquet-encoder.ts';
import { widenCsv } from './widen-csv.ts';

interface Output {
  name: OutputFormat['name'];
  suffixes: readonly string[];
  open: (options: CsvEncoderOptions, begun?: BegunFile) => Encoder;
}

const outputs: readonly Output[] = [
  { name: 'csv', suffixes: ['.csv'], open: (options, begun) => new CsvEncoder(options, begun) },
  { name: 'ndjson', suffixes: ['.ndjson', '.jsonl'], open: (options) => new NdjsonEncoder(options) },
  { name: 'parquet', suffixes: ['.parquet'], open: (options) => new ParquetEncoder(options) },
];

/** What `--format` may name. */
export const OUTPUT_FORMATS: readonly string[] = [...outputs.map(({ name }) => name), 'jsonl'];

export interface OutputKind {
  name: OutputFormat['name'];
  /** `.csv`, `.jsonl`: as the path has it. */
  suffix: string;
  gzip: boolean;
}

/** The format for the suffix of a file name; undefined if there is none. */
export function outputKindOf(path: string): OutputKind | undefined {
  const gzip = path.endsWith('.gz');
  const plain = gzip ? path.slice(0, -'.gz'.length) : path;
  for (const { name, suffixes } of outputs) {
    const suffix = suffixes.find((candidate) => plain.endsWith(candidate));
    if (suffix !== undefined) return { name, suffix, gzip };
  }
  return undefined;
}

/** The kind that `--format` names. */
export function outputKindNamed(format: string): OutputKind | undefined {
  return outputKindOf(`.${format}`);
}

export function createOutputFormat(kind: OutputKind, options: CsvEncoderOptions): OutputFormat {
  const output = outputs.find(({ name }) => name === kind.name) as Output;
  return {
    name: kind.name,
    chosen: options.columns,
    suffix: kind.gzip ? `${kind.suffix}.gz` : kind.suffix,
    open: (begun) => {
      const encoder = output.open(options, begun);
      return kind.gzip ? new GzipEncoder(encoder) : encoder;
    },
    widen: (file, more) => widen(kind, file, more),
  };
}

/** Only CSV reports missing columns. In a compressed file, the rows that follow are a gzip member of their own. */
function widen(
  { gzip, name }: OutputKind,
  file: AsyncIterable<Uint8Array>,
  more: readonly Column[],
): AsyncIterable<Uint8Array> {
  if (name !== 'csv') throw new Failure('bug', `a file of ${name} cannot be widened`);
  if (!gzip) return widenCsv(file, more);
  const plain = pipeline(Readable.from(file, { objectMode: false }), createGunzip(), () => undefined);
  const wide = Readable.from(widenCsv(plain, more), { objectMode: false });
  return pipeline(wide, createGzip(), () => undefined);
}
