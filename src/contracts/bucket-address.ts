/** Addresses of objects in buckets, as text and in their parts. */
import { Failure } from '../failure.ts';

/** `s3://bucket/key`, `gs://bucket/key`; `?versionId=…` behind the key names a version. */
export interface BucketAddress {
  scheme: 's3' | 'gs';
  bucket: string;
  key: string;
  version: string | undefined;
}

/** Throws a Failure `usage` for what names no bucket. */
export function readBucketAddress(text: string): BucketAddress {
  const [, scheme = '', bucket = '', rest = ''] = /^(s3|gs):\/\/([^/]*)\/?(.*)$/is.exec(text) ?? [];
  if (!/^[a-z0-9][\w.-]+$/i.test(bucket)) {
    const what = bucket === '' ? 'names no bucket' : `names no bucket: "${bucket}" cannot be the name of one`;
    throw new Failure('usage', `${text} ${what}`, { hint: `write ${scheme || 's3'}://BUCKET/KEY` });
  }
  const [, key = '', version] = /^(.*?)(?:\?versionId=([^?&]+))?$/s.exec(rest) ?? [];
  if (/(?:^|\/)\.{1,2}(?:\/|$)/.test(key)) {
    throw new Failure('usage', `${text} has "." or ".." as a part of its key, which no request can name`);
  }
  return { scheme: scheme.toLowerCase() as 's3' | 'gs', bucket, key, version };
}

export function textOfAddress({ scheme, bucket, key, version }: BucketAddress): string {
  return `${scheme}://${bucket}/${key}${version === undefined ? '' : `?versionId=${version}`}`;
}
