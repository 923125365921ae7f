/** Transfers the kernel's counts by group into the fact table, and its texts into the dictionaries. */
import { daysSinceEpoch } from '../../calendar.ts';
import type { FactTable } from '../facts/fact-table.ts';
import type { ValueCounts } from '../facts/value-counts.ts';
import { absent, firstValue, other, type Dictionary } from '../tables/dictionary.ts';
import { Digest, textOf, type Text } from '../tables/text.ts';
import { CONFIDENCE_BANDS, isUnknown } from './event-cells.ts';
import { eventField } from './event-fields.ts';
import type { EventKernel } from './event-kernel.ts';

export interface EventCounts {
  events: number;
  duplicates: number;
  withoutCompany: number;
  withoutArtifact: number;
  withoutId: number;
  withoutTime: number;
  withheld: number;
}

export function noEvents(): EventCounts {
  return {
    events: 0,
    duplicates: 0,
    withoutCompany: 0,
    withoutArtifact: 0,
    withoutId: 0,
    withoutTime: 0,
    withheld: 0,
  };
}

/** Layout of a group, in words (`src/kernels/event-counts/groups.ts`). */
const word = {
  day: 0,
  artifact: 1,
  country: 2,
  company: 3,
  count: 4,
  withheld: 5,
  cell: 6,
  dayNumber: 7,
} as const;
/** Layout of a pair of group and value (`pairs.ts` there), and the tables of pairs in order. */
const pairWord = { value: 0, groupAndOne: 1, count: 2 } as const;
const pairWords = 4;
const tables = ['type', 'version', 'platform', 'client', 'referer', 'confidence'] as const;
const noCell = -1;

export class EventGroups {
  readonly #kernel: EventKernel;
  readonly #facts: FactTable;
  readonly #counts: EventCounts;
  readonly #breakdowns: readonly ValueCounts[];
  /** Per field: the dictionary that numbers its texts. */
  readonly #dictionaries: readonly (Dictionary | undefined)[];
  /** The number of each of the kernel's texts in the dictionary of its field, up to the last one that was looked up. */
  readonly #numbers: Int32Array;
  #lastText = 0;
  /** The number of each band, the last of which is none. */
  readonly #bands: Int32Array;
  readonly #digest = new Digest();

