/** `--metrics`: the outcome of a run where a collector finds it. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { outputPath, resolveRowOutput } from '../disk/output/output-path.ts';
import { asFailure, type Failure } from '../failure.ts';
import { processMask } from '../masking/process-mask.ts';
import { putOutput, type PutContext } from './put-output.ts';
import { metricsText, METRICS_PREFIX, type RunMetrics } from '../report/metrics.ts';

const maxMetricsBytes = 1024 * 1024;

/**
 * Writes the file, whole or not at all; a failed run keeps the time of the last success. Gives back the Failure `local`
 * of what cannot be written. A file that is not there when `outOfTime` is aborted does not come to be.
 */
export async function putMetrics(
  path: string,
  run: Omit<RunMetrics, 'name' | 'nowMs'>,
  context: PutContext,
): Promise<Failure | undefined> {
  const { machine } = context;
  const absolute = outputPath(path, machine.workingDirectory);
  const name = basename(path).replace(/\.prom$/, '');
  try {
    const text = metricsText({ ...run, name, nowMs: machine.now() }, await previousText(absolute));
    await putOutput(path, processMask.text(text), context);
    return undefined;
  } catch (error) {
    return asFailure(error);
  }
}

/** What an earlier run left; nothing of a file that is none of ours, or no file. */
async function previousText(path: string): Promise<string> {
  const output = await resolveRowOutput(path);
  if (output.kind !== 'file' || (output.existing?.size ?? maxMetricsBytes) >= maxMetricsBytes) return '';
  const text = await readFile(output.path, 'utf8').catch(() => '');
  return METRICS_PREFIX.test(text) ? text : '';
}
