/** Proposes options for rows without a description: what their columns seem to mean to a vendor. */
import type { RowShape } from '../../contracts/target.ts';
import type { CellType } from './cell-types.ts';
import { textFieldsOf } from '../rows/field-types.ts';
import { columnsNamedLike, mayHold, type FieldRules } from './fitting-columns.ts';
import { proposeTime, type SeenColumn, type TimeProposal } from './infer-time.ts';
import { typeOf } from './infer-type.ts';
import { isWithin, type Reshaping } from './reshape.ts';
import type { TimeReader } from '../time/time.ts';

/** A field that a vendor reads, and its source. */
export interface FieldFinding {
  field: string;
  /** Rows without it are rejected. */
  isRequired: boolean;
  /** The column or option that provides it; undefined when none does. */
  from: string | undefined;
  /** An option that provides it for all rows. */
  hint?: string;
}

export interface Proposal {
  map: { from: string; to: string }[];
  types: { at: string; type: CellType }[];
  timeFormat?: string;
  fields: FieldFinding[];
  /** Remarks for the user, as sentences. */
  notes: string[];
}

/** What is known before the columns are examined. */
export interface ProposalContext extends FieldRules {
  /** Options that the user gave. */
  given: Pick<Reshaping, 'map' | 'types' | 'set' | 'drop'>;
  reader: TimeReader;
}

/** Proposes mappings and types. Fields that a column or an option already provides are left alone. */
export function proposeOptions(columns: readonly SeenColumn[], context: ProposalContext): Proposal {
  return new ProposalBuilder(columns, context).build();
}

class ProposalBuilder {
  readonly #columns: readonly SeenColumn[];
  readonly #context: ProposalContext;
  readonly #proposal: Proposal = { map: [], types: [], fields: [], notes: [] };
  /** Names of columns that are already used. */
  readonly #taken: Set<string>;

  constructor(columns: readonly SeenColumn[], context: ProposalContext) {
    const { map, drop } = context.given;
    const gone = [...map.flatMap(({ from }) => [from, ...from.split('+')]), ...drop];
    this.#taken = new Set(gone);
    this.#columns = columns.filter(({ name, title }) => !this.#taken.has(name) && !this.#taken.has(title));
    this.#context = context;
  }

  build(): Proposal {
    const { shape } = this.#context;
    const { required, oneOf, wanted = [], columnNames = {} } = shape;
    // An object with required parts needs no entry of its own.
    const isWhole = (path: string) => required.some((other) => other.path.startsWith(`${path}.`));
    const always = required.filter(({ path, when }) => when === undefined && !isWhole(path));
    for (const { path, hint } of always) this.#note(path, { isRequired: true, hint });
    if (oneOf !== undefined) this.#findOneOf(oneOf);
    for (const path of wanted) this.#note(path, { isRequired: false });
    this.#findOptionalParts();
    const conditional = new Set(required.filter(({ when }) => when !== undefined).map(({ path }) => path));
    for (const path of Object.keys(columnNames)) {
      const isElsewhere = conditional.has(path) || oneOf?.keys.includes(path) === true;
      if (!isElsewhere && !(path in (shape.fixed ?? {}))) this.#find(path);
    }
    this.#proposeTypes();
    this.#nameTheNameless();
    return this.#proposal;
  }

  /** Two columns without a name, or with the same one, would be in each other's way. */
  #nameTheNameless(): void {
    const nameless = this.#columns.filter(({ name, title }) => name === title && /^#\d+$/.test(name));
    const moves = nameless
      .filter(({ name }) => !this.#taken.has(name))
      .map(({ name }) => ({ from: name, to: name.replace('#', 'column') }));
    this.#proposal.map.push(...moves);
    for (const { from, to } of moves)
      this.#proposal.notes.push(`column ${from} has no name of its own: it becomes ${to}`);
  }

