/** Counts by day, artifact, country and company, and by one more value each, in bounded memory. */
import { dayNamed } from '../../calendar.ts';
import type { BreakdownName, Cells, Facts } from '../analysis.ts';
import { CountTable } from '../tables/count-table.ts';
import { Dictionary } from '../tables/dictionary.ts';
import { foldRarer } from './folding.ts';
import { packValues } from './pack.ts';
import { ValueCounts } from './value-counts.ts';

/** Maximum number of cells, and of entries per breakdown, which must be at least twice that of cells. */
export interface FactLimits {
  cells: number;
  entries: number;
}

/** Further counts by cell, kept elsewhere. */
export interface CellCounts {
  /** Cells have other numbers from now on. */
  renumber(cellOf: Int32Array): void;
  pack(cells: readonly number[]): Pick<Cells, 'newOrigins' | 'returningOrigins'>;
}

const defaultLimits: FactLimits = { cells: 32_768, entries: 65_536 };

/** Numbers of values share an integer: an artifact has 13 bits of it, a company 17. */
const artifactBase = 8192;
const companyBase = 131_072;
const maxArtifacts = 8000;
const maxCountries = 1000;
const maxCompanies = 65_536;
/** Nearly two centuries. */
const maxDays = 65_536;

export class FactTable {
  readonly source: Facts['source'];
  readonly label: string;
  readonly artifacts = new Dictionary(maxArtifacts);
  readonly countries = new Dictionary(maxCountries);
  readonly companies = new Dictionary(maxCompanies);
  /** The domain of each company, by its number, where one was told. */
  readonly domains = new Map<number, string>();
  readonly #breakdowns = new Map<BreakdownName, ValueCounts>();
  readonly #limits: FactLimits;
  readonly #origins: CellCounts | undefined;
  readonly #cells = new CountTable();
  readonly #days: number[] = [];
  readonly #dayIndexes = new Map<number, number>();
  #lastDay = -1;
  #lastIndex = -1;
  #hasFolded = false;

  constructor(
    { source, label }: Pick<Facts, 'source' | 'label'>,
    options: { limits?: FactLimits; origins?: CellCounts } = {},
  ) {
    this.source = source;
    this.label = label;
    this.#limits = options.limits ?? defaultLimits;
    this.#origins = options.origins;
  }

