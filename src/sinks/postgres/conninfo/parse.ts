/**
 * Parses connection strings as psql does: a URL, keywords with values, or just the name of a database
 * ("PostgreSQL 17 documentation, 32.1.1 Connection Strings", 2024). Own code, since URLs with several hosts
 * are invalid to Node's `URL` and no library reads them.
 */
import { Failure } from '../../../failure.ts';

/** By keyword. An empty value counts as set: it overrides the environment and means the default. */
export type Conninfo = Map<string, string>;

/** Throws a Failure `usage` whose message never shows the text, which may contain a password. */
export function parseConninfo(text: string): Conninfo {
  const scheme = /^postgres(ql)?:\/\//i.exec(text);
  if (scheme !== null) return parseUrl(text.slice(scheme[0].length));
  return text.includes('=') ? parseKeywords(text) : new Map([['dbname', text]]);
}

/** `host=db dbname='my base'`. */
function parseKeywords(text: string): Conninfo {
  const words: Conninfo = new Map();
  const pair = /\s*([^\s='\\]+)\s*=\s*('(?:[^'\\]|\\.)*'|(?:[^\s'\\]|\\.)(?:[^\s\\]|\\.)*|)(?=\s|$)\s*/sy;
  while (pair.lastIndex < text.length) {
    const match = pair.exec(text);
    if (match === null) throw notReadable();
    const [, name = '', value = ''] = match;
    const bare = value.startsWith("'") ? value.slice(1, -1) : value;
    words.set(name, bare.replace(/\\(.)/gs, '$1'));
  }
  return words;
}

/** After the scheme: user and password, hosts with ports, database, parameters. */
const urlParts = /^(?:([^@/?]*)@)?([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/s;
/** A host, IPv6 addresses in brackets, with an optional port. */
const hostParts = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/s;

function parseUrl(rest: string): Conninfo {
  const match = urlParts.exec(rest);
  if (match === null) throw notReadable();
  const [, login, hostList = '', dbname = '', query = ''] = match;
  if (hostList.includes('@')) throw ambiguous();
  if (login === undefined && hostList.includes(':') && endsLogin(dbname, query)) throw cutLogin();
  const words: Conninfo = new Map();
  const hosts = hostList.split(',').map((text) => hostParts.exec(text) ?? ['', text, '']);
  const names = hosts.map(([, name = '']) => decoded(name.startsWith('[') ? name.slice(1, -1) : name));
  const ports = hosts.map(([, , port = '']) => decoded(port));
  if (login !== undefined) setLogin(words, login);
  if (names.some((name) => name !== '')) words.set('host', names.join(','));
  if (ports.some((port) => port !== '')) words.set('port', ports.join(','));
  if (dbname !== '') words.set('dbname', decoded(dbname));
  for (const parameter of query === '' ? [] : query.split('&')) setParameter(words, parameter);
  return words;
}

/**
 * Whether a login was cut at a slash or a question mark: an `@` follows. A value of a parameter may have one, as in
 * `?user=name@server`.
 */
function endsLogin(dbname: string, query: string): boolean {
  return dbname.includes('@') || /^[^=&]*@/.test(query);
}

function setLogin(words: Conninfo, login: string): void {
  const [user = '', ...password] = login.split(':');
  if (user !== '') words.set('user', decoded(user));
  if (password.length > 0) words.set('password', decoded(password.join(':')));
}

function setParameter(words: Conninfo, parameter: string): void {
  const [name = '', value, ...more] = parameter.split('=');
  if (value === undefined || more.length > 0) {
    throw new Failure('usage', `the address of the database has a parameter without a value: "${name}"`, {
      hint: 'write NAME=VALUE, and %3D for = in a value',
    });
  }
  // libpq accepts this for compatibility with JDBC.
  if (name === 'ssl' && value === 'true') words.set('sslmode', 'require');
  else words.set(decoded(name), decoded(value));
}

/** The message never shows the text, which may be a password. */
function decoded(text: string): string {
  try {
    const plain = decodeURIComponent(text);
    if (!plain.includes('\0')) return plain;
  } catch {
    // Reported below.
  }
  throw new Failure('usage', 'the database address contains an invalid % escape', {
    hint: 'write %25 for a % in a password',
  });
}

/** No host has this sign in it; what stands before it is the end of a password, which errors would show. */
function ambiguous(): Failure {
  return new Failure('usage', 'the database address has more than one @', {
    hint: 'write %40 for an @ in a user or a password',
  });
}

/** What stands behind the colon is a password then, and not a port, which errors would show. */
function cutLogin(): Failure {
  return new Failure('usage', 'the database address has an @ behind a slash or a question mark', {
    hint: 'write %2F for a slash and %3F for a question mark in a password, and %40 for an @ elsewhere',
  });
}

function notReadable(): Failure {
  return new Failure('usage', 'the connection string is neither a URL nor KEYWORD=VALUE pairs', {
    hint: "as in postgres://user@host/database or host=db dbname='my base'",
  });
}
