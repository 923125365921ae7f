/** A PostgreSQL server for the tests of one file. */
import { afterAll, beforeAll } from 'vitest';
import {
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

/** Starts a server before the tests of a file and stops it behind them. */
export function usePostgres(programs: string, options: PostgresOptions = {}): Omit<PostgresServer, 'stop'> {
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
