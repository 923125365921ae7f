/** Options of an export that contradict each other, or that its output has no use for. */
import type { OutputKind } from '../../../encoders/outputs.ts';
import { Failure } from '../../../failure.ts';
import { partitionColumn } from '../../../sinks/file/daily-files.ts';
import type { ExportSettings } from '../../options/export.ts';
import type { ResolvedForm } from './resolved-export.ts';

/** Throws a Failure `usage` that names the option. */
export function checkTogether(settings: ExportSettings, form: ResolvedForm, kind: OutputKind): void {
  const asked = { ...settings, form: form.kind, encoding: kind.name };
  const found = [...POSTGRES_ALONE, ...CONTRADICTIONS].find(({ applies }) => applies(asked));
  if (found === undefined) return;
  throw new Failure('usage', found.message, found.hint === undefined ? {} : { hint: found.hint });
}

type Asked = ExportSettings & { form: ResolvedForm['kind']; encoding: OutputKind['name'] };

interface Contradiction {
  applies: (asked: Asked) => boolean;
  message: string;
  hint?: string;
}

/** Whoever gives one of them means a database, and would miss it only after the rows are somewhere else. */
const POSTGRES_ALONE: readonly Contradiction[] = [
  postgresAlone('--table', ({ table }) => table !== undefined),
  postgresAlone('--no-create-table', ({ createTable }) => !createTable),
  postgresAlone('--upsert', ({ upsert }) => upsert),
  postgresAlone('--dedupe-existing', ({ dedupeExisting }) => dedupeExisting),
];

function postgresAlone(flag: string, isGiven: Contradiction['applies']): Contradiction {
  return {
    applies: (asked) => asked.form !== 'postgres' && isGiven(asked),
    message: `${flag} needs PostgreSQL as output`,
    hint: '--output postgres:',
  };
}

/** The first that applies is told. */
const CONTRADICTIONS: readonly Contradiction[] = [
  {
    applies: ({ split, form }) => split === 'day' && form !== 'directory',
    message: '--split day needs a directory',
    hint: '--output events/',
  },
  {
    applies: ({ shard, split }) => shard !== undefined && split === undefined,
    message: '--shard needs a directory with a file a day',
    hint: '--split day --output events/',
  },
  {
    applies: ({ layout, columns }) =>
      layout === 'hive' && columns?.every((name) => name === partitionColumn) === true,
    message: `--columns names only "${partitionColumn}", which --layout hive has in the path`,
  },
  {
    applies: ({ incremental, form }) => incremental === true && form === 'stream',
    message: '--incremental needs a file, a directory or postgres: as output',
  },
  {
    applies: (asked) => asked.evolve && asked.form !== 'postgres' && !(isOfFiles(asked) && isCsv(asked)),
    message: '--evolve needs a CSV file or PostgreSQL as output',
    hint: 'the columns of a stream and of Parquet are fixed, and objects name their own',
  },
  {
    applies: (asked) => asked.manifest && !isOfFiles(asked),
    message: '--manifest needs an output of files',
  },
  {
    applies: ({ form, format }) => form === 'postgres' && format !== undefined,
    message: '--format applies to files, not to PostgreSQL',
  },
  ...ofCsv('--excel-safe', ({ excelSafe }) => excelSafe),
  ...ofCsv('--bom', ({ bom }) => bom),
  {
    applies: ({ encoding, incremental, split }) =>
      encoding === 'parquet' && incremental === true && split === undefined,
    message: 'cannot append to a Parquet file',
    hint: '--split day writes a file a day, which --incremental goes on with',
  },
];

function isOfFiles({ form }: Asked): boolean {
  return form === 'file' || form === 'directory';
}

function isCsv({ encoding }: Asked): boolean {
  return encoding === 'csv';
}

function ofCsv(flag: string, isGiven: Contradiction['applies']): Contradiction[] {
  return [
    {
      applies: (asked) => isGiven(asked) && asked.form === 'postgres',
      message: `${flag} needs a file as output`,
    },
    {
      applies: (asked) => isGiven(asked) && !isCsv(asked),
      message: `${flag} needs CSV as output format`,
    },
  ];
}
