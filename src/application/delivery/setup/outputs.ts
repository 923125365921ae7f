/** Checks the outputs of a delivery before anything is opened. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { possibleRejectsNames } from '../../../delivery/outputs/rejects.ts';
import {
  checkWritable,
  outputPath,
  refuseAsDirectory,
  resolveRowOutput,
} from '../../../disk/output/output-path.ts';
import { pageBesideRows } from '../../options/page-path.ts';
import { checkDocuments } from '../../documents.ts';
import type { DeliverySettings } from '../../options/delivery.ts';

/**
 * Throws a Failure `usage` for an unsuitable output: a directory instead of a file, a socket, the root
 * directory; and `local` for one that cannot be written. Returns whether one of them, or the page, is standard output, which is then reserved for it.
 */
export async function checkOutputs(
  { output, rejects, report, html, metrics }: DeliverySettings,
  workingDirectory: string,
): Promise<{ hasRowsOnStdout: boolean }> {
  const besides = [output, rejects];
  await checkDocuments([report, html, metrics], { besides, workingDirectory });
  let hasRowsOnStdout = false;
  for (const text of [output, rejects]) {
    if (text === undefined) continue;
    const path = outputPath(text, workingDirectory);
    if (text === rejects && text.endsWith('/')) {
      await refuseAsDirectory(path);
      continue;
    }
    const found = await resolveRowOutput(path);
    await checkWritable(path, { makesDirectory: true });
    hasRowsOnStdout ||= found.kind === 'stream' && found.descriptor === 1;
  }
  if (html === '-' && hasRowsOnStdout) throw pageBesideRows('--html');
  return { hasRowsOnStdout: hasRowsOnStdout || html === '-' };
}

/**
 * Files that only one run may write at a time, by lock name. Two runs would mix their lines, and truncate
 * each other's. Streams are not locked.
 */
export async function outputLocks(
  { output, rejects }: Pick<DeliverySettings, 'output' | 'rejects'>,
  workingDirectory: string,
  {
    inputPaths,
    furtherRejectsNames,
  }: { inputPaths: readonly string[]; furtherRejectsNames: (path: string) => string[] },
): Promise<ReadonlyMap<string, string>> {
  const subjects = new Map<string, string>();
  for (const text of [output, rejects]) {
    if (text === undefined) continue;
    const path = outputPath(text, workingDirectory);
    const isDirectory = text === rejects && text.endsWith('/');
    const names = isDirectory
      ? possibleRejectsNames(inputPaths).map((name) => join(path, name))
      : [path, ...(text === rejects ? furtherRejectsNames(path) : [])];
    for (const name of names) {
      const found = await resolveRowOutput(name);
      if (found.kind === 'file') subjects.set(lockName(found.path), name);
    }
  }
  return subjects;
}

function lockName(path: string): string {
  return `output-${createHash('sha256').update(path).digest('hex').slice(0, 24)}`;
}
