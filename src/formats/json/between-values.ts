/** What stands between the values of JSON: separators, brackets of arrays, and what is around a list of rows. */
import type { ScanStart } from '../../contracts/format.ts';
import { markLength } from '../encoding.ts';
import { RECORD_SEPARATOR } from './elements.ts';
import { endOfEnvelope, lineEnds } from './envelope.ts';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/**
 * What precedes the next value: `outside` nothing, `fresh` a comma or an opening bracket, `used` a value,
 * `closed` a closing bracket.
 */
type Position = 'outside' | 'fresh' | 'used' | 'closed';

/** What was seen so far, as data. */
export interface Standing {
  line: number;
  position: Position;
  depth: number;
  outerDepth: number;
  isInList: boolean;
}

export class BetweenValues {
  line: number;
  /** Inside the list of rows of an envelope. */
  isInList = false;
  #position: Position;
  /** Number of open arrays; inside a list of rows, of those in it. */
  #depth: number;
  /** Number of open arrays around the envelope. */
  #outerDepth = 0;
  /** The pass begins in the middle, where more arrays are taken to be open than may be. */
  readonly #isInner: boolean;
  /** Number of objects around a list of rows. */
  readonly #levels: number;

  /**
   * `levels`: the number of objects around a list of rows; 0 where rows are the values themselves. A pass in the
   * middle begins with a row of such a list, or behind one. Without such objects it may begin behind the array, all of
   * which an earlier run has read: no row ends in a bracket.
   */
  constructor({ atStart, head, line, before }: ScanStart, levels: number) {
    const isInArray = !atStart && beginsArray(head);
    this.line = line;
    this.#position = isInArray ? 'fresh' : 'outside';
    this.#depth = isInArray ? 1 : 0;
    this.#isInner = !atStart;
    this.#levels = levels;
    if (levels === 0 && before !== undefined && endsArray(before)) this.#close();
    if (atStart || levels === 0) return;
    this.#enter();
    this.#position = 'outside';
  }

  get standing(): Standing {
    return {
      line: this.line,
      position: this.#position,
      depth: this.#depth,
      outerDepth: this.#outerDepth,
      isInList: this.isInList,
    };
  }

  restore({ line, position, depth, outerDepth, isInList }: Standing): void {
    this.line = line;
    this.#position = position;
    this.#depth = depth;
    this.#outerDepth = outerDepth;
    this.isInList = isInList;
  }

  /** No array and no list of rows is open. */
  get isOutermost(): boolean {
    return this.#depth === 0 && !this.isInList;
  }

  /** Whether the input may end here. */
  get isWhole(): boolean {
    return this.isOutermost || (this.#isInner && this.#position === 'closed' && !this.isInList);
  }

  /**
   * Skips white space, commas, brackets and what is around lists of rows. The offset of the next value, or `to`;
   * undefined when more bytes must tell where an envelope ends.
   */
  skip(bytes: Buffer, from: number, to: number): number | undefined {
    for (let at = from; at < to; at++) {
      const byte = bytes[at]!;
      if (byte === NEWLINE) this.line++;
      else if (byte === SPACE || byte === TAB || byte === RETURN || byte === RECORD_SEPARATOR) continue;
      else if (byte === COMMA) this.#position = 'fresh';
      else if (byte === OPEN_ARRAY) this.#open();
      else if (byte !== CLOSE_ARRAY) return at;
      else if (!this.isInList || this.#depth > 0) this.#close();
      else {
        const end = endOfEnvelope(bytes, at + 1, to, this.#levels);
        if (end < 0) return undefined;
        this.passOver(bytes, at, end);
        this.#leave();
        at = end - 1;
      }
    }
    return to;
  }

  /** Counts the line ends in bytes that are no row. */
  passOver(bytes: Buffer, from: number, to: number): void {
    this.line += lineEnds(bytes, from, to);
  }

  /** Passes over the beginning of an envelope to the inside of its list, which begins at `start`. Returns that. */
  enterList(bytes: Buffer, from: number, start: number): number {
    this.passOver(bytes, from, start);
    this.#enter();
    return start;
  }

  /** Takes note of a value over so many line ends. Returns whether it lacks a comma in front of it. */
  takeValue(lines: number): boolean {
    const lacksComma = this.#position === 'used' && !this.isOutermost;
    this.line += lines;
    this.#position = 'used';
    return lacksComma;
  }

  #enter(): void {
    this.isInList = true;
    this.#position = 'fresh';
    this.#outerDepth = this.#depth;
    this.#depth = 0;
  }

  #leave(): void {
    this.isInList = false;
    this.#position = 'used';
    this.#depth = this.#outerDepth;
  }

  #open(): void {
    this.#position = 'fresh';
    this.#depth++;
  }

  #close(): void {
    this.#position = 'closed';
    this.#depth = Math.max(0, this.#depth - 1);
  }
}

function beginsArray(head: Buffer): boolean {
  return /^\s*\[/.test(head.toString('latin1', markLength(head), markLength(head) + 1024));
}

function endsArray(before: Buffer): boolean {
  return before.toString('latin1').trimEnd().endsWith(']');
}
