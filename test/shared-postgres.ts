/** One PostgreSQL server for all test files that need no settings of their own, started for the first that needs it. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { locatePostgres, startPostgres, type PostgresServer } from './postgres-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Answers with the port of the server. */
    sharedPostgres: string;
  }
}

/** Called by vitest before the first file; the function it returns is called after the last. */
export default async function setUp({ provide }: TestProject): Promise<() => Promise<void>> {
  let starting: Promise<PostgresServer> | undefined;
  const keeper = createServer((_request, response) => {
    starting ??= startPostgres(locatePostgres() ?? '');
    starting.then(
      ({ port }) => response.end(String(port)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  keeper.listen(0, '127.0.0.1');
  await once(keeper, 'listening');
  provide('sharedPostgres', `http://127.0.0.1:${(keeper.address() as AddressInfo).port}`);
  return async () => {
    keeper.close();
    keeper.closeAllConnections();
    await (await starting)?.stop();
  };
}
