/**
 * A small S3 for what no real one does on demand: faults. Buckets exist as soon as they are named; signatures are read,
 * not checked, which `npm run test:storage` does against Ceph.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A fault that replaces the answer to a request. */
export type Fault =
  | { kind: 'status'; status: number; code?: string; headers?: Record<string, string> }
  /** The connection ends after this many bytes of the answer. */
  | { kind: 'cut'; after: number }
  /** The request is carried out but not answered. `silent`: the connection also stays open. */
  | { kind: 'lost' }
  | { kind: 'silent' };

export interface SeenRequest {
  method: string;
  /** `/bucket/key?query`, decoded. */
  path: string;
  headers: IncomingMessage['headers'];
}

export interface FakeObject {
  bytes: Buffer;
  etag: string;
  /** Headers `x-amz-meta-…`. */
  metadata?: Record<string, string>;
}

export interface FakeS3 {
  endpoint: string;
  /** Objects by `bucket/key`. */
  objects: Map<string, FakeObject>;
  /** Multipart uploads that are neither complete nor aborted: their `bucket/key` by id. */
  uploads: ReadonlyMap<string, string>;
  requests: SeenRequest[];
  /** Asked for each request; undefined: it is answered. */
  fault: (request: SeenRequest) => Fault | undefined;
  /** Access keys that are known; all, when undefined. */
  keys: Set<string> | undefined;
  /** Compares conditions of writes with tags as they are without quotes, as Ceph 16 does. */
  wantsBareTags: boolean;
  /** Knows no conditions of writes, as Backblaze B2. */
  lacksConditions: boolean;
  /** Knows the first version of lists alone: there are no tokens. */
  lacksTokens: boolean;
  /** Retains what is written, and so takes nothing without a digest. */
  retains: boolean;
  /** How far the clock of the server is ahead. */
  skewMs: number;
  put: (path: string, content: string | Uint8Array) => void;
  close: () => Promise<void>;
}

interface Upload {
  path: string;
  metadata: Record<string, string>;
  parts: Map<number, Buffer>;
}

class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

const largestSkewMs = 15 * 60_000;
const pageLength = 3;

