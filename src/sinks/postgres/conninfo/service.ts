/**
 * Services: named groups of keywords in a file ("PostgreSQL 17 documentation, 32.17 The Connection Service
 * File", 2024).
 */
import { join } from 'node:path';
import { Failure } from '../../../failure.ts';
import { readIfThere } from './files.ts';
import { checkKeyword } from './keywords.ts';
import type { Conninfo } from './parse.ts';
import type { ConninfoContext } from './context.ts';

/** Where Debian's packages, and most others, look for the system-wide file. */
const systemDirectory = '/etc/postgresql-common';

/**
 * The keywords of a service. Throws a Failure `usage` when no file defines it, or a file cannot be parsed.
 */
export async function readService(
  name: string,
  given: string | undefined,
  { environment, homeDirectory }: ConninfoContext,
): Promise<Conninfo> {
  const own = given ?? (homeDirectory === undefined ? undefined : join(homeDirectory, '.pg_service.conf'));
  const common = join(environment['PGSYSCONFDIR'] ?? systemDirectory, 'pg_service.conf');
  const ownText = own === undefined ? undefined : await readIfThere(own);
  if (ownText === undefined && given !== undefined) {
    throw new Failure('usage', `the service file ${given} does not exist`);
  }
  for (const [path, text] of [
    [own ?? '', ownText],
    [common, await readIfThere(common)],
  ] as const) {
    const found = text === undefined ? undefined : findService(text, name, path);
    if (found !== undefined) return found;
  }
  throw new Failure('usage', `no service file has the service "${name}"`, {
    hint: `looked in ${own === undefined ? '' : `${own} and `}${common}`,
  });
}

function findService(text: string, wanted: string, path: string): Conninfo | undefined {
  let found: Conninfo | undefined;
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    if (line.startsWith('[')) {
      if (found !== undefined) return found;
      if (line === `[${wanted}]`) found = new Map();
    } else if (found !== undefined) {
      const [name, value] = readLine(line, `${path}:${index + 1}`);
      // The first of several entries counts.
      if (!found.has(name)) found.set(name, value);
    }
  }
  return found;
}

function readLine(line: string, location: string): [string, string] {
  const equals = line.indexOf('=');
  const name = line.slice(0, equals);
  if (equals < 1) throw new Failure('usage', `${location}: expected KEYWORD=VALUE`);
  if (name === 'service' || name === 'servicefile') {
    throw new Failure('usage', `${location}: a service cannot name another one`);
  }
  const value = line.slice(equals + 1);
  checkKeyword(name, value, location);
  return [name, value];
}
