/** Where a scheduled export goes: a bucket and a prefix, never the name of an object. */
import { Failure } from '../../../failure.ts';

/** `BUCKET/PREFIX`, as Scarf takes it. */
export interface BucketPath {
  bucket: string;
  /** Without slashes at its ends; empty for the bucket itself. */
  prefix: string;
}

const objectEndings = /\.(csv|json|parquet|gz)$/i;
const bucketName = /^[a-z0-9][a-z0-9._-]{1,61}[a-z0-9]$/;

/**
 * Reads `s3://BUCKET/PREFIX` or `BUCKET/PREFIX`. Scarf makes the object names itself ("Scarf docs, Daily
 * scheduled exports", 2026-06), so that a last part that looks like one is refused. Throws a Failure `usage`.
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

/** An ARN of a role in IAM. Throws a Failure `usage`. */
export function checkRoleArn(arn: string): string {
  if (/^arn:aws[a-z-]*:iam::\d{12}:role\/\S+$/.test(arn)) return arn;
  throw new Failure('usage', `--role-arn: "${arn}" is not the ARN of a role`, {
    hint: 'as in arn:aws:iam::123456789012:role/scarf-export',
  });
}
