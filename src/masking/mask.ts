/** What is put in the place of secrets, and where it finds them. Pure: nothing here reads or writes. */
import { formsOf, lowerCase, type Form } from './forms.ts';
import { viewsOf } from './views.ts';

/** Stands in the place of a secret; with a number where it can be put back. */
const MASK = '[secret]';
const anyMask = /\[secret(?::(\d+))?\]/g;

/** A beginning or an end of a long form of so many characters is masked too: it was cut there. */
const fragmentLength = 8;
/** Forms below this, and those made of words, have no fragments: these are ordinary words too often. */
const longForm = 16;
const madeOfWords = /^[a-z]+([-_. ][a-z]+)*$/;
/** What closes a text behind the place where it was cut. */
const closing = /[\s.…"'`)\]}>]/;
/** At the end of a text that may have been cut so much of a beginning is enough. */
const fragmentAtCut = 4;
/** Names of members are an interface: only secrets of this length that are no word are looked for in them. */
const shortestInKey = 8;

/** Characters `[from, to)` of a text. */
interface Span {
  from: number;
  to: number;
}

/**
 * Masks secrets wherever they stand in a text: as they are, in any mixture of URL, JSON and HTML encoding, in base64
 * and base64url at any place of a longer text, in any letter case, and in part where at least eight characters of
 * their beginning or end are left. Masking what is masked changes nothing.
 */
export class Mask {
  readonly #secrets = new Set<string>();
  #forms: Form[] = [];

  /** Adds a secret; one that was added before, or is empty, changes nothing. Blanks around it do not belong to it. */
  add(secret: string): void {
    const bare = secret.trim();
    if (bare === '' || this.#secrets.has(bare)) return;
    this.#secrets.add(bare);
    this.#forms = [...this.#forms, ...formsOf(bare)];
  }

  /** The text without secrets. `mayBeCut`: whoever wrote it may have broken it off in the middle of one. */
  text(text: string, { mayBeCut = false } = {}): string {
    return maskForms(text, this.#forms, mayBeCut);
  }

  /**
   * Like `text`, but a secret that stands there as it is can be put back by `reveal`, in this process or in a later
   * one that added the same secrets in the same order.
   */
  conceal(text: string): string {
    const secrets = [...this.#secrets];
    return maskForms(text, this.#forms, false, (found) => {
      const index = secrets.indexOf(found);
      return index < 0 ? MASK : `[secret:${index + 1}]`;
    });
  }

  /** Puts back what `conceal` took out, where it is known. */
  reveal(text: string): string {
    const secrets = [...this.#secrets];
    return text.replace(anyMask, (found, number) => secrets[Number(number) - 1] ?? found);
  }

  /**
   * JSON text (one document, or one a line) without secrets, still JSON: masked are strings, names of members and
   * numbers that are a secret as a whole. What is no JSON is masked as any text.
   */
  json(text: string): string {
    if (this.text(text) === text) return text;
    return this.#document(text) ?? text.replace(/[^\n]+/g, (line) => this.#document(line) ?? this.text(line));
  }

  #document(text: string): string | undefined {
    try {
      const end = text.slice(text.trimEnd().length);
      return (
        JSON.stringify(this.value(JSON.parse(text)), undefined, text.trim().includes('\n') ? 2 : 0) + end
      );
    } catch {
      return undefined;
    }
  }

  /** A value of JSON without secrets. */
  value(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'number') return this.#secrets.has(String(value)) ? MASK : value;
    if (Array.isArray(value)) return value.map((one) => this.value(one));
    if (typeof value !== 'object' || value === null) return value;
    const inKeys = this.#forms.filter(({ text }) => text.length >= shortestInKey && !/^[a-z_]+$/.test(text));
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [maskForms(key, inKeys, false), this.value(one)]),
    );
  }
}

/** `maskFor`: what is put in the place of a part of the text. */
function maskForms(
  text: string,
  forms: readonly Form[],
  mayBeCut: boolean,
  maskFor: (found: string) => string = () => MASK,
): string {
  if (forms.length === 0 || text === '') return text;
  const spans: Span[] = [];
  for (const { text: viewed, origins } of viewsOf(text)) {
    const lower = lowerCase(viewed);
    for (const { from, to } of forms.flatMap((form) => find(form, lower, mayBeCut))) {
      spans.push({ from: origins?.[from] ?? from, to: origins?.[to] ?? to });
    }
  }
  return spans.length === 0 ? text : replaceSpans(text, spans, maskFor);
}

