/** Options that need others: each refusal, and the words of help, as the commands declare them. */
import { describe, expect, it, test } from 'vitest';
import { IMPORT_OPTIONS, ingestOptions } from '../../src/application/options/delivery.ts';
import { EXPORT_OPTIONS } from '../../src/application/options/export.ts';
import { REPORT_OPTIONS } from '../../src/application/options/report.ts';
import { ABORT_OPTIONS } from '../../src/commands/imports/options.ts';
import { LIST_RUNS_OPTIONS, MERGE_OPTIONS } from '../../src/commands/runs/options.ts';
import { CREATE_OPTIONS, POLICY_OPTIONS } from '../../src/commands/schedule/options.ts';
import { effectNotes, refuseForFormats, refuseWithoutEffect } from '../../src/settings/effect.ts';
import type { OptionSpec } from '../../src/settings/option-spec.ts';
import { resolveSettings, type Given } from '../../src/settings/resolve.ts';
import { findVendor } from '../../src/vendors/index.ts';

function ingest(name: string): readonly OptionSpec[] {
  const vendor = findVendor(name);
  if (vendor === undefined) throw new Error(name);
  return ingestOptions(vendor);
}

const commands: Readonly<Record<string, readonly OptionSpec[]>> = {
  import: IMPORT_OPTIONS,
  'ingest sumatra': ingest('sumatra'),
  'ingest moesif': ingest('moesif'),
  'ingest loginsight': ingest('loginsight'),
  'export events': EXPORT_OPTIONS.events,
  'export companies': EXPORT_OPTIONS.companies,
  'imports abort': ABORT_OPTIONS,
  'runs list': LIST_RUNS_OPTIONS,
  'runs merge': MERGE_OPTIONS,
  'schedule create': CREATE_OPTIONS,
  'schedule policy': POLICY_OPTIONS,
  report: REPORT_OPTIONS,
};

function check(command: string, given: Partial<Given>) {
  const specs = commands[command] ?? [];
  const settings = resolveSettings(specs, { flags: {}, environment: {}, ...given });
  return () => refuseWithoutEffect(specs, settings);
}

describe('an option that was typed and would change nothing is refused', () => {
  test.each<[command: string, flags: Record<string, unknown>, message: string]>([
    ['import', { shardBy: 'size' }, '--shard-by has no effect without --shard'],
    ['import', { reportFormat: 'junit' }, '--report-format has no effect without --report'],
    ['import', { decimal: ',' }, '--decimal has no effect without --type, --preset or --map-file'],
    ['import', { typeErrors: 'keep' }, '--type-errors has no effect without --type, --preset or --map-file'],
    ['import', { logFormat: 'text' }, '--log-format has no effect without --log-file'],
    [
      'import',
      { debugBodies: true },
      '--debug-bodies has no effect without --verbose, --debug or --log-file',
    ],
    ['import', { only: 'a' }, '--only has no effect without --format log'],
    [
      'import',
      { multilineStart: 'a', format: 'csv' },
      '--multiline-start has no effect without --format text',
    ],
    ['import', { path: 'a', format: 'csv' }, '--path has no effect without --format json'],
    ['import', { trim: true, format: 'json' }, '--trim has no effect without --format csv or tsv'],
    ['import', { null: ['-'], format: 'text' }, '--null has no effect without --format csv, tsv or log'],
    ['ingest moesif', { single: true, batchEvents: 2 }, '--batch-events has no effect with --single'],
    ['ingest loginsight', { agentId: 'a', api: 'cloud' }, '--agent-id has no effect with --api cloud'],
    ['export events', { lag: 1 }, '--lag has no effect without --incremental'],
    ['export events', { layout: 'flat' }, '--layout has no effect without --split'],
    ['export events', { ascii: true }, '--ascii has no effect without --summary'],
    ['export events', { keepDuplicates: true, dedupeMemory: 2 ** 20 }, '--dedupe-memory has no effect with'],
    ['runs list', { lastSuccess: true, jq: '.' }, '--jq has no effect with --last-success'],
    ['schedule create', { gcsBucket: 'b', roleArn: 'a' }, '--role-arn has no effect without --s3-bucket'],
    ['schedule create', { s3Bucket: 'b', serviceAccount: 'a' }, '--service-account has no effect without'],
    ['schedule policy', { externalId: 'a' }, '--external-id has no effect without --role trust'],
    ['schedule policy', { s3Bucket: 'b', role: 'trust' }, '--s3-bucket has no effect with --role trust'],
  ])('%s %o', (command, flags, message) => {
    expect(check(command, { flags })).toThrow(
      expect.objectContaining({ kind: 'usage', message: expect.stringContaining(message) as string }),
    );
  });
});

