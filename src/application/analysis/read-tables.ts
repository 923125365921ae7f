/** Feeds tables that exports wrote to an analysis. Loaded on use, together with the library it needs. */
import type { Analyser } from '../../analysis/analyser.ts';
import type { Machine } from '../../machine.ts';
import { readAddress } from '../../sinks/postgres/conninfo/address.ts';
import { readTables } from '../../sinks/postgres/read-tables.ts';
import { parseTableName } from '../../sinks/postgres/table/table-name.ts';
import { tableNameOf } from '../export/setup/postgres.ts';
import { EXPORT_OPTIONS } from '../options/export.ts';

export interface ReadDatabaseOptions {
  /** Undefined: as the environment says. */
  url: string | undefined;
  /** Undefined: every table that an export writes by default, as far as it is there. */
  tables: readonly string[] | undefined;
  machine: Machine;
  signal: AbortSignal;
  onNotice: (message: string) => void;
}

/** Resolves to the name of the database, without secrets. */
export async function readDatabase(
  { url, tables, machine, signal, onNotice }: ReadDatabaseOptions,
  analyser: Analyser,
): Promise<string> {
  const { environment, homeDirectory } = machine;
  const address = await readAddress(url, {
    environment,
    homeDirectory,
    userName: () => machine.userName(),
    random: () => machine.random(),
    onNotice: (_code, message) => onNotice(message),
  });
  const names = tables ?? Object.keys(EXPORT_OPTIONS).map(tableNameOf);
  await readTables(address, {
    tables: names.map(parseTableName),
    areRequired: tables !== undefined,
    signal,
    machine,
    async onTable(name, pieces) {
      const feed = analyser.feed(name);
      for await (const piece of pieces) feed.take(piece);
      feed.end();
    },
  });
  return address.shown;
}