  /** The index of the day (`20261101`); -1 when there are too many days. */
  dayIndex(day: number): number {
    if (day === this.#lastDay) return this.#lastIndex;
    let index = this.#dayIndexes.get(day);
    if (index === undefined) {
      if (this.#days.length >= maxDays) return -1;
      index = this.#days.push(day) - 1;
      this.#dayIndexes.set(day, index);
    }
    this.#lastDay = day;
    return (this.#lastIndex = index);
  }

  dayOf(index: number): number {
    return this.#days[index] as number;
  }

  breakdown(name: BreakdownName): ValueCounts {
    let found = this.#breakdowns.get(name);
    if (found === undefined) {
      found = new ValueCounts(name, this.#limits.entries);
      this.#breakdowns.set(name, found);
    }
    return found;
  }

  /** Adds to the cell of these numbers, and returns its number, which is valid until `settle`. */
  add({ day, artifact, country, company }: CellKey, weight: number): number {
    const cell = this.#cells.entryOf(day * artifactBase + artifact, country * companyBase + company);
    this.#cells.add(cell, weight);
    return cell;
  }

  /** Adds to a cell that is there. */
  addTo(cell: number, weight: number): void {
    this.#cells.add(cell, weight);
  }

  get isOverfull(): boolean {
    return this.#cells.size > this.#limits.cells;
  }

  /** Called after rows were counted; folds dimensions that exceed their limits. */
  settle(): void {
    if (this.isOverfull) this.#fold();
  }

  /** How many cells there are. */
  get size(): number {
    return this.#cells.size;
  }

  get isEmpty(): boolean {
    return this.#cells.size === 0;
  }

  /** Names of the dimensions that were folded. */
  folded(): string[] {
    const breakdowns = [...this.#breakdowns.values()].filter(({ isFolded }) => isFolded);
    const dimensions = this.#dimensions().filter(
      ({ dictionary }) => dictionary.overflowed || (this.#hasFolded && hasFolded(dictionary)),
    );
    return [...dimensions, ...breakdowns].map(({ name }) => name);
  }

  /** Everything as plain data, days and cells in order. */
  pack(): Facts {
    const cells = this.#cells;
    const [artifacts, countries, companies] = this.#dimensions().map(({ dictionary, numberIn }) =>
      packValues(dictionary, this.#totalsBy(dictionary, numberIn)),
    ) as [ReturnType<typeof packValues>, ReturnType<typeof packValues>, ReturnType<typeof packValues>];
    const order = [...this.#days.keys()].sort((one, two) => this.dayOf(one) - this.dayOf(two));
    const dayOf = new Int32Array(order.length);
    order.forEach((index, position) => (dayOf[index] = position));
    const rows = Array.from({ length: cells.size }, (_, cell) => {
      const key = this.#keyOf(cell);
      return {
        cell,
        day: dayOf[key.day] as number,
        artifact: artifacts.numberOf(key.artifact),
        country: countries.numberOf(key.country),
        company: companies.numberOf(key.company),
      };
    }).sort(
      (one, two) =>
        one.day - two.day ||
        one.artifact - two.artifact ||
        one.country - two.country ||
        one.company - two.company,
    );
    const cellOf = new Int32Array(cells.size);
    rows.forEach(({ cell }, position) => (cellOf[cell] = position));
    const column = (name: 'day' | 'artifact' | 'country' | 'company') => rows.map((row) => row[name]);
    return {
      source: this.source,
      label: this.label,
      days: order.map((index) => dayNamed(this.dayOf(index))),
      artifacts: { values: artifacts.values },
      countries: { values: countries.values },
      companies: {
        values: companies.values,
        domains: companies.numbers.map((number) => this.domains.get(number) ?? ''),
      },
      cells: {
        day: column('day'),
        artifact: column('artifact'),
        country: column('country'),
        company: column('company'),
        count: rows.map(({ cell }) => cells.count(cell)),
        ...this.#origins?.pack(rows.map(({ cell }) => cell)),
      },
      breakdowns: [...this.#breakdowns.values()].map((breakdown) => breakdown.pack(cellOf)),
    };
  }

  #keyOf(cell: number): CellKey {
    const [first, second] = [this.#cells.first(cell), this.#cells.second(cell)];
    return {
      day: Math.floor(first / artifactBase),
      artifact: first % artifactBase,
      country: Math.floor(second / companyBase),
      company: second % companyBase,
    };
  }

  #dimensions() {
    return [
      { name: 'artifacts', dictionary: this.artifacts, numberIn: (key: CellKey) => key.artifact },
      { name: 'countries', dictionary: this.countries, numberIn: (key: CellKey) => key.country },
      { name: 'companies', dictionary: this.companies, numberIn: (key: CellKey) => key.company },
    ];
  }

  #totalsBy(dictionary: Dictionary, numberIn: (key: CellKey) => number): Float64Array {
    const totals = new Float64Array(dictionary.size);
    for (let cell = 0; cell < this.#cells.size; cell++) {
      const number = numberIn(this.#keyOf(cell));
      totals[number] = (totals[number] as number) + this.#cells.count(cell);
    }
    return totals;
  }

  /** Halves the dimension with the most values until there is room again. */
  #fold(): void {
    this.#hasFolded = true;
    while (this.#cells.size > 0.75 * this.#limits.cells) {
      const widest = this.#dimensions()
        .map((dimension) => ({ ...dimension, alive: aliveCount(dimension.dictionary) }))
        .sort((one, two) => two.alive - one.alive)[0];
      if (widest === undefined || widest.alive === 0) return;
      foldRarer(widest.dictionary, this.#totalsBy(widest.dictionary, widest.numberIn));
      this.#rebuild();
    }
  }

  #rebuild(): void {
    const cells = this.#cells;
    const cellOf = new Int32Array(cells.size);
    const { artifacts, countries, companies } = this;
    cells.renumber(
      {
        firstOf: (first) => first - (first % artifactBase) + artifacts.current(first % artifactBase),
        secondOf: (second) =>
          countries.current(Math.floor(second / companyBase)) * companyBase +
          companies.current(second % companyBase),
      },
      (from, to) => (cellOf[from] = to),
    );
    for (const breakdown of this.#breakdowns.values()) breakdown.renumber(cellOf);
    this.#origins?.renumber(cellOf);
  }
}

/** Numbers of values; `day` is an index. */
export interface CellKey {
  day: number;
  artifact: number;
  country: number;
  company: number;
}

function aliveCount(dictionary: Dictionary): number {
  let count = 0;
  for (let number = 2; number < dictionary.size; number++) if (!dictionary.isFolded(number)) count++;
  return count;
}

function hasFolded(dictionary: Dictionary): boolean {
  return aliveCount(dictionary) < dictionary.size - 2;
}
