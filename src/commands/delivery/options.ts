/** The options that every delivery has, whichever the vendor. */
import type { OptionSpec } from '../../settings/option-spec.ts';
import { REJECTS_META_ENDING } from '../../delivery/outputs/rejects.ts';
import { REPORT_BEGINNING } from '../../report/delivery/document.ts';
import { DEADLINE_OPTION } from '../settings.ts';
import { STATE_DIRECTORY_OPTION } from '../../settings/state-directory.ts';

const mebibyte = 1024 * 1024;

/** What becomes of rows that cannot be delivered or written: of every command that moves rows. */
export const REJECT_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'rejects',
    flags: '--rejects <file>',
    path: { role: 'output', beside: [REJECTS_META_ENDING], isFile: isFileName },
    description:
      'where rows go that cannot be delivered or written, verbatim; DIR/ for a file per input, - for standard output (default: with the run)',
  },
  {
    name: 'allowRejects',
    flags: '--allow-rejects <n|n%>',
    description: 'exit 0 with up to this many rejects',
    kind: 'share',
  },
  {
    name: 'maxRejects',
    flags: '--max-rejects <n|n%>',
    description: 'stop after this many rejects and leave the rest unsent (exit 3)',
    kind: 'share',
  },
];

/** What becomes of files that stand where others go: of every command that has rejects. */
export function standingFileOptions({
  replaced,
  extended,
}: Record<'replaced' | 'extended', string>): OptionSpec[] {
  const flags = { kind: 'flag', default: false } as const;
  return [
    {
      name: 'overwrite',
      flags: '--overwrite',
      description: `replace files that stand where ${replaced}`,
      ...flags,
    },
    { name: 'append', flags: '--append', description: `add to files that stand where ${extended}`, ...flags },
  ];
}

export const DELIVERY_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'retries',
    flags: '--retries <n>',
    description: 'retries per request; waiting for an upload slot does not count',
    kind: 'count',
    default: 8,
  },
  DEADLINE_OPTION,
  {
    name: 'wait',
    flags: '--no-wait',
    description: 'do not wait for accepted imports to finish',
    kind: 'flag',
    default: true,
  },
  ...REJECT_OPTIONS,
  ...standingFileOptions({
    replaced: '--rejects, --output and --report go',
    extended: '--rejects and --output go',
  }),
  {
    name: 'onUnknown',
    flags: '--on-unknown <action>',
    description: 'rows without ids that may have arrived: keep them as unknown, or resend them',
    choices: ['stop', 'resend'],
    default: 'stop',
  },
  {
    name: 'compressionLevel',
    flags: '--compression-level <level>',
    description: 'gzip compression level, 1 to 9',
    parse: parseLevel,
    default: 1,
  },
  {
    name: 'again',
    flags: '--again',
    description: 'deliver again, with the same ids',
    kind: 'flag',
    default: false,
  },
  {
    name: 'salt',
    flags: '--salt <text>',
    description: 'treat this as another delivery, with its own ids',
    recipe: true,
  },
  {
    name: 'ledger',
    flags: '--no-ledger',
    description: 'keep no ledger to resume from; only when every row has an id',
    kind: 'flag',
    default: true,
  },
  {
    name: 'allowEmpty',
    flags: '--allow-empty',
    description: 'accept patterns that match no file',
    kind: 'flag',
    default: false,
  },
  {
    name: 'dryRun',
    flags: '--dry-run',
    description: 'do everything but send, and report what would be sent',
    kind: 'flag',
    default: false,
  },
  STATE_DIRECTORY_OPTION,
];

/** For a vendor that answers each row. */
export const REPLIES_OPTION: OptionSpec = {
  name: 'output',
  flags: '--output <file>',
  path: { role: 'output', isFile: isFileName },
  description:
    "where the vendor's replies go: NDJSON, one per event with its input line, in input order; - for standard output",
};

/** How a run shows itself. */
export const DISPLAY_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'json',
    flags: '--json',
    description: 'print one JSON document as the last line of stdout (of stderr when stdout has rows)',
    kind: 'flag',
    default: false,
  },
  {
    name: 'report',
    flags: '--report <file>',
    description: 'write the same document to a file',
    path: {
      role: 'output',
      isFile: isFileName,
      replaces: {
        name: 'a report of scarf-cli',
        beginning: REPORT_BEGINNING,
        hint: 'give the report another name, or say --overwrite',
      },
    },
  },
  {
    name: 'quiet',
    flags: '-q, --quiet',
    description: 'print errors only',
    kind: 'flag',
    default: false,
  },
  {
    name: 'progress',
    flags: '--progress <mode>',
    description: 'how progress is shown: live block, plain lines, NDJSON events, or nothing',
    choices: ['auto', 'plain', 'json', 'none'],
    default: 'auto',
  },
  { name: 'color', flags: '--no-color', description: 'disable colour', kind: 'flag', default: true },
];

/** Scarf takes imports of any size; what is lost in a crash or refused as a whole should still be small. */
export const CHUNK_SIZE_OPTION: OptionSpec = {
  name: 'chunkSize',
  flags: '--chunk-size <size>',
  description: 'size of one import, before compression',
  kind: 'byteSize',
  minimum: 1,
  default: 32 * mebibyte,
};

/** A hyphen is a stream. */
function isFileName(text: string): boolean {
  return text !== '-';
}

function parseLevel(text: string): number {
  const level = Number(text);
  if (!Number.isInteger(level) || level < 1 || level > 9)
    throw new Error(`"${text}" is not a level from 1 to 9`);
  return level;
}