export async function startFakeS3(): Promise<FakeS3> {
  const uploads = new Map<string, Upload>();
  const server = createServer((request, response) => {
    void answer(request, response).catch(() => response.destroy());
  });
  const fake: FakeS3 = {
    endpoint: '',
    objects: new Map(),
    get uploads() {
      return new Map([...uploads].map(([id, { path }]) => [id, path]));
    },
    requests: [],
    fault: () => undefined,
    keys: undefined,
    wantsBareTags: false,
    lacksConditions: false,
    lacksTokens: false,
    retains: false,
    skewMs: 0,
    put: (path, content) => void fake.objects.set(path, objectOf(Buffer.from(content))),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const body = request.method === 'PUT' ? await bytesOf(request) : Buffer.from(await text(request));
    const path = decodeURIComponent(url.pathname.slice(1));
    const seen = {
      method: request.method ?? '',
      path: `/${path}${decodeURIComponent(url.search)}`,
      headers: request.headers,
    };
    fake.requests.push(seen);
    response.setHeader('date', new Date(Date.now() + fake.skewMs).toUTCString());
    const fault = fake.fault(seen);
    try {
      if (fault?.kind === 'status') {
        for (const [name, value] of Object.entries(fault.headers ?? {})) response.setHeader(name, value);
        throw new Refusal(fault.status, fault.code ?? 'InternalError');
      }
      checkWho(request);
      checkContent(request, body);
      const reply = obey({ request, url, path, body });
      if (fault?.kind === 'silent') return;
      if (fault?.kind === 'lost') return void response.destroy();
      response.writeHead(reply.status, reply.headers);
      if (fault?.kind === 'cut') {
        response.write(reply.body.subarray(0, fault.after), () => response.destroy());
        return;
      }
      response.end(request.method === 'HEAD' ? undefined : reply.body);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      response.writeHead(error.status, { 'content-type': 'application/xml' });
      const xml = `<?xml version="1.0"?><Error><Code>${error.code}</Code><Message>no</Message></Error>`;
      response.end(request.method === 'HEAD' ? undefined : xml);
    }
  }

  function checkWho({ headers }: IncomingMessage): void {
    const key = /Credential=([^/]+)\//.exec(headers.authorization ?? '')?.[1];
    if (fake.keys !== undefined && !fake.keys.has(key ?? '')) throw new Refusal(403, 'InvalidAccessKeyId');
    const stamp = String(headers['x-amz-date'] ?? '');
    const [, day = '', time = ''] = /^(\d{8})T(\d{6})Z$/.exec(stamp) ?? [];
    const signedMs = Date.parse(
      `${day.replace(/(....)(..)(..)/, '$1-$2-$3')}T${time.replace(/(..)(..)(..)/, '$1:$2:$3')}Z`,
    );
    const isSkewed = Math.abs(Date.now() + fake.skewMs - signedMs) > largestSkewMs;
    if (key !== undefined && isSkewed) throw new Refusal(403, 'RequestTimeTooSkewed');
  }

  function checkContent({ headers, method }: IncomingMessage, body: Buffer): void {
    const isConditional = (headers['if-match'] ?? headers['if-none-match']) !== undefined;
    if (isConditional && method !== 'GET' && fake.lacksConditions) throw new Refusal(501, 'NotImplemented');
    if (method !== 'PUT') return;
    const digest = headers['content-md5'];
    if (digest === undefined && fake.retains) throw new Refusal(400, 'InvalidRequest');
    const isOther = digest !== createHash('md5').update(body).digest('base64');
    if (digest !== undefined && isOther) throw new Refusal(400, 'BadDigest');
  }

  interface Asked {
    request: IncomingMessage;
    url: URL;
    path: string;
    body: Buffer;
  }

  function obey({ request, url, path, body }: Asked): Reply {
    const { searchParams: query } = url;
    const { method, headers } = request;
    const uploadId = query.get('uploadId');
    if (!path.includes('/') || path.endsWith('/')) {
      const bucket = path.replace(/\/$/, '');
      return query.has('uploads') ? listUploads(bucket, query) : listObjects(bucket, query);
    }
    if (method === 'POST' && query.has('uploads')) {
      const id = `upload-${uploads.size + 1}-${fake.requests.length}`;
      uploads.set(id, { path, metadata: metadataIn(headers), parts: new Map() });
      return xmlReply(
        `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
      );
    }
    if (uploadId !== null) return obeyUpload({ method: method ?? '', uploadId, query, body, headers });
    if (method === 'PUT') return putObject(path, body, headers);
    if (method === 'DELETE') {
      fake.objects.delete(path);
      return { status: 204, headers: {}, body: Buffer.alloc(0) };
    }
    return getObject(path, headers);
  }

  function putObject(path: string, bytes: Buffer, headers: IncomingMessage['headers']): Reply {
    const there = fake.objects.get(path);
    const { 'if-none-match': none, 'if-match': match } = headers;
    if (none === '*' && there !== undefined) throw new Refusal(412, 'PreconditionFailed');
    if (match !== undefined && there === undefined) throw new Refusal(404, 'NoSuchKey');
    const etag = fake.wantsBareTags ? there?.etag.replaceAll('"', '') : there?.etag;
    if (match !== undefined && etag !== match) throw new Refusal(412, 'PreconditionFailed');
    const object = { ...objectOf(bytes), metadata: metadataIn(headers) };
    fake.objects.set(path, object);
    return { status: 200, headers: { etag: object.etag }, body: Buffer.alloc(0) };
  }

  function getObject(path: string, headers: IncomingMessage['headers']): Reply {
    const object = fake.objects.get(path);
    if (object === undefined) throw new Refusal(404, 'NoSuchKey');
    const match = headers['if-match'];
    if (match !== undefined && match !== object.etag) throw new Refusal(412, 'PreconditionFailed');
    const { bytes, etag, metadata = {} } = object;
    const stated = { etag, ...metadata, 'last-modified': new Date(Date.now() - 1000).toUTCString() };
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
    if (from === undefined) {
      return { status: 200, headers: { ...stated, 'content-length': String(bytes.length) }, body: bytes };
    }
    if (Number(from) >= bytes.length) throw new Refusal(416, 'InvalidRange');
    const part = bytes.subarray(Number(from), Number(to) + 1);
    const range = `bytes ${from}-${Number(from) + part.length - 1}/${bytes.length}`;
    return {
      status: 206,
      headers: { ...stated, 'content-length': String(part.length), 'content-range': range },
      body: part,
    };
  }

  interface UploadAsked {
    method: string;
    uploadId: string;
    query: URLSearchParams;
    body: Buffer;
    headers: IncomingMessage['headers'];
  }

  function obeyUpload({ method, uploadId, query, body, headers }: UploadAsked): Reply {
    const upload = uploads.get(uploadId);
    if (upload === undefined) throw new Refusal(404, 'NoSuchUpload');
    if (method === 'PUT') {
      upload.parts.set(Number(query.get('partNumber')), body);
      return { status: 200, headers: { etag: objectOf(body).etag }, body: Buffer.alloc(0) };
    }
    if (method === 'DELETE') {
      uploads.delete(uploadId);
      return { status: 204, headers: {}, body: Buffer.alloc(0) };
    }
    const numbers = [...body.toString().matchAll(/<PartNumber>(\d+)</g)].map(([, number]) => Number(number));
    const bytes = Buffer.concat(numbers.map((number) => upload.parts.get(number) ?? Buffer.alloc(0)));
    putObject(upload.path, bytes, { ...headers, ...upload.metadata });
    uploads.delete(uploadId);
    return xmlReply('<CompleteMultipartUploadResult><ETag>"x"</ETag></CompleteMultipartUploadResult>');
  }

  function listObjects(bucket: string, query: URLSearchParams): Reply {
    const begin = `${bucket}/${query.get('prefix') ?? ''}`;
    const after = query.get('continuation-token') ?? '';
    const paths = [...fake.objects.keys()].filter((path) => path.startsWith(begin) && path > after).sort();
    const page = paths.slice(0, pageLength);
    const contents = page.map((path) => {
      const { bytes, etag } = fake.objects.get(path) ?? objectOf(Buffer.alloc(0));
      const key = escaped(path.slice(bucket.length + 1));
      return `<Contents><Key>${key}</Key><Size>${bytes.length}</Size><ETag>${escaped(etag)}</ETag><LastModified>2026-11-01T00:00:00.000Z</LastModified></Contents>`;
    });
    const more = paths.length > page.length;
    const next =
      more && !fake.lacksTokens
        ? `<NextContinuationToken>${escaped(page.at(-1) ?? '')}</NextContinuationToken>`
        : '';
    return xmlReply(
      `<ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`,
    );
  }

  function listUploads(bucket: string, query: URLSearchParams): Reply {
    const begin = `${bucket}/${query.get('prefix') ?? ''}`;
    const found = [...uploads].filter(([, { path }]) => path.startsWith(begin));
    const items = found.map(
      ([id, { path }]) =>
        `<Upload><Key>${escaped(path.slice(bucket.length + 1))}</Key><UploadId>${id}</UploadId><Initiated>${new Date().toISOString()}</Initiated></Upload>`,
    );
    return xmlReply(`<ListMultipartUploadsResult>${items.join('')}</ListMultipartUploadsResult>`);
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  fake.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return fake;
}

interface Reply {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

function xmlReply(xml: string): Reply {
  const body = Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>${xml}`);
  return { status: 200, headers: { 'content-type': 'application/xml' }, body };
}

function objectOf(bytes: Buffer): FakeObject {
  return { bytes, etag: `"${createHash('md5').update(bytes).digest('hex')}"` };
}

function metadataIn(headers: IncomingMessage['headers']): Record<string, string> {
  const own = Object.entries(headers).filter(([name]) => name.startsWith('x-amz-meta-'));
  return Object.fromEntries(own.map(([name, value]) => [name, String(value)]));
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

function escaped(part: string): string {
  return part.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
