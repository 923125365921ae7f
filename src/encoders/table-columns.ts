/** The columns of an output file: those that the user chose, else those of its first partition. */
import type { Column } from '../contracts/dataset.ts';
import type { Partition } from '../contracts/window.ts';

export interface ColumnChoice {
  /** `--columns`, in the user's order; undefined: all. */
  columns?: readonly string[];
  /**
   * A column that the path of the file holds (`date=2026-11-01/`): engines that read the directory make one of it, and
   * most refuse files that have it too. Never in the file, whatever the letter case.
   */
  partitionColumn?: string;
  /** Told once for each name that a later partition has and the file has not. */
  onLeftOut: (name: string) => void;
  /** Told of each name in `columns` that the rows do not have. */
  onMissing: (name: string) => void;
}

/** The columns without the one that is in the path. */
export function withoutPartition(
  columns: readonly Column[],
  { partitionColumn }: Pick<ColumnChoice, 'partitionColumn'>,
): readonly Column[] {
  return partitionColumn === undefined
    ? columns
    : columns.filter(({ name }) => name.toLowerCase() !== partitionColumn);
}

/** Fixed by the first partition; later partitions are matched by name. */
export class TableColumns {
  readonly #choice: ColumnChoice;
  readonly #leftOut = new Set<string>();
  #columns: readonly Column[] | undefined;

  constructor(choice: ColumnChoice, begun?: readonly Column[]) {
    this.#choice = choice;
    this.#columns = begun;
  }

  get names(): readonly string[] {
    return (this.#columns ?? []).map(({ name }) => name);
  }

  /** The file's columns, given those of a partition. */
  fit(columns: readonly Column[]): readonly Column[] {
    if (this.#columns !== undefined) {
      this.#noteLeftOut(columns);
      return this.#columns;
    }
    const known = new Set(columns.map(({ name }) => name));
    for (const name of this.#choice.columns ?? []) if (!known.has(name)) this.#choice.onMissing(name);
    return (this.#columns = this.#choose(columns));
  }

  /** Columns of a partition that the file, once begun, does not have. */
  lacks(columns: readonly Column[]): readonly Column[] {
    if (this.#columns === undefined || this.#choice.columns !== undefined) return [];
    const known = new Set(this.names);
    return withoutPartition(columns, this.#choice).filter(
      ({ isAbsent, name }) => isAbsent !== true && !known.has(name),
    );
  }

  /** Whether a partition has exactly the file's columns, in the file's order. */
  matches(partition: Partition): boolean {
    const columns = this.#columns ?? this.#choose(partition.columns);
    return (
      partition.columns.length === columns.length &&
      partition.columns.every(({ name }, index) => name === columns[index]?.name)
    );
  }

  #choose(columns: readonly Column[]): readonly Column[] {
    const types = new Map(columns.map(({ name, type }) => [name, type]));
    const chosen = this.#choice.columns?.map((name) => ({ name, type: types.get(name) ?? 'text' }));
    return withoutPartition(chosen ?? columns, this.#choice);
  }

  #noteLeftOut(columns: readonly Column[]): void {
    if (this.#choice.columns !== undefined) return;
    const known = new Set(this.names);
    for (const { isAbsent, name } of withoutPartition(columns, this.#choice)) {
      if (isAbsent === true || known.has(name) || this.#leftOut.has(name)) continue;
      this.#leftOut.add(name);
      this.#choice.onLeftOut(name);
    }
  }
}
