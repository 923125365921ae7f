/** Company rollups and scores: tables without ids, complete in each answer. */
import type { Column, Dataset } from '../../../contracts/dataset.ts';
import { scarfUrl, type ScarfAccount } from '../account.ts';
import { askForExport } from './ask.ts';
import { COMPANY_COLUMNS, rollupColumns, SCORE_COLUMNS } from './columns.ts';

const csv = 'text/csv, */*;q=0.1';
const daysAtOnce = 366;

/** All companies of an owner in their current state ("Scarf API v2, exportCompanyRollup"). */
export function createCompanies(account: ScarfAccount): Dataset {
  return createTable(account, {
    name: 'companies',
    path: ['v2', 'packages', account.owner, 'company-rollup'],
    columns: COMPANY_COLUMNS,
    hasDays: false,
  });
}

/** Companies by day and artifact ("exportCompanyPackageRollup", "exportCompanyPixelRollup"; both dates inclusive, 2026-09). */
export function createCompanyRollup(account: ScarfAccount, artifact: 'package' | 'pixel'): Dataset {
  return createTable(account, {
    name: `companies-by-${artifact}`,
    path: ['v2', 'companies', account.owner, `${artifact}-rollup`],
    columns: rollupColumns(artifact),
    hasDays: true,
  });
}

/**
 * The score of each company ("exportEntityScarfScores"; missing from the documentation since 2024-05, listed in the
 * inventory of 2026-09).
 */
export function createScores(account: ScarfAccount): Dataset {
  return createTable(account, {
    name: 'scores',
    path: ['v2', 'companies', account.owner, 'scoring'],
    columns: SCORE_COLUMNS,
    hasDays: false,
  });
}

interface Table {
  name: string;
  path: readonly string[];
  columns: readonly Column[];
  hasDays: boolean;
}

function createTable(account: ScarfAccount, table: Table): Dataset {
  const { columns, hasDays, name, path } = table;
  return {
    name,
    identity: { dataset: name, url: account.baseUrl, owner: account.owner },
    encoding: 'csv',
    columns,
    ...(hasDays ? { timeColumn: 'date' } : {}),
    sources: [name],
    windows: hasDays ? { maxDays: daysAtOnce, align: 'day' } : undefined,
    open: ({ days }, signal) => {
      const query = new URLSearchParams(
        days === undefined ? {} : { start_date: days.from, end_date: days.to },
      );
      const url = scarfUrl(account, path, query);
      return askForExport(
        account,
        { url, accept: csv, missingHint: `check --owner "${account.owner}"` },
        signal,
      );
    },
  };
}
