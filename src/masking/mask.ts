/** Finds secrets in text and replaces them. Pure: reads and writes nothing. */
import { formsOf, lowerCase, type Form } from './forms.ts';
import { viewsOf } from './views.ts';

/** Replaces a secret; numbered where it can be restored. */
const MASK = '[secret]';
const anyMask = /\[secret(?::(\d+))?\]/g;

/** This many characters of the beginning or end of a long form are masked too: the text was cut there. */
const fragmentLength = 8;
/** Shorter forms, and forms that are words, have no fragments: those would match ordinary words. */
const longForm = 16;
const madeOfWords = /^[a-z]+([-_. ][a-z]+)*$/;
/** What may follow the place where a text was cut. */
const closing = /[\s.…"'`)\]}>]/;
/** At the end of a text that may have been cut, this much of a beginning is enough. */
const fragmentAtCut = 4;
/** Member names are an interface: only secrets of this length that are not words are searched in them. */
const minKeyLength = 8;

/** So many secrets that no use holds any more are masked still, the latest first: messages may come late. */
const maxIdleSecrets = 100;

interface KnownSecret {
  /** In the order of their first coming. */
  number: number;
  forms: readonly Form[];
  /** When it was last added; counts additions and uses. */
  addedAt: number;
}

/** Characters `[from, to)` of a text. */
interface Span {
  from: number;
  to: number;
}

/**
 * Masks secrets anywhere in a text: as they are, in any mixture of URL, JSON and HTML encoding, in base64 and
 * base64url at any position, in any letter case, and partially where at least eight characters of their
 * beginning or end remain. Masking a masked text changes nothing.
 */
export class Mask {
  readonly #secrets = new Map<string, KnownSecret>();
  /** When each use that is under way began. */
  readonly #uses = new Set<number>();
  #forms: readonly Form[] = [];
  #numbers = 0;
  #time = 0;

  /**
   * Forgets all secrets. For tests, where many users follow one another in one process.
   * @internal
   */
  clear(): void {
    this.#secrets.clear();
    this.#forms = [];
    this.#numbers = 0;
  }

  /** Adds a secret. Empty secrets are ignored; surrounding blanks are removed. */
  add(secret: string): void {
    const bare = secret.trim();
    if (bare === '') return;
    const addedAt = ++this.#time;
    const known = this.#secrets.get(bare);
    if (known !== undefined) {
      known.addedAt = addedAt;
      return;
    }
    const forms = formsOf(bare);
    this.#secrets.set(bare, { number: ++this.#numbers, forms, addedAt });
    this.#forms = [...this.#forms, ...forms];
  }

  /**
   * Begins a use of the secrets that are added from now on. When the returned function is called, those that no other
   * use may hold are forgotten, but for the latest ones. Without any use nothing is ever forgotten.
   */
  use(): () => void {
    const began = ++this.#time;
    this.#uses.add(began);
    return () => {
      if (this.#uses.delete(began)) this.#forgetIdle();
    };
  }

  #forgetIdle(): void {
    const oldest = Math.min(...this.#uses);
    const idle = [...this.#secrets].filter(([, { addedAt }]) => addedAt < oldest);
    if (idle.length <= maxIdleSecrets) return;
    idle.sort(([, one], [, other]) => other.addedAt - one.addedAt);
    for (const [secret] of idle.slice(maxIdleSecrets)) this.#secrets.delete(secret);
    this.#forms = [...this.#secrets.values()].flatMap(({ forms }) => forms);
  }

  /** The text without secrets. `mayBeCut`: its author may have truncated it in the middle of one. */
  text(text: string, { mayBeCut = false } = {}): string {
    return maskForms(text, this.#forms, mayBeCut);
  }

  /**
   * Like `text`, but a secret that appears literally can be restored by `reveal`, in this process or in a
   * later one that added the same secrets in the same order.
   */
  conceal(text: string): string {
    return maskForms(text, this.#forms, false, (found) => {
      const known = this.#secrets.get(found);
      return known === undefined ? MASK : `[secret:${known.number}]`;
    });
  }

  /** Restores what `conceal` replaced, where it is known. */
  reveal(text: string): string {
    const secrets = new Map([...this.#secrets].map(([secret, { number }]) => [number, secret]));
    return text.replace(anyMask, (found, number) => secrets.get(Number(number)) ?? found);
  }

  /**
   * JSON text (one document, or one per line) without secrets, still valid JSON: strings, member names, and
   * numbers that equal a secret are masked. Text that is not JSON is masked like any text.
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

  /** A JSON value without secrets. */
  value(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'number') return this.#secrets.has(String(value)) ? MASK : value;
    if (Array.isArray(value)) return value.map((one) => this.value(one));
    if (typeof value !== 'object' || value === null) return value;
    const inKeys = this.#forms.filter(({ text }) => text.length >= minKeyLength && !/^[a-z_]+$/.test(text));
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
