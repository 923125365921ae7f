/** The kinds of `--output`, told by the text alone: files and directories may be addresses in a bucket. */
import { Failure } from '../failure.ts';

export type OutputForm =
  | { kind: 'stdout' }
  | { kind: 'file'; path: string }
  | { kind: 'directory'; path: string }
  /**
   * `url`: any connection string of psql; undefined: from the environment (`PSQL_CONN_STRING`, else `PG*`).
   */
  | { kind: 'postgres'; url: string | undefined };

/**
 * Standard output for `-`; PostgreSQL for `postgres:`, `postgres://...` and `postgres:service=...`; a
 * directory for a name that ends in a slash; a file for any other name.
 */
export function readOutputForm(text: string): OutputForm {
  if (text === '-') return { kind: 'stdout' };
  if (/^postgres(ql)?:/i.test(text)) {
    const rest = text.replace(/^postgres(ql)?:/i, '');
    if (rest === '') return { kind: 'postgres', url: undefined };
    return { kind: 'postgres', url: rest.startsWith('//') ? text : rest };
  }
  if (/^(https?|mysql):\/\//i.test(text)) {
    throw new Failure(
      'usage',
      `--output ${text}: only files, buckets, standard output and PostgreSQL are supported`,
      {
        hint: 'give a file, a directory that ends in /, s3://BUCKET/KEY, - or postgres:',
      },
    );
  }
  if (/^(s3|gs):\/\/[^/]*$/i.test(text)) {
    throw new Failure('usage', `--output ${text} names a bucket and no object`, {
      hint: `${text}/ is all of it`,
    });
  }
  if (text === '') throw new Failure('usage', '--output needs a file name');
  return text.endsWith('/') || text === '.' || text === '..'
    ? { kind: 'directory', path: text.replace(/(?<=.)\/+$/, '') }
    : { kind: 'file', path: text };
}