  /** Looks for a field and adds the finding. */
  #note(field: string, { isRequired, hint }: { isRequired: boolean; hint?: string | undefined }): void {
    const from = this.#find(field);
    this.#proposal.fields.push({ field, isRequired, from, ...(hint === undefined ? {} : { hint }) });
  }

  #findOneOf({ keys, hint }: NonNullable<RowShape['oneOf']>): void {
    const given = keys.find((key) => this.#given(key) !== undefined) ?? keys.find((key) => this.#find(key));
    const from = given === undefined ? undefined : this.#given(given);
    const field = given ?? keys.join(', ');
    this.#proposal.fields.push({ field, isRequired: true, from, ...(hint === undefined ? {} : { hint }) });
    const first = this.#columns.find(({ name }) => name === from);
    if (first?.values.includes('') !== true) return;
    // Some rows may have one and the rest another, as in Scarf's own exports.
    const isOther = (key: string) =>
      this.#candidate(key)?.values.every((value, row) => value === '' || first.values[row] === '');
    const other = keys.find((key) => key !== given && isOther(key) === true);
    if (other !== undefined) this.#note(other, { isRequired: false });
  }

  /** Optional objects, such as a response: proposed with all of their required parts, or not at all. */
  #findOptionalParts(): void {
    const { required, times = [] } = this.#context.shape;
    const parts = new Set(required.flatMap(({ when }) => when ?? []));
    for (const part of parts) {
      const paths = required
        .filter(({ path, when }) => when === part && path !== part)
        .map(({ path }) => path);
      const isThere = this.#columns.some(({ title }) => isWithin(title, part)) || this.#isMade(part);
      const timesOfPart = paths.filter((path) => times.some((time) => time.path === path));
      const others = paths.filter((path) => !timesOfPart.includes(path));
      const hasOthers = others.every((path) => this.#given(path) ?? this.#candidate(path));
      if (!isThere && !hasOthers) continue;
      for (const path of others) this.#note(path, { isRequired: true });
      for (const path of timesOfPart) this.#noteTimeOfPart(path);
    }
  }

  /** Where no column has the time of an optional object, the time of the row is the closest known. */
  #noteTimeOfPart(path: string): void {
    const own = this.#given(path) ?? this.#findTime(path);
    const main = this.#proposal.map.find(({ to }) => to === this.#context.shape.times?.[0]?.path);
    if (own === undefined && main !== undefined) {
      this.#proposal.map.push({ from: main.from, to: path });
      this.#proposal.notes.push(`no column holds ${path}: ${main.from} is taken for it too`);
    }
    this.#proposal.fields.push({ field: path, isRequired: true, from: own ?? main?.from });
  }

  /** The source of a field. Maps a column to the field where one fits. */
  #find(field: string): string | undefined {
    const given = this.#given(field);
    if (given !== undefined) return given;
    if (this.#context.shape.times?.some(({ path }) => path === field)) return this.#findTime(field);
    const column = this.#candidate(field);
    if (column === undefined) return undefined;
    this.#taken.add(column.name);
    if (!(this.#context.shape.aliases?.[field] ?? []).includes(column.title)) {
      this.#proposal.map.push({ from: column.name, to: field });
    }
    if (field === this.#context.idField) {
      this.#proposal.notes.push(`${column.name} tells rows apart: of those that share one, one is kept`);
    }
    return column.name;
  }

  #findTime(field: string): string | undefined {
    const free = this.#columns.filter(({ name }) => !this.#taken.has(name));
    const named = columnsNamedLike(field, free, this.#context);
    const isMain = field === this.#context.shape.times?.[0]?.path;
    const time = proposeTime(named, isMain ? free : named, this.#context.reader);
    if (time === undefined || (!isMain && !time.isRead)) return undefined;
    this.#takeTime(field, time);
    return time.from;
  }

  #takeTime(field: string, { from, timeFormat, notes }: TimeProposal): void {
    const isColumn = this.#columns.some(({ name }) => name === from);
    for (const name of isColumn ? [from] : from.split('+')) this.#taken.add(name);
    const aliases = this.#context.shape.times?.find(({ path }) => path === field)?.aliases ?? [];
    if (!aliases.includes(from)) this.#proposal.map.push({ from, to: field });
    if (timeFormat !== undefined) this.#proposal.timeFormat = timeFormat;
    this.#proposal.notes.push(...notes);
  }

  /** The column or option that already provides a field. */
  #given(field: string): string | undefined {
    const { map, set } = this.#context.given;
    const column = this.#columns.find(({ title }) => isOnePath(title, field));
    const move = map.find(({ to }) => isOnePath(to, field));
    const own = this.#proposal.map.find(({ to }) => to === field);
    if (set.some(({ at }) => isOnePath(at, field))) return '--set';
    return column?.name ?? move?.from ?? own?.from;
  }

  #isMade(part: string): boolean {
    const { map, set } = this.#context.given;
    return [...map.map(({ to }) => to), ...set.map(({ at }) => at)].some((path) => isWithin(path, part));
  }

  /** The column that fits a field by its name and by its values. */
  #candidate(field: string): SeenColumn | undefined {
    const free = this.#columns.filter(({ name, title }) => !this.#taken.has(name) && !title.startsWith('$'));
    return columnsNamedLike(field, free, this.#context).find((column) =>
      mayHold(field, column, this.#context),
    );
  }

  #proposeTypes(): void {
    const { shape, idField, given } = this.#context;
    const isText = textFieldsOf(shape, idField);
    for (const { name, title, values, isText: areTexts, hasEmptyText } of this.#columns) {
      const isKnown = title.startsWith('$') || given.types.some(({ at }) => at === name || at === title);
      if (!areTexts || hasEmptyText || isKnown || this.#taken.has(name)) continue;
      const places = [...Object.keys(shape.fieldTypes ?? {}), ...(shape.times ?? []).map(({ path }) => path)];
      if (isText(title) || places.includes(title)) continue;
      const type = typeOf(values, this.#context.reader);
      if (type !== undefined) this.#proposal.types.push({ at: name, type });
    }
    this.#proposeJson();
  }

  /** Objects for the vendor are texts in a table, so they are typed as JSON. */
  #proposeJson(): void {
    const { fieldTypes = {} } = this.#context.shape;
    for (const { from, to } of this.#proposal.map) {
      const type = fieldTypes[to];
      if (type === undefined || type === 'text' || type === 'integer') continue;
      if (this.#columns.find(({ name }) => name === from)?.isText)
        this.#proposal.types.push({ at: from, type: 'json' });
    }
  }
}

/** The proposal as arguments of a command. */
export function proposedArguments({ map, types, timeFormat }: Proposal): string[] {
  return [
    ...map.flatMap(({ from, to }) => ['--map', `${from}=${to}`]),
    ...(timeFormat === undefined ? [] : ['--time-format', timeFormat]),
    ...types.flatMap(({ at, type }) => ['--type', `${at}:${type}`]),
  ];
}

function isOnePath(one: string, other: string): boolean {
  return isWithin(one, other) || isWithin(other, one);
}
