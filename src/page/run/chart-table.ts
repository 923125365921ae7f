/** The numbers of a chart as a table that can be opened: for screen readers, and to copy from. */
import { html, type Html } from '../html.ts';

export interface ChartTable {
  /** The accessible name of the table. */
  label: string;
  columns: readonly TableColumn[];
  /** One text per column. */
  rows: readonly (readonly string[])[];
}

export interface TableColumn {
  name: string;
  /** Numbers are aligned to the right. */
  isNumber?: boolean;
}

export function chartTable({ label, columns, rows }: ChartTable): Html {
  return html`<details>
    <summary>The same as a table</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="${label}">
      <table>
        <thead>
          <tr>
            ${columns.map((column) => html`<th scope="col" class="${classOf(column)}">${column.name}</th> `)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (row) =>
              html`<tr>
                ${row.map((text, at) => html`<td class="${classOf(columns[at])}">${text}</td> `)}
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

function classOf(column: TableColumn | undefined): string {
  return column?.isNumber === true ? 'number' : '';
}
