/** Which files a command reads, and which part of them. */
import { isFileName } from './common.ts';
import { checkShardText } from '../../shards/shard.ts';
import { SHARD_WAYS } from '../../shards/plan.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';

/** Of every command that can take one part of a whole and leave the others to other processes. */
export const SHARD_OPTION = {
  name: 'shard',
  group: 'input',
  flags: '--shard <i/n>',
  description:
    'take part i of n, counted from 0, of all that is named; auto (or auto/n): the part that Kubernetes, AWS Batch, Slurm, CI or GNU parallel names',
  parse: checkShardText,
} as const satisfies OptionSpec;

export const SHARD_OPTIONS = [
  {
    name: 'filesFrom',
    group: 'input',
    flags: '--files-from <list>',
    description:
      'read the names of the inputs from this file, one a line, or ended by NUL; - for standard input',
    path: { role: 'input', isFile: isFileName },
    // A run that is resumed knows its inputs.
    transient: true,
    // It would be refused beside inputs that are named.
    notSaved: true,
  },
  SHARD_OPTION,
  {
    name: 'shardBy',
    group: 'input',
    flags: '--shard-by <way>',
    description:
      'how --shard divides files: as one run of bytes, NDJSON at line starts; or whole files, the largest first to the least full part',
    choices: SHARD_WAYS,
    needs: ['shard'],
    default: 'bytes',
  },
] as const satisfies readonly OptionSpec[];
