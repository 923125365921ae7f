/** How many threads read, check and compress rows. */
import type { OptionSpec } from '../../settings/option-spec.ts';

/** With more, the vendor or the network is slower than the rows. */
export const MAX_THREADS = 8;

export const THREADS_OPTION = {
  name: 'threads',
  group: 'delivery',
  flags: '--threads <n>',
  description: `threads that check and compress rows of NDJSON and CSV, 1 to ${MAX_THREADS}; by default one for each core (with --shard i/n for each n cores), and one for less than 8 MiB`,
  parse: parseThreads,
  transient: true,
} as const satisfies OptionSpec;

function parseThreads(text: string): number {
  const threads = Number(text);
  if (!Number.isInteger(threads) || threads < 1 || threads > MAX_THREADS)
    throw new Error(`"${text}" is not a number of threads from 1 to ${MAX_THREADS}`);
  return threads;
}
