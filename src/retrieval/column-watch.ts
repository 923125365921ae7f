/** Reports columns that appear in or disappear from exported tables, compared with earlier runs. */
import type { Notice } from '../contracts/sink.ts';
import type { Partition } from '../contracts/window.ts';

export class ColumnWatch {
  #known: ReadonlySet<string> | undefined;
  readonly #onNotice: (notice: Notice) => void;

  /** `known`: columns of the last run; undefined: unknown, so nothing is reported. */
  constructor(known: readonly string[] | undefined, onNotice: (notice: Notice) => void) {
    this.#known = known === undefined ? undefined : new Set(known);
    this.#onNotice = onNotice;
  }

  /**
   * Compares the tables of a window about to be committed. NDJSON is skipped, since its objects name their own
   * keys.
   */
  look(partitions: readonly Partition[]): void {
    const tables = partitions.filter(({ encoding }) => encoding === 'csv');
    if (this.#known === undefined || tables.length === 0) return;
    const now = new Set(tables.flatMap(({ columns }) => columns.map(({ name }) => name)));
    const known = this.#known;
    const more = [...now].filter((name) => !known.has(name));
    const gone = [...known].filter((name) => !now.has(name));
    this.#known = now;
    if (more.length > 0) this.#onNotice(newColumns(more));
    if (gone.length > 0) this.#onNotice(goneColumns(gone));
  }
}

function newColumns(columns: readonly string[]): Notice {
  return {
    code: 'column-new',
    message: `Scarf sends ${namesText(columns)} now, which did not come before`,
    columns,
  };
}

function goneColumns(columns: readonly string[]): Notice {
  return {
    code: 'column-gone',
    message: `Scarf does not send ${namesText(columns)} any more: new rows are empty there`,
    columns,
  };
}

function namesText(columns: readonly string[]): string {
  const names = columns.map((name) => `"${name}"`).join(', ');
  return `${columns.length === 1 ? 'the column' : 'the columns'} ${names}`;
}
