/** Reports, metrics and pages: what a run writes when all else is done. */
import { dirname } from 'node:path';
import { isAddress } from '../contracts/storage.ts';
import { checkWritable, outputPath } from '../disk/output/output-path.ts';
import { Failure } from '../failure.ts';

export interface DocumentContext {
  /** Where rows of the run go, as the user wrote it: directories are made for them. */
  besides: readonly (string | undefined)[];
  workingDirectory: string;
}

/**
 * Says before anything is sent or fetched what could not be written afterwards. `documents`: as the user wrote them;
 * of those in buckets nothing is asked. Throws a Failure like `checkWritable`.
 */
export async function checkDocuments(
  documents: readonly (string | undefined)[],
  { besides, workingDirectory }: DocumentContext,
): Promise<void> {
  for (const address of documents.filter((text) => text !== undefined).filter(isAddress))
    if (address.endsWith('/'))
      throw new Failure('usage', `cannot write ${address}: it names no object`, {
        hint: 'give its whole name',
      });
  const made = localPaths(besides, workingDirectory);
  for (const path of localPaths(documents, workingDirectory)) {
    const makesDirectory = made.some((other) => other.startsWith(`${dirname(path)}/`));
    await checkWritable(path, { makesDirectory });
  }
}

function localPaths(texts: readonly (string | undefined)[], workingDirectory: string): string[] {
  const local = texts.filter((text) => text !== undefined).filter((text) => !isAddress(text));
  return local.map((text) => {
    const path = outputPath(text, workingDirectory);
    return text.endsWith('/') && !path.endsWith('/') ? `${path}/` : path;
  });
}
