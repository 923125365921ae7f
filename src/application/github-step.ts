/** Tells GitHub Actions of a run: annotations on standard error, and the files that a step may add to. */
import { appendFile } from 'node:fs/promises';
import { asFailure } from '../failure.ts';
import type { Machine } from '../machine.ts';
import { processMask } from '../masking/process-mask.ts';
import type { CiDocument } from '../report/ci/document.ts';
import { annotations, isGithubStep, jobSummary, stepOutputs } from '../report/ci/github.ts';

/** Does nothing outside GitHub Actions. A failed write is reported, but does not change the exit code. */
export async function writeGithubStep(document: object, machine: Machine): Promise<void> {
  const { environment, stderr } = machine;
  if (!isGithubStep(environment)) return;
  const masked = JSON.parse(processMask.json(JSON.stringify(document))) as CiDocument;
  stderr.write(annotations(masked, machine));
  const additions = [
    [environment['GITHUB_STEP_SUMMARY'], jobSummary(masked)],
    [environment['GITHUB_OUTPUT'], stepOutputs(masked, `scarf-cli-${machine.uuid()}`)],
  ] as const;
  for (const [path, text] of additions) {
    if (path === undefined || path === '') continue;
    try {
      await appendFile(path, text);
    } catch (error) {
      stderr.write(`warning: cannot tell GitHub Actions of this run: ${asFailure(error).message}\n`);
    }
  }
}
