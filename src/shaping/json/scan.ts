/**
 * Checks one JSON object in place: decodes and allocates nothing. Accepts exactly the objects that
 * `JSON.parse` accepts. The caller must know that the bytes are UTF-8.
 */
import { skipSpace, startsWith, ValueScan, type Wanted } from './value-scan.ts';

/** `odd`: a probed key occurs twice or contains escapes, so only a real parser can tell its value. */
export type Verdict = 'good' | 'odd' | 'bad';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const NOTHING = Buffer.alloc(0);

/** Positions of the probed top-level keys in the last object scanned. Offsets are into `bytes`. */
export class ObjectScan {
  /** The bytes scanned last. */
  bytes: Buffer = NOTHING;
  /** Per probe: the first byte after the key's opening quote, or -1 when the object has no such key. */
  readonly keyAt: Int32Array;
  /** Per probe: its value is `bytes[valueAt, valueEnd)`. */
  readonly valueAt: Int32Array;
  readonly valueEnd: Int32Array;
  /** Per probe: the comma before the member, or the opening brace. */
  readonly commaAt: Int32Array;
  /** Per probe: how many members precede it. */
  readonly position: Int32Array;
  /** Offset of the opening brace. */
  openAt = 0;
  /** Number of members. */
  members = 0;

  readonly #keys: readonly Buffer[];
  /** Probes by length of the key: the first one, and for each the next of the same length. */
  readonly #firstOfLength: Int32Array;
  readonly #nextOfLength: Int32Array;
  readonly #values = new ValueScan();
  /** A probed key was found twice, or with escapes. */
  #odd = false;

  constructor(keys: readonly string[]) {
    this.#keys = keys.map((key) => Buffer.from(key));
    this.keyAt = new Int32Array(keys.length);
    this.valueAt = new Int32Array(keys.length);
    this.valueEnd = new Int32Array(keys.length);
    this.commaAt = new Int32Array(keys.length);
    this.position = new Int32Array(keys.length);
    this.#firstOfLength = new Int32Array(Math.max(0, ...this.#keys.map((key) => key.length)) + 1).fill(-1);
    this.#nextOfLength = new Int32Array(keys.length).fill(-1);
    this.#keys.forEach((key, probe) => {
      this.#nextOfLength[probe] = this.#firstOfLength[key.length]!;
      this.#firstOfLength[key.length] = probe;
    });
  }

  /** After `bad`: the offset of the unexpected byte, and what was expected there. */
  get failedAt(): number {
    return this.#values.failedAt;
  }

  get wanted(): Wanted {
    return this.#values.wanted;
  }

  /** Scans `bytes[from, to)`, which must contain one object and otherwise only whitespace. */
  scan(bytes: Buffer, from: number, to: number): Verdict {
    for (let probe = 0; probe < this.keyAt.length; probe++) this.keyAt[probe] = -1;
    this.bytes = bytes;
    this.members = 0;
    this.#odd = false;
    this.#values.look(bytes);
    const open = skipSpace(bytes, from, to);
    if (open >= to || bytes[open] !== OPEN_OBJECT) return this.#bad(open, 'object');
    this.openAt = open;
    const close = this.#scanMembers(bytes, open + 1, to);
    if (close < 0) return 'bad';
    const end = skipSpace(bytes, close, to);
    if (end !== to) return this.#bad(end, 'end');
    return this.#odd ? 'odd' : 'good';
  }

  /**
   * Scans the members of the top-level object, from after its opening brace; returns the offset after the
   * closing one, or a negative number.
   */
  #scanMembers(bytes: Buffer, from: number, to: number): number {
    let comma = from - 1;
    let at = skipSpace(bytes, from, to);
    if (at < to && bytes[at] === CLOSE_OBJECT) return at + 1;
    for (;;) {
      if (at >= to || bytes[at] !== QUOTE) return this.#values.fail(at, 'key');
      const key = at + 1;
      this.#values.hasEscape = false;
      at = this.#values.endOfString(bytes, key, to);
      if (at < 0) return at;
      const probe = this.#probeOf(bytes, key, at - 1);
      at = skipSpace(bytes, at, to);
      if (at >= to || bytes[at] !== COLON) return this.#values.fail(at, 'colon');
      const value = skipSpace(bytes, at + 1, to);
      at = this.#values.endOfValue(bytes, value, to);
      if (at < 0) return at;
      if (probe >= 0) {
        if (this.keyAt[probe] !== -1) this.#odd = true;
        this.keyAt[probe] = key;
        this.valueAt[probe] = value;
        this.valueEnd[probe] = at;
        this.commaAt[probe] = comma;
        this.position[probe] = this.members;
      }
      this.members++;
      at = skipSpace(bytes, at, to);
      if (at >= to) return this.#values.fail(at, 'comma');
      if (bytes[at] === CLOSE_OBJECT) return at + 1;
      if (bytes[at] !== COMMA) return this.#values.fail(at, 'comma');
      comma = at;
      at = skipSpace(bytes, at + 1, to);
    }
  }

  /** The probe whose key is `bytes[from, to)`, or -1. A probed key with escapes makes the object odd. */
  #probeOf(bytes: Buffer, from: number, to: number): number {
    const length = to - from;
    if (length < this.#firstOfLength.length) {
      let probe = this.#firstOfLength[length]!;
      for (; probe >= 0; probe = this.#nextOfLength[probe]!) {
        if (startsWith(bytes, from, this.#keys[probe]!)) return probe;
      }
    }
    return this.#values.hasEscape ? this.#probeOfEscaped(bytes, from, to) : -1;
  }

  #probeOfEscaped(bytes: Buffer, from: number, to: number): number {
    const key = Buffer.from(JSON.parse(bytes.toString('utf8', from - 1, to + 1)) as string);
    const probe = this.#keys.findIndex((probed) => probed.equals(key));
    if (probe >= 0) this.#odd = true;
    return probe;
  }

  #bad(at: number, wanted: Wanted): Verdict {
    this.#values.fail(at, wanted);
    return 'bad';
  }
}
