/** Shapes rows that are JSON text: checks them in place and edits them where they must change. */
import type { RowProblem, RowText } from '../../contracts/format.ts';
import type { FieldType } from '../../contracts/target.ts';
import { Edits } from './edits.ts';
import type { HeadBytes } from '../ids/head-bytes.ts';
import { IdMaker, ID_LENGTH, idMember, type RowSource } from '../ids/ids.ts';
import { describeBadJson } from '../json/problem.ts';
import { ObjectScan } from '../json/scan.ts';
import { isTooDeep, parseJson, TOO_DEEP, writeJson } from '../json/values.ts';
import type { PlainLines, PlainBatch, BatchRoom, TakePlain } from './plain-rows.ts';
import { compileRules, TYPE_WORDS, type CompiledRules, type RowRules } from './row-rules.ts';
import { type Outcome, type RowShaper } from './row-shaper.ts';
import { FIELD_TYPE_RULES, NOT_OF_TYPE } from './field-types.ts';
import { TYPE_CHANGED, typeProblem } from './object-fields.ts';
import { RowCodes } from './row-codes.ts';
import { hasValue, isEmptyText, isNull, isOfType, isText, isThere, valueEquals } from './row-values.ts';
import { TimeRule } from '../time/time-rule.ts';
import { skipSpace } from '../json/value-scan.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const NOTHING = Buffer.alloc(0);

export class JsonRows implements RowShaper {
  readonly edits = new Edits();
  readonly text: RowText = { bytes: NOTHING, from: 0, to: 0 };
  problem: RowProblem = { reason: '', message: '' };
  readonly changes = new RowCodes();
  readonly warnings = new RowCodes();
  hasId = false;
  readonly events = 1;

  readonly #rules: CompiledRules;
  readonly #scan: ObjectScan;
  readonly #times: readonly { probe: number; rule: TimeRule }[];
  readonly #value: RowText = { bytes: NOTHING, from: 0, to: 0 };
  readonly #ids: IdMaker | undefined;
  /** `"key":"id",` for a row without the key; ids are written at `#idAt`. */
  readonly #idMember: Buffer;
  readonly #idAt: number;
  /** The same without its comma. */
  readonly #onlyMember: Buffer;
  /** Members that the row keeps. */
  #members = 0;

  readonly #takePlain: TakePlain;

  /** `takePlain` takes rows that need no decision. */
  constructor(rules: RowRules, head: HeadBytes, takePlain: TakePlain = () => undefined) {
    this.#takePlain = takePlain;
    const { fillId, recipe, idField } = rules;
    this.#rules = compileRules(rules);
    this.#scan = new ObjectScan(this.#rules.keys);
    this.#times = this.#rules.times.map(({ probe, field }) => ({ probe, rule: new TimeRule(field, rules) }));
    this.#ids = fillId === 'off' || idField === undefined ? undefined : new IdMaker({ fillId, recipe, head });
    const { bytes, idAt } = idMember(idField ?? '');
    this.#idAt = idAt;
    this.#idMember = bytes;
    this.#onlyMember = this.#idMember.subarray(0, -1);
  }

  shape(text: RowText, source: RowSource): Outcome {
    this.#begin(text.bytes, text.from, text.to);
    const verdict = this.#scan.scan(text.bytes, text.from, text.to);
    if (verdict === 'bad') return this.#reject(describeBadJson(this.#scan, text));
    if (verdict === 'odd' && !this.#rewrite()) return this.#reject(TOO_DEEP);
    this.#members = this.#scan.members;
    const problem =
      this.#dropFixed() ??
      this.#checkOneOf() ??
      this.#checkRequired() ??
      this.#checkFields() ??
      this.#checkTimes();
    if (problem !== undefined) return this.#reject(problem);
    this.#renameKeys();
    this.#fillId(source);
    return this.edits.count === 0 ? 'as-is' : 'edited';
  }

  takePlain(lines: PlainLines, room: BatchRoom): PlainBatch | undefined {
    return this.#takePlain(lines, room, this.#ids);
  }

  #begin(bytes: Buffer, from: number, to: number): void {
    this.text.bytes = bytes;
    this.text.from = from;
    this.text.to = to;
    this.edits.clear();
    this.changes.clear();
    this.warnings.clear();
    this.hasId = false;
  }

