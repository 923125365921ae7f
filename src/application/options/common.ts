/** Options that several runs have. */
import { isAddress } from '../../contracts/storage.ts';
import { REJECTS_META_SUFFIX } from '../../delivery/outputs/rejects.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';

/** Every verb that talks to someone or waits for something has it. */
export const DEADLINE_OPTION = {
  name: 'deadline',
  group: 'delivery',
  flags: '--deadline <duration>',
  description: 'stop after this time, whatever happens; a later run resumes (exit 5)',
  kind: 'duration',
} as const satisfies OptionSpec;

/** Every verb that prints how it went has it. */
export const QUIET_OPTION = {
  name: 'quiet',
  group: 'output',
  common: true,
  flags: '-q, --quiet',
  description: 'print errors only',
  kind: 'flag',
  default: false,
} as const satisfies OptionSpec;

/** Every verb that shows progress has it. */
export const COLOR_OPTION = {
  name: 'color',
  group: 'output',
  flags: '--no-color',
  description: 'disable colour',
  kind: 'flag',
  default: true,
} as const satisfies OptionSpec;

/** What becomes of rows that cannot be delivered or written: of every command that moves rows. */
export const REJECT_OPTIONS = [
  {
    name: 'rejects',
    group: 'output',
    common: true,
    flags: '--rejects <file>',
    path: { role: 'output', beside: [REJECTS_META_SUFFIX], mayBeAddress: true, isFile: isFileName },
    description:
      'where rows go that cannot be delivered or written, verbatim; DIR/ for a file per input, - for standard output (default: with the run)',
  },
  {
    name: 'allowRejects',
    group: 'output',
    flags: '--allow-rejects <n|n%>',
    description: 'exit 0 with up to this many rejects',
    kind: 'share',
  },
  {
    name: 'maxRejects',
    group: 'output',
    flags: '--max-rejects <n|n%>',
    description: 'stop after this many rejects and leave the rest unsent (exit 3)',
    kind: 'share',
  },
] as const satisfies readonly OptionSpec[];

/** What becomes of files that stand where others go: of every command that has rejects. */
export function existingFileOptions({ replaced, extended }: Record<'replaced' | 'extended', string>) {
  return [
    {
      name: 'overwrite',
      group: 'output',
      flags: '--overwrite',
      description: `replace files that stand where ${replaced}`,
      kind: 'flag',
      insteadOf: ['append'],
      default: false,
    },
    {
      name: 'append',
      group: 'output',
      flags: '--append',
      description: `add to files that stand where ${extended}`,
      kind: 'flag',
      insteadOf: ['overwrite'],
      default: false,
    },
  ] as const satisfies readonly OptionSpec[];
}

/** A hyphen is a stream, and an address is an object. */
export function isFileName(text: string): boolean {
  return text !== '-' && !isAddress(text);
}
