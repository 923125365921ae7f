/** The forms that `--report` writes a run's document in. */
import { codeQuality, GITLAB_BEGINNING } from './gitlab.ts';
import { junitXml, JUNIT_BEGINNING } from './junit.ts';
import type { CiDocument } from './document.ts';

export const REPORT_FORMATS = ['json', 'gitlab', 'junit'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** How reports begin in other forms than JSON. */
export const CI_BEGINNINGS = [GITLAB_BEGINNING, JUNIT_BEGINNING];

/** A document, as JSON text, in one of the forms. Secrets must have been masked. */
export function formatReport(json: string, format: ReportFormat): string {
  if (format === 'json') return `${json}\n`;
  const document = JSON.parse(json) as CiDocument;
  return format === 'gitlab' ? codeQuality(document) : junitXml(document);
}
