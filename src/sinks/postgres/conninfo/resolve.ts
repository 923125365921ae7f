/**
 * Resolves connection values: from the string, then the service, then the environment, then libpq's defaults.
 */
import { join } from 'node:path';
import { Failure } from '../../../failure.ts';
import { checkKeyword, KEYWORDS, refuseVariables } from './keywords.ts';
import { parseConninfo, type Conninfo } from './parse.ts';
import { readService } from './service.ts';
import type { ConninfoContext } from './context.ts';

/** Values by keyword, never empty. `user` and `dbname` are always set. */
export class ConnectionValues {
  readonly #words: ReadonlyMap<string, string>;

  constructor(words: ReadonlyMap<string, string>) {
    this.#words = words;
  }

  get(name: string): string | undefined {
    const value = this.#words.get(name);
    return value === '' ? undefined : value;
  }

  /** A whole number. Throws a Failure `usage` for other text. */
  number(name: string): number | undefined {
    const text = this.get(name)?.trim();
    if (text === undefined) return undefined;
    if (/^-?\d{1,9}$/.test(text)) return Number(text);
    throw new Failure('usage', `"${text}" is not a number, as ${name} needs one`);
  }

  /** The parts between commas; empty parts are kept. */
  list(name: string): string[] {
    return (
      this.get(name)
        ?.split(',')
        .map((text) => text.trim()) ?? []
    );
  }
}

/** Throws a Failure `usage` for values that cannot be understood, `local` for a file that cannot be read. */
export async function resolveConninfo(
  text: string | undefined,
  context: ConninfoContext,
): Promise<ConnectionValues> {
  const { environment } = context;
  const words = text === undefined ? new Map<string, string>() : parseConninfo(text);
  for (const [name, value] of words) checkKeyword(name, value, 'the connection string');
  await addService(words, context);
  refuseVariables(environment);
  for (const [name, { variable }] of Object.entries(KEYWORDS)) {
    const value = variable === undefined ? undefined : environment[variable];
    if (variable === undefined || value === undefined || words.has(name)) continue;
    checkKeyword(name, value, variable);
    words.set(name, value);
  }
  if (environment['PGREQUIRESSL'] === '1' && !words.has('sslmode')) words.set('sslmode', 'require');
  setDefaults(words, context);
  noteWithout(words, context);
  return new ConnectionValues(words);
}

async function addService(words: Conninfo, context: ConninfoContext): Promise<void> {
  const { environment } = context;
  const name = words.get('service') ?? environment['PGSERVICE'] ?? '';
  if (name === '') return;
  const file = words.get('servicefile') ?? environment['PGSERVICEFILE'] ?? '';
  const service = await readService(name, file === '' ? undefined : file, context);
  for (const [keyword, value] of service) if (!words.has(keyword)) words.set(keyword, value);
}

function setDefaults(words: Conninfo, { homeDirectory, userName }: ConninfoContext): void {
  const setDefault = (name: string, value: string | undefined) => {
    if ((words.get(name) ?? '') === '' && value !== undefined) words.set(name, value);
  };
  setDefault('user', userName());
  if ((words.get('user') ?? '') === '') {
    throw new Failure('usage', 'no database user given, and this process has no user name', {
      hint: 'set PGUSER, or name one in the connection string',
    });
  }
  setDefault('dbname', words.get('user'));
  setDefault('passfile', homeDirectory === undefined ? undefined : join(homeDirectory, '.pgpass'));
  // "PostgreSQL 17 documentation, 32.1.2", 2024: with `system` the default is the only mode that goes with it.
  setDefault('sslmode', words.get('sslrootcert') === 'system' ? 'verify-full' : 'prefer');
  setDefault('application_name', words.get('fallback_application_name') || 'scarf-cli');
}

const isUtf8 = /^(auto|utf-?8|unicode)$/i;

function noteWithout(words: Conninfo, { onNotice }: ConninfoContext): void {
  for (const [name, value] of words) {
    const without = name === 'client_encoding' && isUtf8.test(value) ? undefined : KEYWORDS[name]?.without;
    if (without !== undefined && value !== '')
      onNotice('keyword-without-effect', `${name} has no effect: ${without}`);
  }
}
