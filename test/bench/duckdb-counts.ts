/** Has DuckDB count events as a report does, in one thread: each id once, by the same cells, values and origins. */
import { DuckDBInstance } from '@duckdb/node-api';

const [, , path = ''] = process.argv;
const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
await connection.run(
  `create table events as select distinct on (id) *, "time"[:10] as day,
    coalesce(package, pixel) as artifact, split_part(split_part(user_agent, ' ', 1), '/', 1) as client
    from read_csv('${path}', all_varchar = true)`,
);
const cell = 'day, artifact, origin_country, origin_company';
for (const value of ['type', 'version', 'client', 'platform', 'referer', 'confidence[:3]']) {
  await connection.run(`select ${cell}, ${value}, count(*) from events group by all`);
}
await connection.run(
  `select first, count(*) from (select min(day) as first from events group by origin_id) group by 1`,
);
connection.closeSync();
