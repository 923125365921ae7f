/** What the system and TLS say of connections, in plain words and with what to do: one table for HTTP and PostgreSQL. */

/** What helps. `address`: the setting that names the host, which the caller knows. */
export type Remedy = 'address' | 'network' | 'certificates' | 'clock' | 'later';

export interface NetworkProblem {
  /** Behind "cannot reach HOST: ". */
  words: string;
  remedy: Remedy;
  /** No repetition cures it. */
  final?: true;
}

const untrusted: NetworkProblem = {
  words: 'its certificate is not trusted',
  remedy: 'certificates',
  final: true,
};

const selfSigned: NetworkProblem = { ...untrusted, words: 'its certificate is self-signed and not trusted' };

/** No connection came about: nothing has left. */
const connectProblems: Readonly<Record<string, NetworkProblem>> = {
  ENOTFOUND: { words: 'unknown host', remedy: 'address' },
  EAI_AGAIN: { words: 'the name server does not answer', remedy: 'network' },
  ENOENT: { words: 'no server listens on that socket', remedy: 'address' },
  ECONNREFUSED: { words: 'connection refused', remedy: 'address' },
  EHOSTUNREACH: { words: 'no route to the host', remedy: 'network' },
  ENETUNREACH: { words: 'no route to the network', remedy: 'network' },
  ETIMEDOUT: { words: 'no connection in time', remedy: 'network' },
  UND_ERR_CONNECT_TIMEOUT: { words: 'no connection in time', remedy: 'network' },
  ERR_SSL_WRONG_VERSION_NUMBER: { words: 'it does not speak https', remedy: 'address', final: true },
  EPROTO: { words: 'the https handshake failed', remedy: 'address', final: true },
  DEPTH_ZERO_SELF_SIGNED_CERT: selfSigned,
  SELF_SIGNED_CERT_IN_CHAIN: selfSigned,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_HAS_EXPIRED: { words: 'its certificate has expired', remedy: 'clock', final: true },
  CERT_NOT_YET_VALID: { words: 'its certificate is not valid yet', remedy: 'clock', final: true },
  ERR_TLS_CERT_ALTNAME_INVALID: {
    words: 'its certificate is for another host',
    remedy: 'address',
    final: true,
  },
};

/** What keeps a connection from coming about, by the code of the system or of TLS; undefined for what says nothing of that. */
export function connectProblem(code: string): NetworkProblem | undefined {
  return connectProblems[code] ?? (code.startsWith('CERT_') ? untrusted : undefined);
}

/** What to do, as an imperative. `address`: the setting that names the host, such as `SCARF_API_URL`. */
export function remedyWords(remedy: Remedy, address: string): string {
  switch (remedy) {
    case 'address':
      return `check ${address}`;
    case 'network':
      return 'check the network of this machine and HTTPS_PROXY';
    case 'certificates':
      return `check ${address}; name the certificate of your own CA in NODE_EXTRA_CA_CERTS or --ca-file`;
    case 'clock':
      return `check the clock of this machine and ${address}`;
    case 'later':
      return 'run it again later';
  }
}
