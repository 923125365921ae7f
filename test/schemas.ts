/** The published schemas of documents, and which of them a document is held against. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type AnySchemaObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Counts } from '../src/records.ts';

/** All schemas by their file names. */
export const SCHEMAS: ReadonlyMap<string, AnySchemaObject> = new Map(
  readdirSync('schemas').map((name) => [
    name,
    JSON.parse(readFileSync(join('schemas', name), 'utf8')) as AnySchemaObject,
  ]),
);

/** A wrapper must tolerate unknown keys; a test must not, because everything that is printed is declared. */
const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true });
for (const schema of SCHEMAS.values()) ajv.addSchema(closed(schema) as AnySchemaObject);

/** How a document violates its schema, in sentences; empty when it matches. */
export function schemaProblems(document: unknown, schema: string): string[] {
  const validate = ajv.getSchema(schema) as ValidateFunction | undefined;
  if (validate === undefined) throw new Error(`there is no schema ${schema}`);
  if (validate(document)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

interface Sums {
  counts: Counts;
  thisRun: Counts;
  inputs: readonly { rows: number }[];
  rejects: { rows: number };
}

/** Which parts of the document of a delivery do not add up to their whole, in sentences; empty when all do. */
export function sumProblems({ counts, thisRun, inputs, rejects }: Sums): string[] {
  const rowsOf = (list: readonly { rows: number }[]) => list.reduce((sum, { rows }) => sum + rows, 0);
  const outcomesOf = ({ read: _read, ...outcomes }: Counts) =>
    Object.values(outcomes).reduce((sum, rows) => sum + rows, 0);
  const sums: [string, number, number][] = [
    ['counts', counts.read, outcomesOf(counts)],
    ['thisRun', thisRun.read, outcomesOf(thisRun)],
    ['inputs', counts.read, rowsOf(inputs)],
    ['rejects', counts.rejected, rejects.rows],
  ];
  return sums
    .filter(([, whole, parts]) => whole !== parts)
    .map(([name, whole, parts]) => `${name}: ${parts} of ${whole} rows`);
}

/** The schema of a document that a command printed; undefined for documents of other kinds. */
export function schemaOf(document: unknown, argv: readonly string[] = []): string | undefined {
  const [verb, subcommand] = argv;
  if (Array.isArray(document)) {
    return subcommand === 'list' && argv.includes('--json') ? LISTS[verb ?? ''] : undefined;
  }
  if (typeof document !== 'object' || document === null) return undefined;
  if ('ts' in document && argv.includes('--progress')) return 'event.json';
  if (!('schema' in document)) return undefined;
  const has = (...keys: string[]) => keys.every((key) => key in document);
  if (has('dataset', 'counts')) return 'export.json';
  if (has('counts', 'thisRun')) return 'delivery.json';
  if (has('proposals')) return 'inference.json';
  if (has('checks')) return 'doctor.json';
  if (has('page', 'read')) return 'report.json';
  if (has('slots', 'watched')) return 'watch.json';
  if (has('secret', 'checked')) return 'whoami.json';
  if (has('lastSuccess')) return 'last-success.json';
  if (has('exitCodes')) return 'program.json';
  if (has('vendors', 'statuses')) return 'limits.json';
  if (has('settings', 'profile')) return 'settings.json';
  if (has('node', 'commit')) return 'version.json';
  return has('errors', 'exit') ? 'failure.json' : undefined;
}

const LISTS: Readonly<Record<string, string>> = { runs: 'runs.json', imports: 'imports.json' };

/** The schema with every object closed to keys that it does not name. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, closed(value)]));
  const isOpen = 'properties' in copy && 'required' in copy && !('additionalProperties' in copy);
  return isOpen ? { ...copy, additionalProperties: false } : copy;
}
