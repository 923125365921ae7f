/** Storage by the scheme of its addresses. Loads nothing before the first address is used. */
import { isAddress, type ObjectReader, type StoredObject } from '../contracts/storage.ts';
import { Failure } from '../failure.ts';
import { S3Connections, type S3Options } from './s3/client.ts';
import { BucketReader } from './s3/reader.ts';
import { WebReader } from './web/reader.ts';

export type StorageOptions = S3Options;

/** Whoever makes it closes the HTTP client. */
export function createStorage(options: StorageOptions): ObjectReader {
  const buckets = new BucketReader(new S3Connections(options));
  const web = new WebReader(options);
  const readerOf = (address: string): ObjectReader => {
    if (!isAddress(address)) throw new Failure('bug', `${address} is no address`);
    return /^https?:/i.test(address) ? web : buckets;
  };
  return {
    find: (pattern) => readerOf(pattern).find(pattern),
    look: (address) => readerOf(address).look(address),
    read: (object: StoredObject, from, to) => readerOf(object.address).read(object, from, to),
  };
}
