/** The page that shows an analysis. */
import { gzipSync } from 'node:zlib';
import type { Analysis } from '../../analysis/analysis.ts';
import { html } from '../html.ts';
import { renderPage } from '../skeleton.ts';
import { withSteps } from './steps.ts';

export interface ReportOptions {
  title: string;
  /** When it is made, as ISO 8601. */
  madeAt: string;
  /** What it is made from, for the reader. */
  sources: readonly string[];
}

/** The whole page. Its data is packed; the script unpacks it without asking anybody. */
export async function renderReport(analysis: Analysis, options: ReportOptions): Promise<string> {
  const { script, styles } = await import('#page/report');
  const { title, madeAt, sources } = options;
  const json = JSON.stringify({ analysis: withSteps(analysis), madeAt, sources });
  return renderPage({
    title,
    subtitle: `Made ${madeAt.slice(0, 16).replace('T', ' ')} UTC from ${sourceText(sources)}`,
    styles,
    script,
    body: html`<div id="report">
      <p>The report is drawn by a script in this page, which needs no network.</p>
    </div>`,
    data: { packed: gzipSync(json, { level: 9 }).toString('base64') },
  });
}

function sourceText(sources: readonly string[]): string {
  const [first = 'nothing', ...rest] = sources;
  return rest.length === 0 ? first : `${first} and ${rest.length} more`;
}
