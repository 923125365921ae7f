/** How a secret may look in a text: as it is, and in base64 at each of the three places where it can begin. */

export interface Form {
  /** In lower case (ASCII), as texts are compared. */
  text: string;
  /** `word`: found only where no letter or digit stands beside it. `base64`: may share a digit with what stands beside it. */
  edges: 'none' | 'word' | 'base64';
}

/** Shorter secrets would be found in every other word: they are masked only where they stand alone. */
const shortestInText = 6;

/** The forms of a secret; none of an empty one. URL, JSON and HTML encodings are undone in the text that is searched. */
export function formsOf(secret: string): Form[] {
  if (secret === '') return [];
  const text = lowerCase(secret);
  if (secret.length < shortestInText) return [{ text, edges: 'word' }];
  const encoded = [0, 1, 2].flatMap((before) => {
    const core = base64Core(secret, before);
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
  const distinct = [...new Set(encoded.map(lowerCase))];
  return [{ text, edges: 'none' }, ...distinct.map((form): Form => ({ text: form, edges: 'base64' }))];
}

/** ASCII letters in lower case; unlike `toLowerCase` it keeps the length of every text. */
export function lowerCase(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text;
}

/** The base64 digits that a secret alone decides, when `before` bytes (modulo 3) stand in front of it. */
function base64Core(secret: string, before: number): string {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
  const firstWhole = Math.ceil((before * 8) / 6);
  const endOfWhole = Math.floor((bytes.length * 8) / 6);
  return bytes.toString('base64').slice(firstWhole, endOfWhole);
}
