/** What the refusals of S3 and of servers like it mean. The one table of their codes. */
import { asFailure, Failure } from '../../failure.ts';
import { plainText } from '../../http/explain.ts';
import { transientStatus, TransientStorageError } from '../retry.ts';
import { NoReply } from './handler.ts';

/**
 * A refusal that a caller may expect. `missing`: there is no such object, bucket or upload. `differs`: what is there is not
 * what the condition of the request says.
 */
export type Expected = 'missing' | 'differs';

/** Codes of credentials that were good once. */
const EXPIRED = ['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired'];

/** Why credentials are refused, by code, and what to do. */
const REFUSED_CREDENTIALS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    EXPIRED.map((code) => [code, 'they have expired: get new ones and run the same command again']),
  ),
  InvalidToken: 'AWS_SESSION_TOKEN is not that of the key',
  InvalidAccessKeyId: 'the server does not know the key: was it meant for another one (--s3-endpoint)?',
  SignatureDoesNotMatch: 'the secret key is not that of the access key',
  RequestTimeTooSkewed: 'the clock of this machine is wrong',
  RequestExpired: 'the clock of this machine is wrong',
};

/** Worth another attempt although the status does not say so. */
const PASSING = new Set([
  'RequestTimeout',
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'OperationAborted',
  'InternalError',
  // What came is not what was sent.
  'BadDigest',
  'IncompleteBody',
]);

/** A server that has no such thing will not have it later. */
const NOT_IMPLEMENTED = 501;

/** The bucket is in another region, of which the SDK was not told or which it does not follow to. */
const ELSEWHERE = new Set([
  'PermanentRedirect',
  'TemporaryRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
]);

/** There are no credentials, or their provider failed. */
const LACKING = new Set(['CredentialsProviderError', 'TokenProviderError', 'ProviderError']);

interface SdkError extends Error {
  /** `clockSkewCorrected`: the SDK signs by the clock of the server from now on. */
  $metadata?: { httpStatusCode?: number; clockSkewCorrected?: boolean };
  $response?: { headers?: Record<string, string> };
}

/** Whether the server says that credentials are too old. */
export function haveCredentialsExpired(error: unknown): boolean {
  return isSdkError(error) && EXPIRED.includes(error.name);
}

/**
 * Gives back what a caller may expect, and throws everything else: a TransientStorageError where another attempt may
 * help, else a Failure. `what`: `read s3://bucket/key`.
 */
export function expectedAnswer(error: unknown, what: string): Expected {
  if (error instanceof Failure || error instanceof TransientStorageError) throw error;
  if (error instanceof NoReply) throw noReply(error, what);
  if (!isSdkError(error)) throw asFailure(error);
  const status = error.$metadata?.httpStatusCode;
  if (LACKING.has(error.name)) throw noCredentials(error, what);
  if (status === undefined) throw error;
  const isRightNow = error.$metadata?.clockSkewCorrected === true;
  const isPassing =
    PASSING.has(error.name) || status === 429 || (status >= 500 && status !== NOT_IMPLEMENTED);
  if (isRightNow || isPassing) throw transientError(error, status);
  if (status === 404) return 'missing';
  // 409: another one is writing it at this moment.
  if (status === 412 || (status === 409 && error.name === 'ConditionalRequestConflict')) return 'differs';
  throw refusal(error, status, what);
}

function noReply({ transportError: { final, message, advice } }: NoReply, what: string): Error {
  if (!final) return new TransientStorageError(message);
  const hint = advice?.('--s3-endpoint');
  return new Failure('unavailable', `cannot ${what}: ${message}`, hint === undefined ? {} : { hint });
}

function noCredentials({ message }: SdkError, what: string): Failure {
  return new Failure('credentials', `cannot ${what}: no credentials (${plainText(message)})`, {
    hint: 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE; what is public can be read by https://',
  });
}

function transientError(error: SdkError, status: number): TransientStorageError {
  return transientStatus(wordsOf(error, status), error.$response?.headers ?? {});
}

function refusal(error: SdkError, status: number, what: string): Failure {
  const advice = REFUSED_CREDENTIALS[error.name];
  const message = `cannot ${what}: ${wordsOf(error, status)}`;
  if (advice !== undefined) return new Failure('credentials', message, { hint: advice });
  if (status === 401 || status === 403) {
    return new Failure('credentials', message, {
      hint: 'these credentials may not do that, or the object is not there and they may not know',
    });
  }
  if (ELSEWHERE.has(error.name) || (status >= 300 && status < 400)) {
    return new Failure('usage', message, {
      hint: 'name the region of the bucket with AWS_REGION, or its server with --s3-endpoint',
    });
  }
  return new Failure('local', message, { cause: error });
}

/** Whether a write failed because the server knows no conditions (Backblaze B2), or something else of the request. */
export function isNotImplemented(error: unknown): boolean {
  const cause = error instanceof Failure ? error.cause : undefined;
  return isSdkError(cause) && cause.$metadata?.httpStatusCode === NOT_IMPLEMENTED;
}

function wordsOf({ name, message }: SdkError, status: number): string {
  // The SDK makes up names for answers without a body.
  const code = /^(?:\d|Unknown)/.test(name) ? '' : ` ${name}`;
  const words = plainText(message);
  const said = words === '' || words === name || /^Unknown/.test(words) ? '' : `: ${words}`;
  return `${status}${code}${said}`;
}

/** Whether a request whose reply has no body was refused; only a reply with a body says why. */
export function isRefusalWithoutBody(error: unknown): boolean {
  const status = isSdkError(error) ? error.$metadata?.httpStatusCode : undefined;
  return status === 400 || status === 401 || status === 403;
}

function isSdkError(error: unknown): error is SdkError {
  return error instanceof Error && (LACKING.has(error.name) || '$metadata' in error);
}
