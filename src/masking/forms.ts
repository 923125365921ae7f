/** The forms a secret may take in a text: as it is, and in base64 at each of the three possible alignments. */

export interface Form {
  /** In lower case (ASCII), as it is compared. */
  text: string;
  /** `word`: matches only where no letter or digit is adjacent. `base64`: may share a digit with its neighbours. */
  edges: 'none' | 'word' | 'base64';
}

/** Shorter secrets would match parts of ordinary words, so they are masked only where they stand alone. */
const minTextLength = 6;

/**
 * The forms of a secret; none for an empty one. URL, JSON and HTML encodings are decoded in the searched text
 * instead.
 */
export function formsOf(secret: string): Form[] {
  if (secret === '') return [];
  const text = lowerCase(secret);
  if (secret.length < minTextLength) return [{ text, edges: 'word' }];
  const encoded = [0, 1, 2].flatMap((before) => {
    const core = base64Core(secret, before);
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
  const distinct = [...new Set(encoded.map(lowerCase))];
  return [{ text, edges: 'none' }, ...distinct.map((form): Form => ({ text: form, edges: 'base64' }))];
}

/** Lowercases ASCII letters. Unlike `toLowerCase`, it never changes the length of a text. */
export function lowerCase(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text;
}

/** The base64 digits that depend on the secret alone when `before` bytes (modulo 3) precede it. */
function base64Core(secret: string, before: number): string {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
  const firstWhole = Math.ceil((before * 8) / 6);
  const endOfWhole = Math.floor((bytes.length * 8) / 6);
  return bytes.toString('base64').slice(firstWhole, endOfWhole);
}
