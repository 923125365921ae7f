/** The outputs of a delivery, looked at before anything is opened. */
import { outputPath, refuseAsDirectory, resolveRowOutput } from '../../../disk/output/output-path.ts';
import type { DeliverySettings } from '../settings.ts';

/**
 * Refuses, as a Failure `usage`, outputs that are no outputs: a directory where a file is wanted, a socket, the root
 * directory. Says whether one of them is standard output, which then holds nothing else.
 */
export async function checkOutputs(
  { output, rejects, report }: DeliverySettings,
  workingDirectory: string,
): Promise<{ hasRowsOnStdout: boolean }> {
  if (report !== undefined) await resolveRowOutput(outputPath(report, workingDirectory));
  let hasRowsOnStdout = false;
  for (const text of [output, rejects]) {
    if (text === undefined) continue;
    const path = outputPath(text, workingDirectory);
    if (text === rejects && text.endsWith('/')) {
      await refuseAsDirectory(path);
      continue;
    }
    const found = await resolveRowOutput(path);
    hasRowsOnStdout ||= found.kind === 'stream' && found.descriptor === 1;
  }
  return { hasRowsOnStdout };
}
