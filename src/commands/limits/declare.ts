/** `scarf-cli limits`: every vendor's limits and what each status means, out of the tables that the code uses. */
import type { Command } from 'commander';
import { VENDORS } from '../../vendors/index.ts';
import { COMMON_RULES } from '../../vendors/rules.ts';
import type { ActionContext } from '../context.ts';
import { limitsText } from '../help/topics.ts';

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
  const vendors = VENDORS.map(({ name, title, limits, statuses }) => ({ name, title, limits, statuses }));
  return `${JSON.stringify({ schema: 1, vendors, statuses: COMMON_RULES })}\n`;
}

function asText(): string {
  const vendors = VENDORS.map((vendor) => {
    const rules = vendor.statuses.map(ruleLine).join('\n');
    return `${vendor.title}\n${limitsText(vendor)}\n${rules}\n`;
  });
  return `${vendors.join('\n')}\nEvery vendor, where it says nothing else\n${COMMON_RULES.map(ruleLine).join('\n')}\n`;
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
