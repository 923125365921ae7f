/** Checks PostgreSQL, if the environment names a database. */
import type { Finding } from '../../contracts/finding.ts';
import { formatDuration } from '../../report/terminal/numbers.ts';
import { bounded, type CheckContext } from './check.ts';

/** Any of these indicates a database to export to. */
const variables = ['PSQL_CONN_STRING', 'PGHOST', 'PGHOSTADDR', 'PGSERVICE', 'PGDATABASE'] as const;

export async function checkPostgres(context: CheckContext): Promise<Finding[]> {
  const { machine } = context;
  const { environment } = machine;
  const named = variables.find((name) => (environment[name] ?? '') !== '');
  if (named === undefined) {
    const message = `not configured (${variables.slice(0, 2).join(', ')})`;
    return [{ check: 'postgresql', state: 'skipped', message }];
  }
  return bounded('postgresql', context, async (signal) => {
    const { readAddress } = await import('../../sinks/postgres/conninfo/address.ts');
    const { connect } = await import('../../sinks/postgres/session/connection.ts');
    const { homeDirectory } = machine;
    const notices: Finding[] = [];
    const address = await readAddress(undefined, {
      environment,
      homeDirectory,
      userName: () => machine.userName(),
      random: () => machine.random(),
      onNotice: (_code, message) => notices.push({ check: 'postgresql', state: 'warning', message }),
    });
    const startedMs = machine.elapsedMs();
    const client = await connect(address, signal);
    try {
      const { rows } = await client.query<{ server_version: string }>('show server_version');
      const ms = formatDuration(machine.elapsedMs() - startedMs);
      const message = `${address.shown} answers: PostgreSQL ${rows[0]?.server_version ?? ''}, ${ms}`;
      return [{ check: 'postgresql', state: 'ok', message }, ...notices];
    } finally {
      await client.end().catch(() => undefined);
    }
  });
}