  #reject(problem: RowProblem): Outcome {
    this.problem = problem;
    return 'rejected';
  }

  /** For repeated or escaped keys: rewrites the text with each key once and unescaped, as a parser reads it. */
  #rewrite(): boolean {
    const { bytes, from, to } = this.text;
    try {
      const plain = Buffer.from(writeJson(parseJson(bytes.toString('utf8', from, to))));
      this.text.bytes = plain;
      this.text.from = 0;
      this.text.to = plain.length;
      this.#scan.scan(plain, 0, plain.length);
      return true;
    } catch (error) {
      if (!isTooDeep(error)) throw error;
      return false;
    }
  }

  /** Removes keys whose value the address already determines. A row with another value is rejected. */
  #dropFixed(): RowProblem | undefined {
    let dropped = 0;
    for (const { key, probe, value, reason } of this.#rules.fixed) {
      if (!isThere(this.#scan, probe)) continue;
      dropped++;
      if (isNull(this.#scan, probe) || (value !== undefined && valueEquals(this.#scan, probe, value)))
        continue;
      return { reason, message: `${key} contradicts the command line` };
    }
    if (dropped > 0) this.#dropMembers();
    return undefined;
  }

  /** Removes members in their order in the text, each with a comma, so that the rest stays an object. */
  #dropMembers(): void {
    const { commaAt, keyAt, valueEnd, position } = this.#scan;
    const { bytes, to } = this.text;
    const members = this.#rules.fixed.map(({ probe }) => probe).filter((probe) => isThere(this.#scan, probe));
    members.sort((a, b) => position[a]! - position[b]!);
    members.forEach((probe, droppedBefore) => {
      if (position[probe]! > droppedBefore) {
        this.edits.replace(commaAt[probe]!, valueEnd[probe]!, NOTHING);
      } else {
        const behind = skipSpace(bytes, valueEnd[probe]!, to);
        this.edits.replace(keyAt[probe]! - 1, bytes[behind] === COMMA ? behind + 1 : behind, NOTHING);
      }
    });
    this.#members -= members.length;
    this.changes.add('key-dropped');
  }

  #checkOneOf(): RowProblem | undefined {
    const { oneOf } = this.#rules;
    if (oneOf === undefined) return undefined;
    const { keys, probes, reason } = oneOf;
    let there = 0;
    for (const probe of probes) {
      if (!hasValue(this.#scan, probe)) continue;
      there++;
      if (!isText(this.#scan, probe)) return { reason, message: `one of ${keys} must be a non-empty string` };
    }
    if (there === 1) return undefined;
    return { reason, message: `expected exactly one of ${keys}, found ${there}` };
  }

  #checkRequired(): RowProblem | undefined {
    for (const { key, probe, when, type, reason } of this.#rules.required) {
      if (when !== undefined && !hasValue(this.#scan, when)) continue;
      if (!hasValue(this.#scan, probe)) return { reason, message: `${key} is missing` };
      if (type !== undefined && !isOfType(this.#scan, probe, type)) {
        return { reason, message: `${key} must be ${TYPE_WORDS[type]}` };
      }
    }
    return undefined;
  }

  #checkFields(): RowProblem | undefined {
    for (const { key, probe, type } of this.#rules.fields) {
      if (!hasValue(this.#scan, probe)) continue;
      const from = this.#scan.valueAt[probe]!;
      if (type === 'text' && this.text.bytes[from] === QUOTE) continue;
      const problem = this.#fitField(probe, key, type);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  #fitField(probe: number, key: string, type: FieldType): RowProblem | undefined {
    const from = this.#scan.valueAt[probe]!;
    const to = this.#scan.valueEnd[probe]!;
    const written = this.text.bytes.toString('utf8', from, to);
    const value = parseJson(written);
    const fitted = FIELD_TYPE_RULES[type].fit(value);
    if (fitted === NOT_OF_TYPE) return typeProblem(key, type, written);
    if (fitted === value) return undefined;
    // Keep the digits as written: version 1.10 is not 1.1.
    const sent = type === 'text' ? written : fitted;
    this.edits.replace(from, to, Buffer.from(writeJson(sent)));
    this.changes.add(TYPE_CHANGED);
    return undefined;
  }

  #checkTimes(): RowProblem | undefined {
    for (const { probe, rule } of this.#times) {
      if (!hasValue(this.#scan, probe)) continue;
      this.#value.bytes = this.text.bytes;
      this.#value.from = this.#scan.valueAt[probe]!;
      this.#value.to = this.#scan.valueEnd[probe]!;
      const reading = rule.judge(this.#value, this.warnings);
      if (typeof reading === 'object') return reading;
      if (reading === 'plain') continue;
      this.edits.replace(this.#value.from, this.#value.to, rule.text);
      this.changes.add(reading);
    }
    return undefined;
  }

  #renameKeys(): void {
    for (const { probe, keyLength, renamed } of this.#rules.renames) {
      if (!hasValue(this.#scan, probe)) continue;
      const at = this.#scan.keyAt[probe]!;
      this.edits.replace(at, at + keyLength, renamed);
      this.changes.add('key-renamed');
    }
  }

  /** An empty or null id counts as missing and is replaced in place; an id of another type becomes a text. */
  #fillId(source: RowSource): void {
    const probe = this.#rules.id;
    if (probe === undefined) return;
    this.hasId = hasValue(this.#scan, probe) && !isEmptyText(this.#scan, probe);
    if (this.hasId) this.#writeIdAsText(probe);
    if (this.hasId || this.#ids === undefined) return;
    this.#ids.write(source, this.#idMember, this.#idAt);
    if (isThere(this.#scan, probe)) {
      const value = this.#idMember.subarray(this.#idAt - 1, this.#idAt + ID_LENGTH + 1);
      this.edits.replace(this.#scan.valueAt[probe]!, this.#scan.valueEnd[probe]!, value);
    } else {
      const behindBrace = this.#scan.openAt + 1;
      this.edits.replace(behindBrace, behindBrace, this.#members > 0 ? this.#idMember : this.#onlyMember);
    }
    this.hasId = true;
    this.changes.add('id-filled');
  }

  /** The row's own id identifies repetitions, whatever its type. */
  #writeIdAsText(probe: number): void {
    if (isText(this.#scan, probe)) return;
    const from = this.#scan.valueAt[probe]!;
    const to = this.#scan.valueEnd[probe]!;
    const written = this.text.bytes.toString('utf8', from, to);
    this.edits.replace(from, to, Buffer.from(JSON.stringify(written)));
    this.changes.add('id-to-text');
  }
}
