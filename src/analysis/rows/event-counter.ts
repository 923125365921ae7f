/** Counts raw events. */
import { daysSinceEpoch } from '../../calendar.ts';
import { readDayNumber } from '../../replies/dedupe/row-day.ts';
import type { Facts } from '../analysis.ts';
import { FactTable, type FactLimits } from '../facts/fact-table.ts';
import { OriginCounts } from '../facts/origin-counts.ts';
import { absent, other, type Dictionary } from '../tables/dictionary.ts';
import { PairSet } from '../tables/pair-set.ts';
import { Digest, textOf, type Text } from '../tables/text.ts';
import { clientEnd, CONFIDENCE_BANDS, confidenceBand, isTrue, isUnknown, refererEnd } from './event-cells.ts';
import type { FoundCells } from './csv-cells.ts';
import type { RowCounter } from './counter.ts';

/** Some 64 MB. */
const mostIds = 6_700_000;

const FIELDS = [
  'id',
  'type',
  'package',
  'pixel',
  'version',
  'time',
  'referer',
  'user_agent',
  'platform',
  'origin_id',
  'origin_country',
  'origin_company',
  'origin_domain',
  'confidence',
  'mtc_quota_exceeded',
] as const;
const field = Object.fromEntries(FIELDS.map((name, index) => [name, index])) as Record<
  (typeof FIELDS)[number],
  number
>;

const bandTexts = CONFIDENCE_BANDS.map((band) => textOf(Buffer.from(band)));

export interface EventCounts {
  events: number;
  duplicates: number;
  withoutCompany: number;
  withoutArtifact: number;
  withoutId: number;
  withoutTime: number;
  withheld: number;
}

/** Each event once, by its id; without an id always. */
export class EventCounter implements RowCounter {
  readonly fields = FIELDS;
  rows = 0;
  readonly counts: EventCounts = {
    events: 0,
    duplicates: 0,
    withoutCompany: 0,
    withoutArtifact: 0,
    withoutId: 0,
    withoutTime: 0,
    withheld: 0,
  };
  readonly #origins = new OriginCounts();
  readonly #ids = new PairSet(mostIds);
  readonly #digest = new Digest();
  readonly #facts: FactTable;
  readonly #types;
  readonly #versions;
  readonly #clients;
  readonly #platforms;
  readonly #referers;
  readonly #confidence;

