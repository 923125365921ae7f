/** What is measured, and the floors it is held to. */
import type { Section } from './findings.ts';
import { checkFiles } from './sections/check.ts';
import { importCsv } from './sections/csv.ts';
import { exportEvents } from './sections/export.ts';
import { growth } from './sections/growth.ts';
import { hugeImport, importRows } from './sections/import.ts';
import { fillTable } from './sections/postgres.ts';
import { reportEvents } from './sections/report.ts';
import { rivals } from './sections/rivals.ts';
import { sameBytes } from './sections/same.ts';
import { shards } from './sections/shards.ts';
import { shareSlots } from './sections/slots.ts';
import { startUp } from './sections/start-up.ts';

export const SECTIONS: Readonly<Record<string, Section>> = {
  'start-up': startUp,
  import: importRows,
  csv: importCsv,
  check: checkFiles,
  export: exportEvents,
  report: reportEvents,
  postgres: fillTable,
  slots: shareSlots,
  shards,
  rivals,
  same: sameBytes,
  growth,
  huge: hugeImport,
};

/** Only when they are named: they take many minutes, much room, or an older build. */
export const ONLY_NAMED: readonly string[] = ['same', 'growth', 'huge'];
