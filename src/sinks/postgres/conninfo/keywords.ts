/**
 * Every connection keyword of libpq ("PostgreSQL 17 documentation, 32.1.2 Parameter Key Words", 2024), with
 * its environment variable and how it is handled here. A keyword that is not in this table is refused.
 */
import { Failure } from '../../../failure.ts';

export interface Keyword {
  /** Used when neither the connection string nor the service sets the keyword. */
  variable?: string;
  /** The supported values; others are refused by name. */
  values?: readonly string[];
  /** Has no effect here and no risk: accepted, with a notice of this text. */
  without?: string;
}

const switches = ['0', '1'];
const versions = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3'];

export const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export const SESSION_ATTRIBUTES = [
  'any',
  'read-write',
  'read-only',
  'primary',
  'standby',
  'prefer-standby',
] as const;

export const KEYWORDS: Readonly<Record<string, Keyword>> = {
  host: { variable: 'PGHOST' },
  hostaddr: { variable: 'PGHOSTADDR' },
  port: { variable: 'PGPORT' },
  dbname: { variable: 'PGDATABASE' },
  user: { variable: 'PGUSER' },
  password: { variable: 'PGPASSWORD' },
  passfile: { variable: 'PGPASSFILE' },
  service: { variable: 'PGSERVICE' },
  servicefile: { variable: 'PGSERVICEFILE' },
  connect_timeout: { variable: 'PGCONNECT_TIMEOUT' },
  options: { variable: 'PGOPTIONS' },
  application_name: { variable: 'PGAPPNAME' },
  fallback_application_name: {},
  target_session_attrs: { variable: 'PGTARGETSESSIONATTRS', values: SESSION_ATTRIBUTES },
  load_balance_hosts: { variable: 'PGLOADBALANCEHOSTS', values: ['disable', 'random'] },
  sslmode: { variable: 'PGSSLMODE', values: SSL_MODES },
  sslnegotiation: { variable: 'PGSSLNEGOTIATION', values: ['postgres', 'direct'] },
  sslrootcert: { variable: 'PGSSLROOTCERT' },
  sslcert: { variable: 'PGSSLCERT' },
  sslkey: { variable: 'PGSSLKEY' },
  sslpassword: {},
  sslcertmode: { variable: 'PGSSLCERTMODE', values: ['disable', 'allow'] },
  sslcrl: { variable: 'PGSSLCRL' },
  sslsni: { variable: 'PGSSLSNI', values: ['1'] },
  ssl_min_protocol_version: { variable: 'PGSSLMINPROTOCOLVERSION', values: versions },
  ssl_max_protocol_version: { variable: 'PGSSLMAXPROTOCOLVERSION', values: versions },
  sslcompression: { variable: 'PGSSLCOMPRESSION', values: ['0'] },
  channel_binding: { variable: 'PGCHANNELBINDING', values: ['disable', 'prefer'] },
  gssencmode: { variable: 'PGGSSENCMODE', values: ['disable', 'prefer'] },
  keepalives: { values: switches },
  keepalives_idle: {},
  keepalives_interval: { without: 'the system decides' },
  keepalives_count: { without: 'the system decides' },
  tcp_user_timeout: { without: 'the system decides' },
  client_encoding: {
    variable: 'PGCLIENTENCODING',
    without: 'rows are sent as UTF-8, which the server converts',
  },
  krbsrvname: { variable: 'PGKRBSRVNAME', without: 'there is no Kerberos here' },
  gsslib: { variable: 'PGGSSLIB', without: 'there is no Kerberos here' },
  gssdelegation: { variable: 'PGGSSDELEGATION', without: 'there is no Kerberos here' },
};

/** Keywords of libpq that are not supported. Ignoring them would do something else than was asked for. */
const REFUSED: Readonly<Record<string, string | undefined>> = {
  sslcrldir: 'PGSSLCRLDIR',
  requirepeer: 'PGREQUIREPEER',
  require_auth: 'PGREQUIREAUTH',
  replication: undefined,
};

/**
 * Throws a Failure `usage` for an unknown keyword or an unsupported value. The message shows the value only
 * where the keyword has a fixed list of values.
 */
export function checkKeyword(name: string, value: string, source: string): void {
  const keyword = KEYWORDS[name];
  if (keyword === undefined || !Object.hasOwn(KEYWORDS, name)) {
    const known = Object.hasOwn(REFUSED, name);
    throw new Failure(
      'usage',
      `${source}: "${name}" is ${known ? 'a keyword that scarf-cli cannot obey' : 'not a keyword of a connection'}`,
      { hint: 'leave it out' },
    );
  }
  if (value === '' || keyword.values?.includes(value) !== false) return;
  throw new Failure('usage', `${source}: "${value}" is not a value of ${name} that scarf-cli can obey`, {
    hint: `one of ${keyword.values.join(', ')}`,
  });
}

/** Throws a Failure `usage` when a variable sets a refused keyword. */
export function refuseVariables(environment: Readonly<Record<string, string | undefined>>): void {
  for (const [name, variable] of Object.entries(REFUSED)) {
    if (variable !== undefined && (environment[variable] ?? '') !== '') checkKeyword(name, '', variable);
  }
}
