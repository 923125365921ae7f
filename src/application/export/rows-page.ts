/** The page of `export --report`: what the rows of this run hold. Loaded on use. */
import type { Analysis } from '../../analysis/analysis.ts';
import { processMask } from '../../masking/process-mask.ts';
import { renderReport } from '../../page/report/report-page.ts';
import { putOutput, type PutContext } from '../put-output.ts';

export interface RowsPage {
  path: string;
  dataset: string;
  /** Where the rows went, without secrets. */
  destination: string;
}

/** Throws a Failure when the page cannot be written; the rows are at their destination by then. */
export async function writeRowsPage(
  analysis: Analysis,
  { path, dataset, destination }: RowsPage,
  context: PutContext,
): Promise<void> {
  const page = await renderReport(analysis, {
    title: `Export of ${dataset}`,
    madeAt: new Date(context.machine.now()).toISOString(),
    sources: [processMask.text(destination)],
  });
  await putOutput(path, page, context);
}
