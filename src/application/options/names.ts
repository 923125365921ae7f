/** Lists of names in the text of an option. */

/** Names with commas between them, none twice. Throws an Error with a sentence. */
export function readNames(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.some((name) => name === '')) throw new Error(`"${text}" is not a list of names`);
  if (new Set(names).size < names.length) throw new Error(`"${text}" names a column twice`);
  return names;
}
