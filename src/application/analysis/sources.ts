/** What a report is made from: files, directories as exports write them, standard input, PostgreSQL. */
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Failure } from '../../failure.ts';
import type { Machine } from '../../machine.ts';
import { requireLocal } from '../../settings/local-path.ts';
import { readOutputForm } from '../../sinks/output-form.ts';
import { findInputs } from '../../sources/inputs.ts';

export interface ReportSources {
  /** As the user wrote them, and the files of directories; `-` is standard input. */
  paths: readonly string[];
  /** Connection strings of databases; undefined means the one named by the environment. */
  databases: readonly (string | undefined)[];
}

/** What exports call their files; what is packed again has one more ending. */
const endings = '{csv,ndjson,jsonl,parquet}{,.gz,.zst,.bz2,.xz}';

/**
 * Finds the files of directories at any depth, hidden ones left out: those hold the state of exports. Throws a Failure
 * `usage` for a name that means nothing.
 */
export async function findSources(
  words: readonly string[],
  { workingDirectory }: Pick<Machine, 'workingDirectory'>,
): Promise<ReportSources> {
  const databases: (string | undefined)[] = [];
  const paths: string[] = [];
  for (const word of words) {
    requireLocal('report', word);
    // It would stand for the working directory, whatever is in it.
    if (word === '') throw new Failure('usage', 'the name of a source is empty');
    const form = readOutputForm(word);
    if (form.kind === 'postgres') databases.push(form.url);
    else if (await isDirectory(resolve(workingDirectory, word))) {
      paths.push(...(await filesIn(word, workingDirectory)));
    } else {
      const { paths: found, problem } = await findInputs([word], { workingDirectory }, {});
      if (problem !== undefined) throw problem;
      paths.push(...found);
    }
  }
  if (paths.filter((path) => path === '-').length > 1) {
    throw new Failure('usage', 'standard input (-) can be read only once');
  }
  return { paths, databases };
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}

async function filesIn(directory: string, workingDirectory: string): Promise<string[]> {
  const { glob } = await import('tinyglobby');
  const cwd = resolve(workingDirectory, directory);
  const names = await glob(`**/*.${endings}`, { cwd, expandDirectories: false });
  if (names.length > 0) return names.sort().map((name) => join(directory, name));
  throw new Failure('usage', `${directory} holds no files that exports write`, {
    hint: 'their names end in .csv, .ndjson, .jsonl or .parquet',
  });
}
