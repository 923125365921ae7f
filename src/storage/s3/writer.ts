/** Writes objects of buckets. */
import { getFips, hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import pLimit from 'p-limit';
import type { ObjectWriter, AbandonedUploads, WriteAnswer, WriteCondition } from '../../contracts/storage.ts';
import { Failure } from '../../failure.ts';
import { readBucketAddress, type BucketAddress } from '../../contracts/bucket-address.ts';
import { type S3Connections } from './client.ts';
import { writeOnCondition, type ConditionHeaders } from './conditions.ts';
import { maxPartsAtOnce, partsOf, type Part } from './parts.ts';

/** By this an upload knows its own object again, when the answer to its completion was lost. */
const markName = 'scarf-cli-upload';

interface Uploaded {
  PartNumber: number;
  ETag: string | undefined;
}

export class BucketWriter implements ObjectWriter {
  readonly #connections: S3Connections;

  constructor(connections: S3Connections) {
    this.#connections = connections;
  }

  async put(address: string, content: Uint8Array, condition?: WriteCondition): Promise<WriteAnswer> {
    const to = readTarget(address);
    let reply = await writeOnCondition(condition, {
      holds: (wanted) => this.#holds(to, wanted),
      write: (headers) => this.#put(to, content, headers),
    });
    if (reply === 'differs' && condition?.kind === 'version' && (await this.#holds(to, condition))) {
      // Ceph 16 compares what stands between the quotes with what is sent, quotes and all (rgw_rados.cc, _do_write_meta).
      reply = await this.#put(to, content, { IfMatch: condition.version.replaceAll('"', '') });
    }
    if (typeof reply !== 'string') return { kind: 'written', version: reply.ETag };
    if (reply === 'missing' && condition?.kind !== 'version') throw noBucket(to);
    // It may have been this very write, whose answer was lost.
    const there = await this.#contentOf(to, content.length);
    return there?.content.equals(content) === true
      ? { kind: 'written', version: there.etag }
      : { kind: 'differs' };
  }

  async upload(address: string, file: string, condition?: WriteCondition): Promise<WriteAnswer> {
    const handle = await open(file, 'r');
    try {
      const { size } = await handle.stat();
      const parts = partsOf(size);
      const [only] = parts;
      if (only === undefined) return await this.put(address, new Uint8Array(0), condition);
      if (parts.length === 1) return await this.put(address, await readPart(handle, only), condition);
      return await this.#uploadParts(address, { handle, parts, condition });
    } finally {
      await handle.close();
    }
  }

  async remove(address: string): Promise<void> {
    const to = readTarget(address);
    const what = `remove ${address}`;
    await this.#connections.ask({ scheme: to.scheme, what }, async ({ sdk, client }) =>
      client.send(new sdk.DeleteObjectCommand(namesOf(to))),
    );
  }

  async abortUploads(beginning: string, { isOurs, startedBeforeMs }: AbandonedUploads): Promise<void> {
    const prefix = readBucketAddress(beginning);
    const what = `look for uploads to ${beginning}`;
    const page = await this.#connections.ask({ scheme: prefix.scheme, what }, async ({ sdk, client }) => {
      const command = new sdk.ListMultipartUploadsCommand({ Bucket: prefix.bucket, Prefix: prefix.key });
      return client.send(command);
    });
    if (typeof page === 'string') return;
    for (const { Key, UploadId, Initiated } of page.Uploads ?? []) {
      if (Key === undefined || UploadId === undefined) continue;
      const to = { ...prefix, key: Key };
      if ((Initiated?.getTime() ?? 0) >= startedBeforeMs || !isOurs(textOf(to))) continue;
      await this.#abort(to, UploadId);
    }
  }

  async #put(to: BucketAddress, content: Uint8Array, condition: ConditionHeaders) {
    const what = `write ${textOf(to)}`;
    return this.#connections.ask({ scheme: to.scheme, what }, async ({ sdk, client }) =>
      client.send(new sdk.PutObjectCommand({ ...namesOf(to), ...condition, ...bodyOf(content) })),
    );
  }

  async #uploadParts(
    address: string,
    {
      handle,
      parts,
      condition,
    }: { handle: FileHandle; parts: readonly Part[]; condition: WriteCondition | undefined },
  ): Promise<WriteAnswer> {
    const to = readTarget(address);
    const mark = this.#connections.options.createMark();
    const uploadId = await this.#begin(to, mark);
    try {
      const limit = pLimit(maxPartsAtOnce);
      const sending = parts.map((part) => limit(() => this.#sendPart(to, { uploadId, handle, part })));
      const sent = await Promise.all(sending).catch(async (error: unknown) => {
        limit.clearQueue();
        await Promise.allSettled(sending);
        throw error;
      });
      return await this.#complete(to, { uploadId, sent, mark, condition });
    } catch (error) {
      await this.#connections.whileClosing((closing) => new BucketWriter(closing).#abort(to, uploadId));
      throw error;
    }
  }

  async #begin(to: BucketAddress, mark: string): Promise<string> {
    const what = `write ${textOf(to)}`;
    const reply = await this.#connections.ask({ scheme: to.scheme, what }, async ({ sdk, client }) => {
      const command = new sdk.CreateMultipartUploadCommand({
        ...namesOf(to),
        Metadata: { [markName]: mark },
      });
      return client.send(command);
    });
    if (typeof reply === 'string' || reply.UploadId === undefined) throw noBucket(to);
    return reply.UploadId;
  }

  async #sendPart(
    to: BucketAddress,
    { uploadId, handle, part }: { uploadId: string; handle: FileHandle; part: Part },
  ): Promise<Uploaded> {
    const what = `write ${textOf(to)}`;
    const body = await readPart(handle, part);
    const reply = await this.#connections.ask({ scheme: to.scheme, what }, async ({ sdk, client }) => {
      const place = { ...namesOf(to), UploadId: uploadId, PartNumber: part.number };
      return client.send(new sdk.UploadPartCommand({ ...place, ...bodyOf(body) }));
    });
    if (typeof reply === 'string') throw abortedElsewhere(to);
    return { PartNumber: part.number, ETag: reply.ETag };
  }

  async #complete(
    to: BucketAddress,
    given: { uploadId: string; sent: Uploaded[]; mark: string; condition: WriteCondition | undefined },
  ): Promise<WriteAnswer> {
    const { uploadId, sent, mark, condition } = given;
    const what = `write ${textOf(to)}`;
    // Not every server heeds the condition of a completion (Ceph 16 does not).
    if (condition !== undefined && !(await this.#holds(to, condition))) return this.#giveUp(to, uploadId);
    const reply = await writeOnCondition(condition, {
      holds: (wanted) => this.#holds(to, wanted),
      write: (headers) =>
        this.#connections.ask({ scheme: to.scheme, what }, async ({ sdk, client }) => {
          const upload = { UploadId: uploadId, MultipartUpload: { Parts: sent } };
          return client.send(
            new sdk.CompleteMultipartUploadCommand({ ...namesOf(to), ...headers, ...upload }),
          );
        }),
    });
    if (typeof reply !== 'string') return { kind: 'written', version: reply.ETag };
    const there = await this.#head(to);
    if (there?.mark === mark) return { kind: 'written', version: there.etag };
    if (reply === 'differs') return this.#giveUp(to, uploadId);
    throw abortedElsewhere(to);
  }

  async #giveUp(to: BucketAddress, uploadId: string): Promise<WriteAnswer> {
    await this.#abort(to, uploadId);
    return { kind: 'differs' };
  }

  async #abort(to: BucketAddress, uploadId: string): Promise<void> {
    const what = `abort an upload to ${textOf(to)}`;
    await this.#connections.ask({ scheme: to.scheme, what }, async ({ sdk, client }) =>
      client.send(new sdk.AbortMultipartUploadCommand({ ...namesOf(to), UploadId: uploadId })),
    );
  }

  async #holds(to: BucketAddress, condition: WriteCondition): Promise<boolean> {
    const there = await this.#head(to);
    return condition.kind === 'nothing' ? there === undefined : there?.etag === condition.version;
  }

  async #head(
    to: BucketAddress,
  ): Promise<{ etag: string | undefined; mark: string | undefined } | undefined> {
    const what = `read ${textOf(to)}`;
    const reply = await this.#connections.ask({ scheme: to.scheme, what }, async ({ sdk, client }) =>
      client.send(new sdk.HeadObjectCommand(namesOf(to))),
    );
    if (typeof reply === 'string') return undefined;
    return { etag: reply.ETag, mark: reply.Metadata?.[markName] };
  }

  async #contentOf(
    to: BucketAddress,
    length: number,
  ): Promise<{ content: Buffer; etag: string | undefined } | undefined> {
    const what = `read ${textOf(to)}`;
    const there = await this.#connections.ask({ scheme: to.scheme, what }, async ({ sdk, client }) => {
      const reply = await client.send(new sdk.GetObjectCommand(namesOf(to)));
      if (reply.ContentLength !== length) {
        (reply.Body as { destroy?: () => void } | undefined)?.destroy?.();
        return undefined;
      }
      const pieces: Uint8Array[] = [];
      for await (const piece of reply.Body as AsyncIterable<Uint8Array>) pieces.push(piece);
      return { content: Buffer.concat(pieces), etag: reply.ETag };
    });
    return typeof there === 'string' ? undefined : there;
  }
}

