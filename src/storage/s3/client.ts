/** The client of the SDK for one kind of bucket, made when the first request needs it. */
import type * as sdkModule from '#bundled/aws-sdk';
import { baseAddress } from '../../http/address.ts';
import type { HttpClient } from '../../http/client.ts';
import { processMask } from '../../masking/process-mask.ts';
import type { StorageContext } from '../retry.ts';
import { retryStorage, TransientStorageError } from '../retry.ts';
import { expectedAnswer, haveCredentialsExpired, type Expected } from './answers.ts';
import { HttpHandler } from './handler.ts';

/** The S3 of Google: its keys for interoperability are those of `AWS_ACCESS_KEY_ID` (cloud.google.com/storage/docs/interoperability, 2026-11). */
const googleEndpoint = 'https://storage.googleapis.com';

export interface S3Options {
  http: HttpClient;
  environment: Readonly<Record<string, string | undefined>>;
  /** Another server than Amazon's, for `s3://`. */
  endpoint: string | undefined;
  /** Whether this account pays for what it reads from others' buckets. */
  requesterPays: boolean;
  context: StorageContext;
  /** Names an upload, like no other. */
  createMark: () => string;
}

/** How long what was begun may take to be taken back while the run ends. */
const closingMs = 3_000;

export type Sdk = typeof sdkModule;

/** The SDK and a client of it. */
export interface Connection {
  sdk: Sdk;
  client: sdkModule.S3Client;
}

/** A connection, and what is known of its credentials. */
interface Opened extends Connection {
  /** The SDK has found them, and may find others where it asks again. */
  canRenew: boolean;
  haveWorked: boolean;
}

/** Opens connections by scheme, each once, and once more when its credentials expire, and asks over them. */
export class S3Connections {
  readonly options: S3Options;
  readonly #opened = new Map<'s3' | 'gs', Promise<Opened>>();

  constructor(options: S3Options) {
    this.options = options;
  }

  /**
   * Asks until there is an answer, or a refusal that may be expected. `what`: `read s3://bucket/key`, for messages.
   */
  async ask<Answer>(
    { scheme, what }: { scheme: 's3' | 'gs'; what: string },
    attempt: (connection: Connection) => Promise<Answer>,
  ): Promise<Answer | Expected> {
    const asked = async (): Promise<Answer | Expected> => {
      const opening = this.#open(scheme);
      const connection = await opening;
      try {
        const answer = await attempt(connection);
        connection.haveWorked = true;
        return answer;
      } catch (error) {
        if (haveCredentialsExpired(error)) this.#renew(scheme, { opening, connection });
        return expectedAnswer(error, what);
      }
    };
    return retryStorage(what, asked, this.options.context);
  }

  #open(scheme: 's3' | 'gs'): Promise<Opened> {
    const opened = this.#opened.get(scheme) ?? connect(scheme, this.options);
    this.#opened.set(scheme, opened);
    return opened;
  }

  /**
   * Has credentials looked for again that have worked and expired in the middle of a run, before the SDK expected it. Those
   * that never worked are refused, and so are keys of the environment, which stay what they are.
   */
  #renew(
    scheme: 's3' | 'gs',
    { opening, connection }: { opening: Promise<Opened>; connection: Opened },
  ): void {
    if (!connection.haveWorked || !connection.canRenew) return;
    if (this.#opened.get(scheme) === opening) this.#opened.delete(scheme);
    throw new TransientStorageError('the credentials have expired');
  }

  /**
   * Takes back what was begun. When the run was interrupted there is a moment for it, and no retry. What fails is left to
   * later runs.
   */
  async whileClosing(work: (connections: S3Connections) => Promise<void>): Promise<void> {
    const { context } = this.options;
    if (!context.signal.aborted) return work(this).catch(() => undefined);
    const [overdue, done] = [new AbortController(), new AbortController()];
    const waiting = context.machine.sleep(closingMs, done.signal).then(
      () => overdue.abort(new Error('there is no time left')),
      () => undefined,
    );
    const closing = { ...this.options, context: { ...context, retries: 0, signal: overdue.signal } };
    await work(new S3Connections(closing)).catch(() => undefined);
    done.abort();
    await waiting;
  }

  /** What every request says besides what it asks for. */
  get payer(): { RequestPayer?: 'requester' } {
    return this.options.requesterPays ? { RequestPayer: 'requester' } : {};
  }
}

async function connect(scheme: 's3' | 'gs', options: S3Options): Promise<Opened> {
  const connection = await connectOnce(scheme, options);
  const canRenew = credentialsOf(options.environment).credentials === undefined;
  return { ...connection, canRenew, haveWorked: false };
}

function checkedServer(endpoint: string | undefined): string | undefined {
  if (endpoint === undefined) return undefined;
  return baseAddress(endpoint, 'the server of s3:// addresses (--s3-endpoint, AWS_ENDPOINT_URL)', {
    plainAnywhere: true,
  });
}

async function connectOnce(scheme: 's3' | 'gs', options: S3Options): Promise<Connection> {
  const { environment, http, context } = options;
  const sdk = await import('#bundled/aws-sdk');
  const endpoint = scheme === 'gs' ? googleEndpoint : checkedServer(options.endpoint);
  const given = {
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...credentialsOf(environment),
    requestHandler: new HttpHandler(http, context.signal),
    maxAttempts: 1,
    followRegionRedirects: endpoint === undefined,
    // A signed body has its SHA-256 in the signature; servers other than Amazon's do not all know further checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  } as const;
  const named = environment['AWS_REGION'] ?? environment['AWS_DEFAULT_REGION'];
  if (named !== undefined) return { sdk, client: new sdk.S3Client({ ...given, region: named }) };
  const client = new sdk.S3Client(given);
  const isToldElsewhere = await client.config.region().then(
    () => true,
    () => false,
  );
  // Amazon answers with the region of the bucket, and the SDK follows; others do not care.
  return isToldElsewhere
    ? { sdk, client }
    : { sdk, client: new sdk.S3Client({ ...given, region: 'us-east-1' }) };
}

/**
 * Keys of the environment are passed on as they are; where there are none, or a profile is named, the SDK looks for
 * itself: profiles, SSO, processes, containers, the machine's role.
 */
function credentialsOf(environment: S3Options['environment']): Pick<sdkModule.S3ClientConfig, 'credentials'> {
  const accessKeyId = environment['AWS_ACCESS_KEY_ID'];
  const secretAccessKey = environment['AWS_SECRET_ACCESS_KEY'];
  const sessionToken = environment['AWS_SESSION_TOKEN'];
  for (const secret of [secretAccessKey, sessionToken]) processMask.add(secret ?? '');
  if (!accessKeyId || !secretAccessKey || environment['AWS_PROFILE'] !== undefined) return {};
  return { credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) } };
}