describe('an option is taken', () => {
  test.each<[why: string, command: string, given: Partial<Given>]>([
    ['with what it needs', 'export events', { flags: { lag: 1, incremental: true } }],
    ['with any of several', 'import', { flags: { debugBodies: true, verbose: 1 } }],
    [
      'when a variable says what it needs',
      'import',
      {
        flags: { logFormat: 'text' },
        environment: { SCARF_CLI_LOG_FILE: 'a' },
      },
    ],
    ['when a preset says what it needs', 'import', { flags: { null: ['-'], preset: 'combined' } }],
    ['where the format is found out', 'import', { flags: { delimiter: ';' } }],
    // Features that fail are counted, whether or not answers are kept.
    ['when its effect is on what is counted', 'ingest sumatra', { flags: { features: true } }],
    // A script may say so always.
    ['when it only permits', 'imports abort', { flags: { yes: true } }],
    ['when it only permits', 'import', { flags: { overwrite: true } }],
    ['when it only says how fast', 'ingest sumatra', { flags: { batch: true, concurrency: 2 } }],
    ['when a variable says it', 'import', { environment: { SCARF_CLI_LOG_FORMAT: 'text' } }],
    ['when a profile says it', 'import', { profile: { shardBy: 'size', only: 'a', overwrite: true } }],
    ['when a flag says no more than the default', 'export events', { flags: { ascii: false } }],
  ])('%s', (_why, command, given) => {
    expect(check(command, given)).not.toThrow();
  });
});

describe('help says what an option needs', () => {
  test.each([
    ['export events', 'lag', 'with --incremental'],
    ['import', 'delimiter', 'for csv or tsv'],
    ['import', 'only', 'with --format log'],
    ['ingest moesif', 'batchEvents', 'not with --single'],
    ['import', 'owner', undefined],
    ['import', 'append', undefined],
  ])('%s: %s', (command, name, note) => {
    const specs = commands[command] ?? [];
    const spec = specs.find((one) => one.name === name);
    expect(spec && effectNotes(spec, specs)).toEqual(note === undefined ? [] : [note]);
  });

  it('names options and values that there are', () => {
    for (const specs of Object.values(commands)) {
      for (const { needs = [], uselessWith = [] } of specs) {
        for (const use of [...needs, ...uselessWith]) {
          const [name, value] = use.split('=');
          const others = Object.values(commands)
            .flat()
            .filter((one) => one.name === name);
          expect(others, use).not.toEqual([]);
          if (value !== undefined) expect(others.flatMap(({ choices = [] }) => choices)).toContain(value);
        }
      }
    }
  });
});

describe('an option for formats of inputs', () => {
  const settings = resolveSettings(IMPORT_OPTIONS, {
    flags: { delimiter: ';', empty: 'null' },
    environment: {},
    profile: { trim: 'true' },
  });

  test.each([
    [['ndjson'], '--delimiter has no effect: no input is csv or tsv'],
    [['ndjson', 'log'], '--delimiter has no effect: no input is csv or tsv'],
  ])('%o: refused', (formats, message) => {
    expect(() => refuseForFormats(IMPORT_OPTIONS, settings, formats)).toThrow(message);
  });

  it('needs one of them among the inputs', () => {
    expect(() => refuseForFormats(IMPORT_OPTIONS, settings, ['ndjson', 'tsv'])).not.toThrow();
  });
});

it('what a profile keeps for a vendor is never of another kind than what the command reads under that name', () => {
  for (const spec of [...Object.values(EXPORT_OPTIONS).flat(), ...POLICY_OPTIONS, ...CREATE_OPTIONS]) {
    const option: OptionSpec = spec;
    if (option.notSaved === true) continue;
    const saved: OptionSpec | undefined = IMPORT_OPTIONS.find(({ name }) => name === option.name);
    if (saved === undefined) continue;
    expect([option.name, option.kind, option.choices]).toEqual([saved.name, saved.kind, saved.choices]);
  }
});
