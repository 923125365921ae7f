/**
 * Output for a step of GitHub Actions ("GitHub docs, Workflow commands", 2026-11): annotations for rejected
 * rows and failures, a table in the job summary, and outputs for later steps.
 */
import { printable } from '../terminal/printable.ts';
import { findingsOf, repositoryPath, type CiDocument } from './document.ts';

/** GitHub shows at most this many of a kind per step. */
const maxAnnotations = 10;

export interface GithubContext {
  environment: Readonly<Record<string, string | undefined>>;
  workingDirectory: string;
}

/** Whether the process runs as a step of GitHub Actions. */
export function isGithubStep(environment: GithubContext['environment']): boolean {
  return environment['GITHUB_ACTIONS'] === 'true';
}

/**
 * One workflow command per line, failures first. Text from rows and servers is escaped, so it cannot end its
 * line.
 */
export function annotations(document: CiDocument, { environment, workingDirectory }: GithubContext): string {
  const root = environment['GITHUB_WORKSPACE'];
  const failures = document.errors.map(
    ({ message, hint }) =>
      `::error::${escapeData(printable(hint === undefined ? message : `${message} (${hint})`))}`,
  );
  const rows = findingsOf(document).map(({ path, line, column, reason, message }) => {
    const where = [`file=${escapeProperty(repositoryPath(path, root, workingDirectory))}`, `line=${line}`];
    if (column !== undefined) where.push(`col=${column}`);
    return `::error ${where.join(',')}::${escapeData(printable(`${reason}: ${message}`))}`;
  });
  return [...failures, ...rows]
    .slice(0, maxAnnotations)
    .map((line) => `${line}\n`)
    .join('');
}

/** The Markdown table for the job summary. */
export function jobSummary(document: CiDocument): string {
  const { command, counts, rejects, errors, exit } = document;
  const names = Object.keys(counts);
  const reasons = (rejects?.reasons ?? []).map(
    ({ reason, message, rows }) => `- ${rows} × ${escapeMarkdown(`${reason}: ${message}`)}`,
  );
  const failures = errors.map(({ kind, message }) => `- **${kind}**: ${escapeMarkdown(message)}`);
  return `${[
    `### scarf-cli ${escapeMarkdown(command)}: ${exit === 0 ? 'all is well' : `exit ${exit}`}`,
    [
      `| ${names.join(' | ')} |`,
      `|${names.map(() => '---:').join('|')}|`,
      `| ${names.map((name) => counts[name]).join(' | ')} |`,
    ].join('\n'),
    ...(reasons.length > 0 ? [reasons.join('\n')] : []),
    ...(failures.length > 0 ? [failures.join('\n')] : []),
  ].join('\n\n')}\n\n`;
}

/**
 * The outputs for later steps, in the multi-line form, which takes any value. No value may contain
 * `delimiter`.
 */
export function stepOutputs({ counts, run, rejects, exit }: CiDocument, delimiter: string): string {
  const outputs: [name: string, value: string][] = [
    ['counts', JSON.stringify(counts)],
    ['run', run ?? ''],
    ['rejects', rejects?.path ?? ''],
    ['exit', String(exit)],
  ];
  return outputs.map(([name, value]) => `${name}<<${delimiter}\n${value}\n${delimiter}\n`).join('');
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(printable(text)).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function escapeMarkdown(text: string): string {
  return printable(text)
    .replaceAll('\n', ' ')
    .replace(/[\\`*_<>[\]|#&!]/g, (character) => `\\${character}`);
}
