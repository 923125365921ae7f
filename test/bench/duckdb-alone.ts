/** Has DuckDB write a CSV file as NDJSON, and does nothing else with it. */
import { DuckDBInstance } from '@duckdb/node-api';

const [, , path = ''] = process.argv;
const connection = await (await DuckDBInstance.create()).connect();
await connection.run(`COPY (FROM read_csv('${path}')) TO '/dev/null' (FORMAT json)`);
connection.closeSync();
