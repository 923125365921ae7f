/** How long it takes to bring an export into PostgreSQL, beside `psql` with the same rows in a file. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EVENT_COLUMNS } from '../../../src/vendors/scarf/exports/columns.ts';
import { createTable } from '../../../src/sinks/postgres/table/table.ts';
import { quoteName } from '../../../src/sinks/postgres/table/table-name.ts';
import { locatePostgres, startPostgres, withClient } from '../../postgres-server.ts';
import { detail, MB, missing, peakOf, ratio, type Finding } from '../findings.ts';
import { EXPORT_DAY } from '../material.ts';
import { isInstalled, measurePairs } from '../measure.ts';
import type { Place } from '../place.ts';

const table = { schema: undefined, table: 'scarf_events_raw' };
const names = EVENT_COLUMNS.map(({ name }) => quoteName(name)).join(', ');

export async function* fillTable(place: Place): AsyncGenerator<Finding> {
  const programs = locatePostgres();
  if (programs === undefined || !(await isInstalled('psql'))) {
    yield missing('psql or a PostgreSQL server is not here');
    return;
  }
  const server = await startPostgres(programs);
  try {
    yield* beside(place, await server.createDatabase());
  } finally {
    await server.stop();
  }
}

async function* beside(place: Place, database: string): AsyncGenerator<Finding> {
  const { pairs, tableRows } = place.sizes;
  const csv = await place.exported(tableRows);
  const run = async (script: string) => {
    await emptyTable(database);
    const path = join(place.directory, 'script.sql');
    await writeFile(path, script);
    const measured = await place.shell(`psql -q -X -v ON_ERROR_STOP=1 -f '${path}' '${database}'`);
    await checkTable(database, tableRows);
    return measured;
  };
  const mine = async () => {
    await emptyTable(database);
    const range = ['--from', EXPORT_DAY, '--to', EXPORT_DAY, '--quiet', '--progress', 'none'];
    const measured = await place.scarf('export', 'events', ...range, '--output', database);
    await checkTable(database, tableRows);
    return measured;
  };
  const same = await measurePairs(pairs, mine, () => run(throughTemporaryTable(csv)));
  yield {
    name: 'postgres beside psql with the same work',
    value: ratio(same.other, same.one),
    unit: 'times',
    floor: { least: 0.9, judgedSmall: false },
    ...detail(same.one, same.other),
  };
  const bare = await measurePairs(pairs, mine, () => run(straight(csv)));
  yield {
    name: 'postgres beside a bare \\copy',
    value: ratio(bare.other, bare.one),
    unit: 'times',
    ...detail(bare.one, bare.other),
  };
  yield { name: 'peak memory of an export to PostgreSQL', value: peakOf(same.one) / MB, unit: 'MB' };
  await rm(csv);
}

/** As the command leaves it: the same table, with the rows that are new by id. */
function throughTemporaryTable(csv: string): string {
  return `begin;
create temporary table gathered (like ${table.table}) on commit drop;
\\copy gathered (${names}) from '${csv}' with (format csv, header true)
insert into ${table.table} (${names}) select ${names} from gathered where id is not null on conflict (id) do nothing;
commit;
`;
}

function straight(csv: string): string {
  return `\\copy ${table.table} (${names}) from '${csv}' with (format csv, header true)\n`;
}

/** A new table as the command makes it, for every run; what the run before left to do is done first. */
async function emptyTable(database: string): Promise<void> {
  await withClient(database, async (client) => {
    await client.query(`drop table if exists ${table.table}`);
    await createTable(client, table, { columns: EVENT_COLUMNS, idColumn: 'id' });
    await client.query('checkpoint');
  });
}

async function checkTable(database: string, rows: number): Promise<void> {
  const counted = await withClient(database, (client) =>
    client.query<{ count: string }>(`select count(*) from ${table.table}`),
  );
  const count = Number(counted.rows[0]?.count);
  if (count !== rows) throw new Error(`${count} rows are in the table, not ${rows}`);
}
