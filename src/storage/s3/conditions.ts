/** The conditions of writes, for servers that know them and for those that do not. */
import type { WriteCondition } from '../../contracts/storage.ts';
import type { Expected } from './answers.ts';
import { isNotImplemented } from './answers.ts';

export interface ConditionHeaders {
  IfNoneMatch?: string;
  IfMatch?: string;
}

/**
 * Writes under a condition. A server without conditional writes refuses those with 501 (Backblaze B2, 2026-07): there
 * `holds` is asked first, and who writes between that and the write is not noticed.
 */
export async function writeOnCondition<Answer>(
  condition: WriteCondition | undefined,
  {
    holds,
    write,
  }: {
    holds: (condition: WriteCondition) => Promise<boolean>;
    write: (headers: ConditionHeaders) => Promise<Answer | Expected>;
  },
): Promise<Answer | Expected> {
  try {
    return await write(headersOf(condition));
  } catch (error) {
    if (condition === undefined || !isNotImplemented(error)) throw error;
  }
  return (await holds(condition)) ? write({}) : 'differs';
}

function headersOf(condition: WriteCondition | undefined): ConditionHeaders {
  if (condition === undefined) return {};
  return condition.kind === 'nothing' ? { IfNoneMatch: '*' } : { IfMatch: condition.version };
}
