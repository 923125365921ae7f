/** Resolves ids that people may abbreviate to their beginning. */
import { Failure } from '../../failure.ts';
import { ambiguousText, noSuchImportText } from '../../report/words/imports.ts';

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;

/**
 * The full ids. Requests the list at most once, and only for abbreviated ids, since calls cost the user. A UUID is
 * returned unchanged: an import that is new may not be in the list yet. Throws a Failure `usage` for what else names no
 * import, and one that names the candidates when several match.
 */
export async function fullIds(
  given: readonly string[],
  listAll: () => Promise<readonly string[]>,
): Promise<string[]> {
  // An unset variable of a script names nothing, least of all what is to be aborted.
  if (given.includes('')) throw new Failure('usage', 'the id of an import is empty');
  if (given.every((id) => uuid.test(id))) return [...given];
  const known = await listAll();
  return given.map((id) => (uuid.test(id) ? id : fullId(id, known)));
}

function fullId(given: string, known: readonly string[]): string {
  if (known.includes(given)) return given;
  const found = known.filter((id) => id.toLowerCase().startsWith(given.toLowerCase()));
  if (found.length > 1)
    throw new Failure('usage', ambiguousText('import', given, found), { hint: 'write more of the id' });
  if (found[0] === undefined) throw noSuchImport(given);
  return found[0];
}

export function noSuchImport(id: string): Failure {
  return new Failure('usage', noSuchImportText(id), { hint: 'check the id and --owner' });
}