  constructor(limits?: FactLimits) {
    const options = { origins: this.#origins, ...(limits === undefined ? {} : { limits }) };
    const facts = (this.#facts = new FactTable({ source: 'events', label: '' }, options));
    this.#types = facts.breakdown('type');
    this.#versions = facts.breakdown('version');
    this.#clients = facts.breakdown('client');
    this.#platforms = facts.breakdown('platform');
    this.#referers = facts.breakdown('referer');
    this.#confidence = facts.breakdown('confidence');
  }

  count(cells: FoundCells): void {
    const { counts } = this;
    const { text, from, to } = cells;
    const day = readDayNumber(text.bytes, from[field.time] as number, to[field.time] as number);
    const dayIndex = day === 0 ? -1 : this.#facts.dayIndex(day);
    if (!this.#isNew(cells)) {
      counts.duplicates++;
      return;
    }
    counts.events++;
    if (dayIndex < 0) {
      counts.withoutTime++;
      return;
    }
    const cell = this.#countCell(cells, dayIndex);
    this.#countValues(cells, cell);
    if (to[field.origin_id] !== from[field.origin_id]) {
      this.#digest.of(text, from[field.origin_id] as number, to[field.origin_id] as number);
      this.#origins.add(this.#digest.first, this.#digest.second, { day: this.#sinceEpoch(day), cell });
    }
    this.#facts.settle();
  }

  get forgotten(): { ids: boolean; origins: boolean } {
    return { ids: this.#ids.overflowed, origins: this.#origins.hasForgotten };
  }

  folded(): string[] {
    return this.#facts.folded();
  }

  pack(): Facts | undefined {
    return this.#facts.isEmpty ? undefined : this.#facts.pack();
  }

  #isNew({ text, from, to }: FoundCells): boolean {
    const [idFrom, idTo] = [from[field.id] as number, to[field.id] as number];
    if (idFrom === idTo) {
      this.counts.withoutId++;
      return true;
    }
    this.#digest.of(text, idFrom, idTo);
    return this.#ids.add(this.#digest.first, this.#digest.second);
  }

  #countCell(cells: FoundCells, day: number): number {
    const { counts } = this;
    const facts = this.#facts;
    const isPackage = cells.from[field.package] !== cells.to[field.package];
    const artifact = this.#number(facts.artifacts, cells, isPackage ? field.package : field.pixel);
    const country = this.#number(facts.countries, cells, field.origin_country);
    const company = this.#company(cells);
    if (artifact === absent) counts.withoutArtifact++;
    if (company === absent) counts.withoutCompany++;
    else if (company !== other && !facts.domains.has(company)) this.#learnDomain(cells, company);
    const withheld = field.mtc_quota_exceeded;
    if (isTrue(cells.text.bytes, cells.from[withheld] as number, cells.to[withheld] as number))
      counts.withheld++;
    return facts.add({ day, artifact, country, company }, 1);
  }

  #countValues(cells: FoundCells, cell: number): void {
    const { text, from, to } = cells;
    this.#types.add(cell, this.#number(this.#types.dictionary, cells, field.type), 1);
    this.#versions.add(cell, this.#number(this.#versions.dictionary, cells, field.version), 1);
    this.#platforms.add(cell, this.#number(this.#platforms.dictionary, cells, field.platform), 1);
    const agentFrom = from[field.user_agent] as number;
    const agentTo = clientEnd(text.bytes, agentFrom, to[field.user_agent] as number);
    this.#clients.add(cell, this.#clients.dictionary.numberOf(text, agentFrom, agentTo, this.#digest), 1);
    if (from[field.pixel] !== to[field.pixel]) {
      const refererFrom = from[field.referer] as number;
      const refererTo = refererEnd(text.bytes, refererFrom, to[field.referer] as number);
      this.#referers.add(
        cell,
        this.#referers.dictionary.numberOf(text, refererFrom, refererTo, this.#digest),
        1,
      );
    }
    const band = confidenceBand(text.bytes, from[field.confidence] as number, to[field.confidence] as number);
    this.#confidence.add(cell, this.#bandNumber(band), 1);
  }

  #bandNumber(band: number): number {
    const text: Text | undefined = bandTexts[band];
    if (text === undefined) return absent;
    return this.#confidence.dictionary.numberOf(text, 0, text.bytes.length, this.#digest);
  }

  #lastDay = 0;
  #lastSinceEpoch = 0;

  /** Days since 1970 of a day such as 20261101. */
  #sinceEpoch(day: number): number {
    if (day === this.#lastDay) return this.#lastSinceEpoch;
    this.#lastDay = day;
    const [year, month] = [Math.floor(day / 10_000), Math.floor(day / 100) % 100];
    return (this.#lastSinceEpoch = daysSinceEpoch(year, month, day % 100));
  }

  #company(cells: FoundCells): number {
    const { text, from, to } = cells;
    const index = field.origin_company;
    if (isUnknown(text.bytes, from[index] as number, to[index] as number)) return absent;
    return this.#number(this.#facts.companies, cells, index);
  }

  #learnDomain({ text, from, to }: FoundCells, company: number): void {
    this.#facts.domains.set(
      company,
      text.bytes.toString('utf8', from[field.origin_domain], to[field.origin_domain]),
    );
  }

  #number(dictionary: Dictionary, { text, from, to }: FoundCells, index: number): number {
    return dictionary.numberOf(text, from[index] as number, to[index] as number, this.#digest);
  }
}
