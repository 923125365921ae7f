/** The password file ("PostgreSQL 17 documentation, 32.16 The Password File", 2024). */
import { stat } from 'node:fs/promises';
import { readIfThere } from './files.ts';

export interface PasswordQuestion {
  /** `localhost` for a socket in the default directory. */
  host: string;
  port: number;
  database: string;
  user: string;
}

/** A field: up to a colon that is not escaped with a backslash. */
const field = /((?:[^:\\]|\\.)*)(?::|$)/sy;

/**
 * The password of the first matching line. A file that others may read, or that is not a regular file, is
 * ignored, and `onNotice` called.
 */
export async function findPassword(
  path: string,
  { host, port, database, user }: PasswordQuestion,
  onNotice: (code: string, message: string) => void,
): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  const ignore = (why: string) =>
    onNotice('password-file-ignored', `the password file ${path} ${why}: not used`);
  if (!found.isFile()) return void ignore('is no plain file');
  if ((found.mode & 0o077) !== 0) return void ignore('may be read by others (its mode must be 0600)');
  const wanted = [host, String(port), database, user];
  for (const line of ((await readIfThere(path)) ?? '').split(/\r?\n/)) {
    if (line.startsWith('#')) continue;
    const fields = readFields(line);
    if (fields.length < 5) continue;
    if (wanted.every((value, index) => fields[index] === '*' || plain(fields[index]) === value)) {
      return plain(fields[4]);
    }
  }
  return undefined;
}

/** At most five; colons in the last one belong to it. */
function readFields(line: string): string[] {
  const fields: string[] = [];
  field.lastIndex = 0;
  while (fields.length < 4 && field.lastIndex < line.length) {
    const match = field.exec(line);
    if (match === null) return [];
    if (!match[0].endsWith(':')) return [];
    fields.push(match[1] ?? '');
  }
  return fields.length < 4 ? [] : [...fields, line.slice(field.lastIndex)];
}

function plain(text: string | undefined): string {
  return (text ?? '').replace(/\\(.)/g, '$1');
}
