/**
 * Rejected rows as annotations of a GitHub Actions run ("GitHub docs, Workflow commands"): they stand
 * beside the lines of the files that hold them.
 */
import { printable } from './terminal/printable.ts';
import type { Tally } from './delivery/tally.ts';

/** GitHub shows no more of a kind per step. */
const maxAnnotations = 10;

/** Whether the process runs as a step of GitHub Actions. */
export function isGithubStep(environment: Readonly<Record<string, string | undefined>>): boolean {
  return environment['GITHUB_ACTIONS'] === 'true';
}

/** One workflow command a line for the first places of each reason. Text from rows and servers cannot end its line. */
export function annotations(tally: Tally): string {
  const places = tally.reasons.flatMap(({ reason, message, places: found }) =>
    found.map(({ path, line, column, message: own = message }) => ({
      path,
      line,
      column,
      text: `${reason}: ${own}`,
    })),
  );
  return places
    .slice(0, maxAnnotations)
    .map(({ path, line, column, text }) => {
      const where = [`file=${escapeProperty(path)}`, `line=${line}`];
      if (column !== undefined) where.push(`col=${column}`);
      return `::error ${where.join(',')}::${escapeData(printable(text))}\n`;
    })
    .join('');
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(printable(text)).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
