/** PostgreSQL for the tests of one file: own databases on the shared server, or an own server. */
import { afterAll, beforeAll, inject } from 'vitest';
import {
  createDatabaseOn,
  locatePostgres,
  startPostgres,
  type PostgresOptions,
  type PostgresServer,
} from './postgres-server.ts';

/** Where the programs of a server are; undefined when there is none. In CI that is an error. */
export function findPostgres(): string | undefined {
  const found = locatePostgres();
  if (found !== undefined) return found;
  if (process.env['CI'] !== undefined)
    throw new Error('no PostgreSQL server here, and CI must not skip its tests');
  process.stderr.write('\n*** No PostgreSQL server is installed: its tests are SKIPPED. ***\n\n');
  return undefined;
}

/**
 * The server that all test files share: others have databases, connections and locks there too. It is started with the
 * first database.
 */
export function usePostgres(): Pick<PostgresServer, 'createDatabase'> {
  return {
    async createDatabase() {
      const reply = await fetch(inject('sharedPostgres'));
      if (!reply.ok) throw new Error(await reply.text());
      return createDatabaseOn(Number(await reply.text()));
    },
  };
}

/** Starts a server before the tests of a file and stops it after them. */
export function useOwnPostgres(programs: string, options: PostgresOptions): Omit<PostgresServer, 'stop'> {
  let running: PostgresServer | undefined;
  beforeAll(async () => {
    running = await startPostgres(programs, options);
  });
  afterAll(async () => {
    await running?.stop();
  });
  const server = () => {
    if (!running) throw new Error('the server is not running');
    return running;
  };
  return {
    createDatabase: async () => server().createDatabase(),
    get port() {
      return server().port;
    },
    get directory() {
      return server().directory;
    },
  };
}

/** The advisory locks in this database. */
export const advisoryLocks = `select 1 from pg_locks join pg_database on pg_database.oid = pg_locks.database
  where locktype = 'advisory' and datname = current_database()`;