  /** Adds the counts that are not per cell to `counts`. */
  constructor(kernel: EventKernel, facts: FactTable, counts: EventCounts) {
    this.#kernel = kernel;
    this.#facts = facts;
    this.#counts = counts;
    this.#breakdowns = tables.map((name) => facts.breakdown(name));
    this.#dictionaries = dictionariesOf(facts);
    this.#numbers = new Int32Array(kernel.global('MAX_TEXTS') + 1);
    this.#numbers[0] = absent;
    this.#numbers[kernel.otherText] = other;
    const { dictionary } = facts.breakdown('confidence');
    const bands = CONFIDENCE_BANDS.map((band) => textOf(Buffer.from(band)));
    const numberOf = (band: Text) => dictionary.numberOf(band, 0, band.bytes.length, this.#digest);
    this.#bands = Int32Array.from([...bands.map(numberOf), absent]);
  }

  /** Counts the rows of the batch by group. There must be room for so many groups. */
  countBatch(): void {
    const kernel = this.#kernel;
    const before = kernel.global('groups');
    kernel.countRows();
    for (const name of ['events', 'duplicates', 'withoutId', 'withoutTime'] as const) {
      this.#counts[name] += kernel.global(name);
    }
    this.#learnTexts();
    const groups = kernel.global('groups');
    for (let group = before; group < groups; group++) this.#place(this.#recordOf(group));
    kernel.countOrigins();
  }

  /** Adds the counts of all groups to their cells, and begins without groups. */
  takeAll(): void {
    const kernel = this.#kernel;
    const groups = kernel.global('groups');
    for (let group = 0; group < groups; group++) this.#take(this.#recordOf(group));
    for (const table of tables.keys()) this.#takePairs(table);
    kernel.clearGroups();
  }

  /** Texts folded into `other` are no longer distinguished, so that there are fewer groups. */
  joinOthers(): void {
    const { numbers, words, otherText } = this.#kernel;
    for (let text = 1; text <= this.#lastText; text++) {
      if (this.#numberIn(this.#dictionaryOf(text), text) === other) numbers[words.aliases + text] = otherText;
    }
  }

  /** Makes room for other texts. */
  forgetTexts(): void {
    this.takeAll();
    this.#kernel.clearTexts();
    this.#lastText = 0;
  }

  /** In the order in which they came, so that of equally frequent ones the first is shown first. */
  #learnTexts(): void {
    const kernel = this.#kernel;
    const last = kernel.global('texts');
    for (let text = this.#lastText + 1; text <= last; text++) {
      const dictionary = this.#dictionaryOf(text);
      const isCompany = dictionary === this.#facts.companies;
      this.#numbers[text] = isCompany
        ? this.#learnCompany(text)
        : dictionary.numberOf(kernel.text, ...this.#rangeOf(text, 'text'), this.#digest);
    }
    this.#lastText = last;
  }

  /** Finds the cell of a new group. */
  #place(record: number): void {
    const { numbers, words } = this.#kernel;
    const facts = this.#facts;
    const day = numbers[record + word.day] as number;
    const index = facts.dayIndex(day);
    if (index < 0) {
      numbers[record + word.cell] = noCell;
      return;
    }
    numbers[record + word.cell] = facts.add({ day: index, ...this.#keyOf(record) }, 0);
    numbers[record + word.dayNumber] = index;
    numbers[words.daysSinceEpoch + index] = daysSinceEpoch(
      Math.floor(day / 10_000),
      Math.floor(day / 100) % 100,
      day % 100,
    );
  }

  #keyOf(record: number) {
    const facts = this.#facts;
    const { numbers } = this.#kernel;
    return {
      artifact: this.#numberIn(facts.artifacts, numbers[record + word.artifact] as number),
      country: this.#numberIn(facts.countries, numbers[record + word.country] as number),
      company: this.#numberIn(facts.companies, numbers[record + word.company] as number),
    };
  }

  #take(record: number): void {
    const { numbers } = this.#kernel;
    const counts = this.#counts;
    const count = numbers[record + word.count] as number;
    const cell = numbers[record + word.cell] as number;
    if (cell === noCell) {
      counts.withoutTime += count;
      return;
    }
    this.#facts.addTo(cell, count);
    counts.withheld += numbers[record + word.withheld] as number;
    if (numbers[record + word.artifact] === 0) counts.withoutArtifact += count;
    if (this.#numbers[numbers[record + word.company] as number] === absent) {
      counts.withoutCompany += count;
    }
  }

  #takePairs(table: number): void {
    const { numbers, words, pairSlots } = this.#kernel;
    const values = this.#breakdowns[table] as ValueCounts;
    const { dictionary } = values;
    const isOfBands = tables[table] === 'confidence';
    const first = words.pairs + table * pairWords * pairSlots;
    for (let pair = first; pair < first + pairWords * pairSlots; pair += pairWords) {
      const groupAndOne = numbers[pair + pairWord.groupAndOne] as number;
      if (groupAndOne === 0) continue;
      const cell = numbers[this.#recordOf(groupAndOne - 1) + word.cell] as number;
      if (cell === noCell) continue;
      const value = numbers[pair + pairWord.value] as number;
      const number = isOfBands
        ? dictionary.current(this.#bands[value] as number)
        : this.#numberIn(dictionary, value);
      values.add(cell, number, numbers[pair + pairWord.count] as number);
    }
  }

  #numberIn(dictionary: Dictionary, text: number): number {
    return dictionary.current(this.#numbers[text] as number);
  }

  #learnCompany(text: number): number {
    const { text: memory } = this.#kernel;
    const { companies, domains } = this.#facts;
    const [from, to] = this.#rangeOf(text, 'text');
    if (isUnknown(memory.bytes, from, to)) return absent;
    const company = companies.numberOf(memory, from, to, this.#digest);
    if (company >= firstValue && !domains.has(company)) {
      domains.set(company, memory.bytes.toString('utf8', ...this.#rangeOf(text, 'domain')));
    }
    return company;
  }

  #dictionaryOf(text: number): Dictionary {
    const { text: memory, words } = this.#kernel;
    return this.#dictionaries[memory.bytes[4 * words.textFields + text] as number] as Dictionary;
  }

  #rangeOf(text: number, of: 'text' | 'domain'): [number, number] {
    const { numbers, words } = this.#kernel;
    const from = numbers[words[`${of}From`] + text] as number;
    return [from, numbers[words[`${of}To`] + text] as number];
  }

  #recordOf(group: number): number {
    return this.#kernel.words.groupRecords + group * this.#kernel.groupWords;
  }
}

/** By the kernel's field of a text; packages and pixels are artifacts and share a field. */
function dictionariesOf(facts: FactTable): (Dictionary | undefined)[] {
  const dictionaries: (Dictionary | undefined)[] = [];
  dictionaries[eventField.package] = facts.artifacts;
  dictionaries[eventField.origin_country] = facts.countries;
  dictionaries[eventField.origin_company] = facts.companies;
  dictionaries[eventField.type] = facts.breakdown('type').dictionary;
  dictionaries[eventField.version] = facts.breakdown('version').dictionary;
  dictionaries[eventField.platform] = facts.breakdown('platform').dictionary;
  dictionaries[eventField.user_agent] = facts.breakdown('client').dictionary;
  dictionaries[eventField.referer] = facts.breakdown('referer').dictionary;
  return dictionaries;
}
