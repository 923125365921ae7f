/** Reads objects of buckets. */
import type { ObjectReader, StoredObject } from '../../contracts/storage.ts';
import { Failure } from '../../failure.ts';
import { readBucketAddress, textOfAddress, type BucketAddress } from '../../contracts/bucket-address.ts';
import { changedObject, readWhole } from '../bytes.ts';
import { isRefusalWithoutBody } from './answers.ts';
import type { S3Connections } from './client.ts';

/** Facts of an object as S3 states them. */
interface Stated {
  ETag?: string | undefined;
  Size?: number | undefined;
  LastModified?: Date | undefined;
}

export class BucketReader implements ObjectReader {
  readonly #connections: S3Connections;
  /** Objects of the last listing, by address: a thousand objects do not need a thousand requests. */
  readonly #listed = new Map<string, StoredObject>();

  constructor(connections: S3Connections) {
    this.#connections = connections;
  }

  async find(pattern: string): Promise<StoredObject[]> {
    const address = readBucketAddress(pattern);
    if (address.key === '' || address.key.endsWith('/')) throw prefixFailure(address);
    const { default: picomatch } = await import('picomatch');
    const { base, isGlob } = picomatch.scan(address.key);
    const exact = await this.#lookUp(address);
    if (exact !== undefined) return [this.#keep(exact)];
    if (!isGlob || address.version !== undefined) throw new Failure('usage', `no such object: ${pattern}`);
    const matches = picomatch(address.key, { dot: false });
    const found: StoredObject[] = [];
    const beforeKey = textOfAddress({ ...address, key: '' });
    const prefix = base === '' ? '' : address.key.slice(0, address.key.indexOf(base) + base.length);
    for await (const object of this.list({ ...address, key: prefix })) {
      if (matches(object.address.slice(beforeKey.length))) found.push(this.#keep(object));
    }
    return found.sort((one, other) => (one.address < other.address ? -1 : 1));
  }

  async look(address: string): Promise<StoredObject | undefined> {
    return this.#listed.get(address) ?? this.#lookUp(readBucketAddress(address));
  }

  async read(object: StoredObject, from: number, to: number): Promise<Uint8Array> {
    const { scheme, bucket, key, version } = readBucketAddress(object.address);
    const { payer } = this.#connections;
    const what = `read ${object.address}`;
    const bytes = await this.#connections.ask({ scheme, what }, async ({ sdk, client }) => {
      const command = new sdk.GetObjectCommand({
        ...payer,
        Bucket: bucket,
        Key: key,
        VersionId: version,
        IfMatch: object.etag,
        Range: `bytes=${from}-${to - 1}`,
      });
      const { Body } = await client.send(command);
      return readWhole(Body as AsyncIterable<Uint8Array>, to - from);
    });
    if (typeof bytes === 'string') throw changedObject(object);
    return bytes;
  }

  /** The objects whose keys begin with that of `address`, in the order of their keys. */
  async *list(address: BucketAddress): AsyncGenerator<StoredObject> {
    const { scheme, bucket, key } = address;
    const { payer } = this.#connections;
    const what = `list ${textOfAddress(address)}`;
    for (let token: string | undefined, isFirst = true; isFirst || token !== undefined; isFirst = false) {
      const page = await this.#connections.ask({ scheme, what }, async ({ sdk, client }) => {
        const command = new sdk.ListObjectsV2Command({
          ...payer,
          Bucket: bucket,
          Prefix: key,
          ContinuationToken: token,
        });
        return client.send(command);
      });
      if (typeof page === 'string') throw new Failure('usage', `no such bucket: ${scheme}://${bucket}`);
      for (const { Key, ...stated } of page.Contents ?? []) {
        if (Key !== undefined) yield statedObject({ scheme, bucket, key: Key, version: undefined }, stated);
      }
      token = page.NextContinuationToken;
      if (page.IsTruncated === true && !token) throw endlessList(textOfAddress(address));
    }
  }

  async #lookUp(address: BucketAddress): Promise<StoredObject | undefined> {
    const { scheme, bucket, key, version } = address;
    const { payer } = this.#connections;
    const what = `read ${textOfAddress(address)}`;
    const reply = await this.#connections.ask({ scheme, what }, async ({ sdk, client }) => {
      const asked = { ...payer, Bucket: bucket, Key: key, VersionId: version };
      return client.send(new sdk.HeadObjectCommand(asked)).catch(async (error: unknown) => {
        if (isRefusalWithoutBody(error))
          await client.send(new sdk.GetObjectCommand({ ...asked, Range: 'bytes=0-0' }));
        throw error;
      });
    });
    if (typeof reply === 'string') return undefined;
    return statedObject(address, { ...reply, Size: reply.ContentLength });
  }

  #keep(object: StoredObject): StoredObject {
    this.#listed.set(object.address, object);
    return object;
  }
}

function statedObject(address: BucketAddress, { ETag, Size = 0, LastModified }: Stated): StoredObject {
  return {
    address: textOfAddress(address),
    bytes: Size,
    etag: ETag,
    version: ETag === undefined ? undefined : `${ETag} ${Size}`,
    changedMs: LastModified?.getTime(),
  };
}

/** A server that knows the first version of lists alone says that there are more, and gives no token for them. */
function endlessList(address: string): Failure {
  return new Failure('local', `cannot list ${address}: the server does not say how its list goes on`, {
    hint: 'it must know ListObjectsV2; name the objects one by one, or fewer than a page of them with a longer prefix',
  });
}

function prefixFailure(address: BucketAddress): Failure {
  const name = textOfAddress(address);
  return new Failure('usage', `${name} names no object`, {
    hint: `name its objects: '${name}*', or '${name}**' for those below it too`,
  });
}
