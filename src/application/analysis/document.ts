/** What `report --json` prints: of what the page was made. */
import type { Analysis, MissingDays } from '../../analysis/analysis.ts';
import { addDays } from '../../calendar.ts';
import { EXIT, type ExitName } from '../../failure.ts';

/** Days that are missing are named up to this many. */
const maxNamedDays = 400;

export interface ReportFacts {
  /** The page, as the user wrote its name; `-` is standard output. */
  page: string;
  pageBytes: number;
  durationMs: number;
  exit: ExitName;
}

export function reportDocument(
  { facts, quality, companies, companiesLeftOut }: Analysis,
  { page, pageBytes, durationMs, exit }: ReportFacts,
): Record<string, unknown> {
  const { files, bytes, rows, rowsOf, missingDays, folded, idsForgotten, originsForgotten, ...counts } =
    quality;
  const days = facts.flatMap((one) => one.days).sort();
  return {
    schema: 1,
    command: 'report',
    page: { path: page, bytes: pageBytes },
    read: { files, bytes, rows, rowsOf },
    counts: { ...counts, companies: companies.length, companiesLeftOut },
    days: days.length === 0 ? null : { from: days[0], to: days.at(-1), ...missingFacts(missingDays) },
    bounds: { folded, idsForgotten, originsForgotten },
    durationMs: Math.round(durationMs),
    exit: EXIT[exit],
  };
}

function missingFacts({ count, ranges }: MissingDays) {
  const missing: string[] = [];
  for (const { from, to } of ranges) {
    for (let day = from; day <= to && missing.length < maxNamedDays; day = addDays(day, 1)) missing.push(day);
  }
  return { missing, missingCount: count };
}