function find(form: Form, text: string, mayBeCut: boolean): Span[] {
  const whole = findAll(text, form.text, (at) => ({ from: at, to: at + form.text.length }));
  if (form.edges === 'word') return whole.filter((span) => standsAlone(text, span));
  const isLong = form.text.length >= longForm && !madeOfWords.test(form.text);
  const inPart = isLong ? fragments(form.text, text) : [];
  // A server can make these millions: too many to be the arguments of a call.
  const spans = [...whole, ...inPart, ...(mayBeCut ? cutAtEnd(form.text, text) : [])];
  return form.edges === 'base64' ? spans.map((span) => withSharedDigits(text, span)) : spans;
}

function findAll(text: string, wanted: string, spanAt: (index: number) => Span): Span[] {
  const spans: Span[] = [];
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) spans.push(spanAt(at));
  return spans;
}

/** Beginnings and ends of a form, as far as they go. Where a word goes on in another way nothing was cut. */
function fragments(form: string, text: string): Span[] {
  const beginnings = findAll(text, form.slice(0, fragmentLength), (from) => {
    let length = fragmentLength;
    while (length < form.length && text[from + length] === form[length]) length += 1;
    return { from, to: from + length };
  });
  const ends = findAll(text, form.slice(-fragmentLength), (at) => {
    let length = fragmentLength;
    const to = at + fragmentLength;
    while (length < form.length && to > length && text[to - length - 1] === form[form.length - length - 1])
      length += 1;
    return { from: to - length, to };
  });
  return [
    ...beginnings.filter(({ to }) => !isWordAt(text, to)),
    ...ends.filter(({ from }) => !isWordAt(text, from - 1)),
  ];
}

/** A beginning of the form at the end of the text, but for what closes a text that was cut. */
function cutAtEnd(form: string, text: string): Span[] {
  let to = text.length;
  while (to > 0 && closing.test(text.charAt(to - 1))) to -= 1;
  for (let length = Math.min(form.length - 1, to); length >= fragmentAtCut; length -= 1) {
    if (text.startsWith(form.slice(0, length), to - length)) return [{ from: to - length, to }];
  }
  return [];
}

function standsAlone(text: string, { from, to }: Span): boolean {
  return !isWordAt(text, from - 1) && !isWordAt(text, to);
}

function isWordAt(text: string, index: number): boolean {
  return /[\p{L}\p{N}]/u.test(text.charAt(index));
}

/** The digit on either side of a form in base64 may hold bits of the secret; behind it there may be padding. */
function withSharedDigits(text: string, { from, to }: Span): Span {
  const isDigit = (index: number) => /[a-z0-9+/_-]/.test(text.charAt(index));
  const start = from > 0 && isDigit(from - 1) ? from - 1 : from;
  let end = isDigit(to) ? to + 1 : to;
  while (text[end] === '=') end += 1;
  return { from: start, to: end };
}

/** The spans that lie within no mask, in one pass; both are in order. */
function outside(spans: readonly Span[], masks: readonly Span[]): Span[] {
  let next = 0;
  return spans.filter((span) => {
    while ((masks[next]?.to ?? Infinity) <= span.from) next += 1;
    const mask = masks[next];
    return mask === undefined || span.from < mask.from || mask.to < span.to;
  });
}

/** Spans that touch become one mask. What lies within a mask already stays. */
function replaceSpans(text: string, spans: readonly Span[], maskFor: (found: string) => string): string {
  const masks = [...text.matchAll(anyMask)].map(({ 0: mask, index }) => ({
    from: index,
    to: index + mask.length,
  }));
  const inOrder = outside(
    spans.toSorted((one, other) => one.from - other.from),
    masks,
  );
  const parts: string[] = [];
  let end = 0;
  for (let index = 0; index < inOrder.length;) {
    const { from } = inOrder[index] as Span;
    let to = from;
    for (; index < inOrder.length && (inOrder[index] as Span).from <= Math.max(to, from); index += 1)
      to = Math.max(to, (inOrder[index] as Span).to);
    parts.push(text.slice(end, from), maskFor(text.slice(from, to)));
    end = to;
  }
  return parts.join('') + text.slice(end);
}
