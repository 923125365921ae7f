/** A random number generator in the shape of `Math.random`. */
export type Random = () => number;

/** A clock in milliseconds since the epoch, in the shape of `Date.now`. */
export type Clock = () => number;

function randomHex(random: Random, digits: number): string {
  let text = '';
  while (text.length < digits)
    text += Math.floor(random() * 0x10000000)
      .toString(16)
      .padStart(7, '0');
  return text.slice(0, digits);
}

/** A version 4 UUID from the given generator, so that a seeded sandbox repeats its identifiers. */
export function makeUuid(random: Random): string {
  const variant = '89ab'.charAt(Math.floor(random() * 4));
  const hex = randomHex(random, 30);
  const groups = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(12, 15)}`, variant + hex.slice(15, 18)];
  return [...groups, hex.slice(18, 30)].join('-');
}

/** An opaque token of the given number of hexadecimal digits. */
export function makeToken(random: Random, digits: number): string {
  return randomHex(random, digits);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a text is a UUID of any version. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** ISO 8601 with six fractional digits: `2026-11-22T05:28:00.123456Z`. */
export function formatMicroseconds(epochMs: number): string {
  const whole = Math.floor(epochMs);
  const micros = Math.floor((epochMs - whole) * 1000);
  return new Date(whole).toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`);
}
