/** The formats of `--report`. */
import { codeQuality, GITLAB_PREFIX } from './gitlab.ts';
import { junitXml, JUNIT_PREFIX } from './junit.ts';
import type { CiDocument } from './document.ts';

export const REPORT_FORMATS = ['json', 'gitlab', 'junit'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** How reports in formats other than JSON begin. */
export const CI_PREFIXES = [GITLAB_PREFIX, JUNIT_PREFIX];

/** Converts a document, given as JSON text, to one of the formats. Secrets must already be masked. */
export function formatReport(json: string, format: ReportFormat): string {
  if (format === 'json') return `${json}\n`;
  const document = JSON.parse(json) as CiDocument;
  return format === 'gitlab' ? codeQuality(document) : junitXml(document);
}