async function readPart(handle: FileHandle, { from, to }: Part): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(to - from);
  for (let filled = 0; filled < bytes.length;) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, from + filled);
    if (bytesRead === 0) throw new Failure('bug', 'a part of an output shrank while it went up');
    filled += bytesRead;
  }
  return bytes;
}

function readTarget(address: string): BucketAddress {
  const to = readBucketAddress(address);
  if (to.key !== '' && to.version === undefined) return to;
  throw new Failure('usage', `cannot write ${address}: it names no object`);
}

function namesOf({ bucket, key }: BucketAddress): { Bucket: string; Key: string } {
  return { Bucket: bucket, Key: key };
}

/** A bucket whose objects are retained takes none without a digest ("Amazon S3, PutObject", 2026-11); all know MD5. */
function bodyOf(content: Uint8Array): { Body: Uint8Array; ContentMD5?: string } {
  return { Body: content, ...(getFips() === 1 ? {} : { ContentMD5: hash('md5', content, 'base64') }) };
}

function textOf({ scheme, bucket, key }: BucketAddress): string {
  return `${scheme}://${bucket}/${key}`;
}

function noBucket({ scheme, bucket }: BucketAddress): Failure {
  return new Failure('usage', `no such bucket: ${scheme}://${bucket}`);
}

function abortedElsewhere(to: BucketAddress): Failure {
  return new Failure('locked', `the upload to ${textOf(to)} was aborted by another process`, {
    hint: 'does another run write to the same output?',
  });
}
