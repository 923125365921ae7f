/** The numbers of a chart as a table that opens, for those who cannot see the chart and those who copy from it. */
import { html, type Html } from '../html.ts';

export interface ChartTable {
  /** What assistive technology calls the table. */
  label: string;
  columns: readonly TableColumn[];
  /** Texts, as many a row as there are columns. */
  rows: readonly (readonly string[])[];
}

export interface TableColumn {
  name: string;
  /** Numbers stand at the right. */
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
