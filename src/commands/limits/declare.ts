/**
 * `scarf-cli limits`: every vendor's limits, and how each status is handled, from the tables that the code
 * uses.
 */
import type { Command } from 'commander';
import { VENDORS } from '../../vendors/index.ts';
import { maxRetryAfterMs } from '../../http/retry-after.ts';
import { WAITS } from '../../retry.ts';
import { writeDuration } from '../../settings/quantities.ts';
import { LISTING_OPTIONS } from '../../application/options/listing.ts';
import type { List } from '../../report/list/list.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';
import { COMMON_RULES, type StatusRule } from '../../vendors/rules.ts';
import { declareOptions, readSettings } from '../settings.ts';
import type { ActionContext } from '../verb.ts';

export function declareLimits(program: Command, { machine, interruption, version }: ActionContext): void {
  const command = program
    .command('limits')
    .summary("print every vendor's limits and retry rules")
    .description("Print every vendor's limits and what is done after each status.");
  declareOptions(command, LIMITS_OPTIONS);
  command.action(async () => {
    const reading = { machine, interruption, stdinIsInput: false, version };
    const { values } = await readSettings(command, LIMITS_OPTIONS, reading);
    const { viewOf } = await import('../../report/list/write.ts');
    const view = viewOf(LIMIT_LIST, values, { ...machine, signal: interruption.signal });
    await view.write(limitRows(), limitsDocument());
    const isTable = !values.json && values.jq === undefined && (values.output ?? 'table') === 'table';
    if (isTable && values.columns === undefined) machine.stdout.write(`\n${retryText()}`);
  });
}

const LIMITS_OPTIONS = [
  { name: 'json', flags: '--json', description: 'print JSON on one line', kind: 'flag', default: false },
  ...LISTING_OPTIONS,
] as const satisfies readonly OptionSpec[];

/** A limit with its source, or a status with how it is handled. */
interface LimitRow {
  vendor: string;
  kind: string;
  name: string;
  value: string;
  meaning: string;
}

const LIMIT_LIST: List<LimitRow> = {
  columns: [
    { name: 'vendor', value: ({ vendor }) => vendor },
    { name: 'kind', value: ({ kind }) => kind, shrinksTo: 6, drops: 2 },
    { name: 'name', value: ({ name }) => name, shrinksTo: 12 },
    { name: 'value', value: ({ value }) => value, shrinksTo: 12 },
    { name: 'meaning', value: ({ meaning }) => meaning, shrinksTo: 16, drops: 1 },
  ],
  empty: '',
};

/** The limits of each vendor, then its statuses; last the defaults for all vendors. */
function limitRows(): LimitRow[] {
  const vendors = VENDORS.flatMap(({ name: vendor, limits, statuses, otherStatuses = {} }) => [
    ...limits.map(({ name, value, source }) => ({ vendor, kind: 'limit', name, value, meaning: source })),
    ...statuses.map((rule) => statusRow(vendor, 'status', rule)),
    ...Object.entries(otherStatuses).flatMap(([title, rules]) =>
      rules.map((rule) => statusRow(vendor, title, rule)),
    ),
  ]);
  return [...vendors, ...COMMON_RULES.map((rule) => statusRow('all', 'status', rule))];
}

function statusRow(vendor: string, kind: string, { status, verdict, meaning }: StatusRule): LimitRow {
  return { vendor, kind, name: status, value: verdict, meaning };
}

function limitsDocument(): object {
  const vendors = VENDORS.map(({ name, title, limits, statuses, otherStatuses = {} }) => {
    return { name, title, limits, statuses, otherStatuses };
  });
  return { schema: 1, vendors, statuses: COMMON_RULES };
}

/** Explains the second column. */
function retryText(): string {
  const { retry, slot } = WAITS;
  const [first, longest, slotLongest, asked] = [
    retry.firstBoundMs,
    retry.maxBoundMs,
    slot.maxBoundMs,
    maxRetryAfterMs,
  ].map(writeDuration);
  return `Sent again
  busy, closed    nothing was taken: always; waiting for busy does not count against --retries
  doubtful        only when every row has an id; else its rows are unknown (--on-unknown)
  session         at once, a few times in a row
  the wait        Retry-After, at most ${asked}; else at random, up to ${first} and twice as long each time up to ${longest}
  for a slot      at random, up to ${slotLongest}; shorter when a look at the imports shows room
`;
}
