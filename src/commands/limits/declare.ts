/** `scarf-cli limits`: every vendor's limits and what each status means, out of the tables that the code uses. */
import type { Command } from 'commander';
import { VENDORS } from '../../vendors/index.ts';
import { maxRetryAfterMs } from '../../http/retry-after.ts';
import { WAITS } from '../../retry.ts';
import { writeDuration } from '../../settings/quantities.ts';
import { COMMON_RULES } from '../../vendors/rules.ts';
import type { ActionContext } from '../verb.ts';
import { limitsText } from '../help/topics/vendor.ts';

export function declareLimits(program: Command, { machine }: ActionContext): void {
  program
    .command('limits')
    .summary("print every vendor's limits and retry rules")
    .description("Print every vendor's limits and what is done after each status.")
    .option('--json', 'print JSON on one line')
    .action((options: { json?: boolean }) => {
      machine.stdout.write(options.json === true ? asJson() : asText());
    });
}

function asJson(): string {
  const vendors = VENDORS.map(({ name, title, limits, statuses, otherStatuses = {} }) => {
    return { name, title, limits, statuses, otherStatuses };
  });
  return `${JSON.stringify({ schema: 1, vendors, statuses: COMMON_RULES })}\n`;
}

function asText(): string {
  const vendors = VENDORS.map((vendor) => {
    const others = Object.entries(vendor.otherStatuses ?? {}).flatMap(([title, rules]) => [
      `  ${title}`,
      ...rules.map(ruleLine),
    ]);
    const rules = [...vendor.statuses.map(ruleLine), ...others].join('\n');
    return `${vendor.title}\n${limitsText(vendor)}\n${rules}\n`;
  });
  const common = COMMON_RULES.map(ruleLine).join('\n');
  return `${vendors.join('\n')}\nEvery vendor, where it says nothing else\n${common}\n\n${retryText()}`;
}

/** What follows from the second column. */
function retryText(): string {
  const [first, longest, asked] = [WAITS.retry.firstBoundMs, WAITS.retry.longestBoundMs, maxRetryAfterMs].map(
    writeDuration,
  );
  return `Sent again
  busy, closed    nothing was taken: always; waiting for busy does not count against --retries
  doubtful        only when every row has an id; else its rows are unknown (--on-unknown)
  session         at once, a few times in a row
  the wait        Retry-After, at most ${asked}; else at random, up to ${first} and twice as long each time up to ${longest}
`;
}

function ruleLine({
  status,
  verdict,
  meaning,
}: {
  status: string;
  verdict: string;
  meaning: string;
}): string {
  return `  ${status.padEnd(4)} ${verdict.padEnd(12)} ${meaning}`;
}
