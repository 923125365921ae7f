/** Options of whatever reads from or writes to buckets. */
import { baseAddress } from '../../http/address.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';
import type { ValuesOf } from '../../settings/values.ts';

export const STORAGE_OPTIONS = [
  {
    name: 's3Endpoint',
    group: 'storage',
    flags: '--s3-endpoint <url>',
    environment: ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'],
    description: 'server of s3:// addresses that is not Amazon: MinIO, Ceph, R2',
    parse: readEndpoint,
    forAddresses: 's3://',
  },
  {
    name: 's3RequesterPays',
    group: 'storage',
    flags: '--s3-requester-pays',
    description: 'pay for what is read from a bucket whose owner does not',
    kind: 'flag',
    default: false,
  },
] as const satisfies readonly OptionSpec[];

export type StorageSettings = ValuesOf<typeof STORAGE_OPTIONS>;

function readEndpoint(text: string): string {
  return baseAddress(text, '--s3-endpoint', { plainAnywhere: true });
}
