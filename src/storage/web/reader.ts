/** Reads files of web servers, signed addresses of buckets among them, by range. */
import { placeOfAddress, type ObjectReader, type StoredObject } from '../../contracts/storage.ts';
import { Failure } from '../../failure.ts';
import type { HttpClient, HttpStream } from '../../http/client.ts';
import { processMask } from '../../masking/process-mask.ts';
import { secretsOfAddress } from '../address.ts';
import { retryStorage, transientStatus, TransientStorageError, type StorageContext } from '../retry.ts';
import { changedObject, readWhole } from '../bytes.ts';

const quietMs = 60_000;
const maxRedirects = 5;

export interface WebOptions {
  http: HttpClient;
  context: StorageContext;
}

/** The part of a file that a reply holds. */
interface Part {
  from: number;
  /** Of the whole file. */
  bytes: number;
  etag: string | undefined;
  changedMs: number | undefined;
}

export class WebReader implements ObjectReader {
  readonly #options: WebOptions;

  constructor(options: WebOptions) {
    this.#options = options;
  }

  /** An address is no pattern: `*` and `?` mean themselves there. */
  async find(address: string): Promise<StoredObject[]> {
    const found = await this.look(address);
    if (found === undefined) throw new Failure('usage', `no such file: ${address}`);
    return [found];
  }

  /** By a GET of the first byte, since signed addresses are signed for GET alone. */
  async look(address: string): Promise<StoredObject | undefined> {
    checkAddress(address);
    for (const secret of secretsOfAddress(address)) processMask.add(secret);
    return this.#ask(address, { range: 'bytes=0-0' }, async (reply) => {
      const { status, body } = reply;
      const part = status === 206 ? partOf(reply) : emptyPart(reply);
      body.destroy();
      if (status === 404 || status === 410) return undefined;
      if (part === undefined) throw withoutRanges(address);
      const { bytes, etag, changedMs } = part;
      return {
        address,
        bytes,
        etag,
        version: etag && `${etag} ${bytes} ${placeOfAddress(address)}`,
        changedMs,
      };
    });
  }

  async read(object: StoredObject, from: number, to: number): Promise<Uint8Array> {
    const { etag } = object;
    // Weak ones match nothing (RFC 9110, 13.1.1); every reply is compared all the same.
    const condition = etag === undefined || etag.startsWith('W/') ? {} : { 'if-match': etag };
    const headers = { range: `bytes=${from}-${to - 1}`, ...condition };
    return this.#ask(object.address, headers, async (reply) => {
      const part = reply.status === 206 ? partOf(reply) : undefined;
      if (part?.bytes !== object.bytes || part.from !== from || part.etag !== etag) {
        reply.body.destroy();
        throw changedObject(object);
      }
      return readWhole(reply.body, to - from);
    });
  }

  /** Asks until there is a reply that `use` takes: of a file, that there is none, or that it is another one. */
  async #ask<Answer>(
    address: string,
    headers: Record<string, string>,
    use: (reply: HttpStream) => Promise<Answer>,
  ): Promise<Answer> {
    const { context } = this.#options;
    const what = `read ${address}`;
    return retryStorage(
      what,
      async () => {
        const reply = await this.#follow(address, headers);
        const refusal = refusalOf(reply, what);
        if (refusal === undefined) return use(reply);
        reply.body.destroy();
        throw refusal;
      },
      context,
    );
  }

  async #follow(address: string, headers: Record<string, string>): Promise<HttpStream> {
    const { http, context } = this.#options;
    let url = address;
    for (let redirects = 0; redirects <= maxRedirects; redirects++) {
      const reply = await http.stream({
        method: 'GET',
        url,
        headers: { 'accept-encoding': 'identity', ...headers },
        signal: context.signal,
        timeoutMs: quietMs,
        isVerbatim: true,
      });
      if (reply.kind === 'transport-error') {
        const { advice, final, message } = reply;
        if (!final) throw new TransientStorageError(message);
        const hint = advice?.('the address');
        throw new Failure('unavailable', `cannot read ${address}: ${message}`, hint ? { hint } : {});
      }
      const { location } = reply.headers;
      if (![301, 302, 303, 307, 308].includes(reply.status) || location === undefined) return reply;
      reply.body.destroy();
      const next = new URL(location, url);
      if (next.protocol !== 'https:' && new URL(url).protocol === 'https:') break;
      url = next.href;
      for (const secret of secretsOfAddress(url)) processMask.add(secret);
    }
    throw new Failure('unavailable', `cannot read ${address}: it leads from one address to the next`);
  }
}

/** Undefined for what has no fault but that there is nothing, or something else. */
function refusalOf({ status, headers }: HttpStream, what: string): Error | undefined {
  if (status === 429 || status >= 500) {
    return transientStatus(String(status), headers);
  }
  if (status === 401 || status === 403) {
    return new Failure('credentials', `cannot ${what}: ${status}`, {
      hint: 'a signed address may have expired: get a new one',
    });
  }
  const isUsed = status < 400 || [404, 410, 412, 416].includes(status);
  return isUsed ? undefined : new Failure('local', `cannot ${what}: ${status}`);
}

function partOf({ headers }: HttpStream): Part | undefined {
  const [, from, bytes] = /^bytes (\d+)-\d+\/(\d+)$/i.exec(headers['content-range'] ?? '') ?? [];
  if (from === undefined || bytes === undefined) return undefined;
  return { from: Number(from), bytes: Number(bytes), ...stated(headers) };
}

/** An empty file has no range: some say so (416), others give all of it. */
function emptyPart({ status, headers }: HttpStream): Part | undefined {
  const isEmpty =
    status === 416 ? headers['content-range'] === 'bytes */0' : headers['content-length'] === '0';
  return isEmpty ? { from: 0, bytes: 0, ...stated(headers) } : undefined;
}

function stated(headers: HttpStream['headers']): Pick<Part, 'etag' | 'changedMs'> {
  const changedMs = Date.parse(headers['last-modified'] ?? '');
  return { etag: headers['etag'], changedMs: Number.isNaN(changedMs) ? undefined : changedMs };
}

function checkAddress(address: string): void {
  if (!URL.canParse(address)) throw new Failure('usage', `${address} is no address`);
  const { username, password } = new URL(address);
  if (username === '' && password === '') return;
  for (const secret of secretsOfAddress(address)) processMask.add(secret);
  throw new Failure('usage', 'an address of an input holds no password');
}

function withoutRanges(address: string): Failure {
  return new Failure('usage', `${address} can be read only from its beginning: the server knows no ranges`, {
    hint: `pipe it: curl -fL ADDRESS | scarf-cli … -`,
  });
}
