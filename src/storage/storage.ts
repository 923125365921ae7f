/** Storage by the scheme of its addresses. Loads nothing before the first address is used. */
import type { ObjectReader, ObjectStore, StoredObject } from '../contracts/storage.ts';
import { Failure } from '../failure.ts';
import { readBucketAddress } from '../contracts/bucket-address.ts';
import { S3Connections, type S3Options } from './s3/client.ts';
import { BucketReader } from './s3/reader.ts';
import { BucketWriter } from './s3/writer.ts';
import { WebReader } from './web/reader.ts';

/** The caller closes the HTTP client. */
export function createStorage(options: S3Options): ObjectStore {
  const connections = new S3Connections(options);
  const buckets = new BucketReader(connections);
  const writer = new BucketWriter(connections);
  const web = new WebReader(options);
  const readerOf = (address: string): ObjectReader => (isWeb(address) ? web : buckets);
  const writerOf = (address: string): BucketWriter => {
    if (isWeb(address)) throw new Failure('usage', `cannot write ${address}: only buckets are written to`);
    return writer;
  };
  return {
    find: async (pattern) => readerOf(pattern).find(pattern),
    look: async (address) => readerOf(address).look(address),
    read: async (object, from, to) => readerOf(object.address).read(object, from, to),
    list: async (beginning) => {
      if (isWeb(beginning)) throw new Failure('usage', `cannot list ${beginning}: only buckets are listed`);
      const found: StoredObject[] = [];
      for await (const object of buckets.list(readBucketAddress(beginning))) found.push(object);
      return found;
    },
    put: async (address, content, condition) => writerOf(address).put(address, content, condition),
    upload: async (address, file, condition) => writerOf(address).upload(address, file, condition),
    remove: async (address) => writerOf(address).remove(address),
    abortUploads: async (beginning, which) => writerOf(beginning).abortUploads(beginning, which),
  };
}

function isWeb(address: string): boolean {
  return /^https?:/i.test(address);
}
