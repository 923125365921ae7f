/** Destination of a scheduled export: a bucket and a prefix, never an object name. */
import { Failure } from '../../../failure.ts';

/** `BUCKET/PREFIX`, as Scarf accepts it. */
export interface BucketPath {
  bucket: string;
  /** Without slashes at either end; empty for the bucket itself. */
  prefix: string;
}

const objectEndings = /\.(csv|json|parquet|gz)$/i;
const bucketName = /^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/;

/**
 * Parses `s3://BUCKET/PREFIX`, `gs://BUCKET/PREFIX` or `BUCKET/PREFIX`. Scarf chooses object names itself ("Scarf
 * docs, Daily scheduled exports", 2026-06), so a path that ends like a file name is refused. Throws a Failure
 * `usage`.
 */
export function readBucketPath(text: string, flag: string): BucketPath {
  const bare = text
    .trim()
    .replace(/^(s3|gs):\/\//i, '')
    .replace(/^\/+|\/+$/g, '');
  const slash = bare.indexOf('/');
  const bucket = slash < 0 ? bare : bare.slice(0, slash);
  const prefix = slash < 0 ? '' : bare.slice(slash + 1);
  if (!bucketName.test(bucket)) {
    throw new Failure('usage', `${flag}: "${bucket}" is not a valid bucket name`, {
      hint: 'write BUCKET or BUCKET/PREFIX',
    });
  }
  if (objectEndings.test(bare)) {
    throw new Failure('usage', `${flag}: "${text}" looks like a file name`, {
      hint: 'Scarf makes the file names itself, such as events-scarf-export-2026-11-01-2026-11-01.csv: give a bucket and a prefix',
    });
  }
  return { bucket, prefix };
}

export function formatBucketPath({ bucket, prefix }: BucketPath): string {
  return prefix === '' ? bucket : `${bucket}/${prefix}`;
}

/** Returns the text if it is the ARN of an IAM role. Throws a Failure `usage` otherwise. */
export function checkRoleArn(arn: string): string {
  if (/^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/.test(arn)) return arn;
  throw new Failure('usage', `--role-arn: "${arn}" is not the ARN of a role`, {
    hint: 'as in arn:aws:iam::123456789012:role/scarf-export',
  });
}
