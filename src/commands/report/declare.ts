/** `scarf-cli report`: a page to look at, from what exports wrote. */
import type { Command } from 'commander';
import { REPORT_OPTIONS } from '../../application/options/report.ts';
import type { ActionContext } from '../verb.ts';
import { declareOptions, readSettings } from '../settings.ts';

export function declareReport(program: Command, context: ActionContext): void {
  const command = program
    .command('report')
    .summary('make a page to look at, from what exports wrote')
    .description(
      'Make one HTML page with charts, filters and tables from what exports wrote. It loads nothing from anywhere.',
    )
    .argument('<sources...>', 'files, globs, directories of exports, - for standard input, or postgres:');
  declareOptions(command, REPORT_OPTIONS);
  command.action(async (words: string[]) => {
    const { machine, interruption, version } = context;
    const stdinIsInput = words.includes('-');
    const reading = { machine, interruption, stdinIsInput, hasInputs: true, version };
    const { values: settings } = await readSettings(command, REPORT_OPTIONS, reading);
    const { runReport } = await import('../../application/analysis/run.ts');
    context.settle(await runReport({ words, settings }, context));
  });
}
