/** The data of the page: an analysis, packed so that it stays small. */
import type { Analysis } from '../../../analysis/analysis.ts';
import { withoutSteps } from '../steps.ts';

/** What stands in the page: JSON of a `ReportData` with steps for cells (`steps.ts`), gzip, base64. */
export interface PackedData {
  packed: string;
}

/** What the page shows. */
export interface ReportData {
  analysis: Analysis;
  /** When it was made, as ISO 8601. */
  madeAt: string;
  /** What it was made from. */
  sources: readonly string[];
}

/** Reads the data out of the element that has it. Asks nobody for anything. */
export async function readData(): Promise<ReportData> {
  const { packed } = JSON.parse(document.getElementById('page-data')?.textContent ?? '{}') as PackedData;
  const bytes = Uint8Array.from(atob(packed), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  const data = (await new Response(stream).json()) as ReportData;
  return { ...data, analysis: withoutSteps(data.analysis) };
}
