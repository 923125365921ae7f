/** What `sslmode` means ("PostgreSQL 17 documentation, 32.19 SSL Support", 2024). */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConnectionOptions, SecureVersion } from 'node:tls';
import { Failure } from '../../../failure.ts';
import { processMask } from '../../../masking/process-mask.ts';
import { readIfThere } from './files.ts';
import type { SSL_MODES } from './keywords.ts';
import type { ConnectionValues } from './resolve.ts';

type SslMode = (typeof SSL_MODES)[number];

/** How to connect to a server. When one channel fails, or is refused, the next is tried. */
export type Channel = 'plain' | 'tls';

export interface TlsPlan {
  channels: readonly Channel[];
  options: ConnectionOptions;
  /** Start with TLS right away instead of negotiating it. */
  direct: boolean;
}

const channelsOf: Record<SslMode, readonly Channel[]> = {
  disable: ['plain'],
  allow: ['plain', 'tls'],
  prefer: ['tls', 'plain'],
  require: ['tls'],
  'verify-ca': ['tls'],
  'verify-full': ['tls'],
};

/**
 * Reads the certificates that are named, or that are where libpq looks for them. When CA certificates are
 * given, the server's must be signed by one of them, in every mode. Throws a Failure `usage` or `local`.
 */
export async function planTls(values: ConnectionValues, homeDirectory: string | undefined): Promise<TlsPlan> {
  const mode = values.get('sslmode') as SslMode;
  const channels = channelsOf[mode];
  const direct = values.get('sslnegotiation') === 'direct';
  if (direct && channels.includes('plain')) {
    throw new Failure(
      'usage',
      `sslnegotiation=direct goes only with sslmode=require and stricter, not ${mode}`,
    );
  }
  if (!channels.includes('tls')) return { channels, options: {}, direct: false };
  // Without a home directory, no default files are found.
  const directory = join(homeDirectory ?? '/nonexistent', '.postgresql');
  const options = {
    ...(await trustIn(values, mode, directory)),
    ...(await identify(values, directory)),
    minVersion: (values.get('ssl_min_protocol_version') ?? 'TLSv1.2') as SecureVersion,
    ...(values.get('ssl_max_protocol_version') === undefined
      ? {}
      : { maxVersion: values.get('ssl_max_protocol_version') as SecureVersion }),
  };
  return { channels, options, direct };
}

/** The CA certificates to trust. `system`, and `verify-full` without a file: those that Node includes. */
async function trustIn(
  values: ConnectionValues,
  mode: SslMode,
  directory: string,
): Promise<ConnectionOptions> {
  const named = values.get('sslrootcert');
  if (named === 'system') {
    if (mode !== 'verify-full') throw new Failure('usage', 'sslrootcert=system needs sslmode=verify-full');
    return {};
  }
  const path = named ?? join(directory, 'root.crt');
  const ca = await readIfThere(path);
  if (ca === undefined) {
    if (mode === 'verify-full' && named === undefined) return {};
    if (mode === 'verify-ca' || mode === 'verify-full') {
      throw new Failure('usage', `sslmode=${mode}: the root certificate file ${path} does not exist`, {
        hint: 'name it with sslrootcert',
      });
    }
    return { rejectUnauthorized: false };
  }
  const crlPath = values.get('sslcrl');
  const crl =
    crlPath === undefined
      ? await readIfThere(join(directory, 'root.crl'))
      : await readNamed(crlPath, 'sslcrl');
  return {
    ca,
    ...(crl === undefined ? {} : { crl }),
    ...(mode === 'verify-full' ? {} : { checkServerIdentity: () => undefined }),
  };
}

/** The client certificate and its key. */
async function identify(values: ConnectionValues, directory: string): Promise<ConnectionOptions> {
  if (values.get('sslcertmode') === 'disable') return {};
  const named = values.get('sslcert');
  const cert =
    named === undefined
      ? await readIfThere(join(directory, 'postgresql.crt'))
      : await readNamed(named, 'sslcert');
  if (cert === undefined) return {};
  const keyPath = values.get('sslkey') ?? join(directory, 'postgresql.key');
  const key = await readNamed(keyPath, 'sslkey');
  await refuseOpenKey(keyPath);
  const passphrase = values.get('sslpassword');
  if (passphrase !== undefined) processMask.add(passphrase);
  return { cert, key, ...(passphrase === undefined ? {} : { passphrase }) };
}

async function readNamed(path: string, keyword: string): Promise<string> {
  const text = await readIfThere(path);
  if (text === undefined) throw new Failure('usage', `${keyword}: the file ${path} does not exist`);
  return text;
}

/** The key must be readable by its owner only; a group may read it when root owns it. */
async function refuseOpenKey(path: string): Promise<void> {
  const { mode, uid } = await stat(path);
  if ((mode & (uid === 0 ? 0o027 : 0o077)) === 0) return;
  throw new Failure('usage', `sslkey: ${path} must not be accessible by others`, {
    hint: `its mode must be 0600, or 0640 when root owns it`,
  });
}
