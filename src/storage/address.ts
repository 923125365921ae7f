/** Addresses of objects, as text and in their parts. */
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

/** Parameters of signed addresses that give access to whoever has them (S3, Google, Azure, CloudFront). */
const secretParameters =
  /^(?:x-amz-(?:signature|security-token|credential)|x-goog-(?:signature|credential)|signature|sig|token|access_token|policy|key-pair-id)$/i;

/** The secrets in an address, in the form in which they occur there. */
export function secretsOfAddress(text: string): string[] {
  if (!URL.canParse(text)) return [];
  const { search, username, password } = new URL(text);
  const pairs = search
    .slice(1)
    .split('&')
    .map((pair) => pair.split('='));
  const values = pairs.flatMap(([name = '', value = '']) => (secretParameters.test(name) ? [value] : []));
  return [...values, username, password].filter((secret) => secret !== '');
}
