/** Writes the JSON document of a run: to a stream for `--json`, to the file that `--report` names. */
import { unlessAborted } from '../concurrency.ts';
import { STANDARD_ERROR, STANDARD_OUTPUT } from '../disk/output/output-stream.ts';
import { writeStream } from '../disk/output/write-output.ts';
import { asFailure, Failure } from '../failure.ts';
import { formatReport, type ReportFormat } from '../report/ci/formats.ts';
import { processMask } from '../masking/process-mask.ts';
import { putOutput, type PutContext } from './put-output.ts';

export interface DocumentDestinations {
  json: boolean;
  /** `--report`, as the user wrote it, and `--report-format`. */
  report?: { path: string; format: ReportFormat };
  /** Standard output has rows: the document goes to standard error. */
  hasRowsOnStdout: boolean;
}

/**
 * Writes the document. Every copy contains the exit code that the process ends with: a write error is passed
 * to `build`, which creates the document that mentions it, and returned. Once `outOfTime` is aborted, no file
 * is created any more.
 */
export async function putDocument(
  build: (problem: Failure | undefined) => object,
  { json, report, hasRowsOnStdout }: DocumentDestinations,
  context: PutContext,
): Promise<Failure | undefined> {
  const { machine } = context;
  const write = async (problem?: Failure) =>
    report === undefined
      ? undefined
      : writeInTime({ path: report.path, text: textOf(build(problem), report.format) }, context);
  const stream = hasRowsOnStdout ? STANDARD_ERROR : STANDARD_OUTPUT;
  let written: 'file' | 'stream' | undefined;
  const unwritten = await failureOf(async () => {
    written = await write();
  });
  if (!json) return unwritten;
  // A reader that closed standard output does not want the document.
  const anyOutput = { ...machine, isStdoutClosed: () => false };
  const unsaid = await failureOf(() => writeStream(stream, textOf(build(unwritten)), { machine: anyOutput }));
  // A file can still be made to say so.
  if (unsaid !== undefined && written === 'file') await failureOf(async () => void (await write(unsaid)));
  return unsaid ?? unwritten;
}

async function writeInTime(
  { path, text }: { path: string; text: string },
  context: PutContext,
): Promise<'file' | 'stream'> {
  const { outOfTime } = context;
  const writing = putOutput(path, text, context);
  try {
    return await unlessAborted(writing, outOfTime);
  } catch (error) {
    if (!outOfTime.aborted) throw error;
    throw new Failure('local', `cannot write ${path}: writing took too long`);
  }
}

function textOf(document: object, format: ReportFormat = 'json'): string {
  return formatReport(processMask.json(JSON.stringify(document)), format);
}

async function failureOf(work: () => Promise<void>): Promise<Failure | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return asFailure(error);
  }
}
