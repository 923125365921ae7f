/** Elements with text: no value of the data ever becomes HTML. */

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;
type Child = Node | string | number;

/** An element; `false` and undefined leave an attribute out, `true` writes an empty one. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  fill(made, attributes, children);
  return made;
}

export function svg(name: string, attributes: Attributes = {}, ...children: readonly Child[]): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  fill(made, attributes, children);
  return made;
}

function fill(made: Element, attributes: Attributes, children: readonly Child[]): void {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    made.setAttribute(key, value === true ? '' : String(value));
  }
  made.append(...children.map((child) => (typeof child === 'number' ? String(child) : child)));
}

const wholeNumbers = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });

/** `12,345`. */
export function count(value: number): string {
  return wholeNumbers.format(value);
}

/** `1 day`, `12 days`. */
export function counted(value: number, noun: string, nouns = `${noun}s`): string {
  return `${count(value)} ${value === 1 ? noun : nouns}`;
}

/** `41 %`, or `less than 1 %`; the sign stays with its number. */
export function share(part: number, whole: number): string {
  if (whole === 0) return '0\u00a0%';
  const percent = (100 * part) / whole;
  return percent > 0 && percent < 1 ? 'less than 1\u00a0%' : `${Math.round(percent)}\u00a0%`;
}

/** Of the texts in pictures, about, in pixels. */
export const characterWidth = 7.2;

/** The value of a custom property of the style sheet. */
export function color(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
