/** Why rows were rejected, with the first rows of each reason as the file of rejects has them. */
import { countOf, formatCount } from '../../report/terminal/numbers.ts';
import { html, type Html } from '../html.ts';
import type { ReasonFacts, RejectFacts, RejectsFacts } from './facts.ts';

export function rejectsSection({ reasons, paths }: RejectsFacts, rejected: number): Html | undefined {
  if (rejected === 0) return undefined;
  const told = reasons.reduce((sum, { rows }) => sum + rows, 0);
  const untold = rejected - told;
  return html`<section aria-labelledby="rejects">
    <h2 id="rejects">Rejected rows</h2>
    <p>
      ${countOf(rejected, 'row')} ${rejected === 1 ? 'was' : 'were'}
      rejected${reasons.length === 0 ? '' : `, for ${countOf(reasons.length, 'reason')}`}.
    </p>
    ${paths.map((path) => html`<p>Kept verbatim in <code>${path}</code></p>`)} ${reasons.map(reasonPart)}
    ${untold > 0 ? html`<p class="quiet">Of ${countOf(untold, 'more row')} nothing is kept here that says why.</p>` : undefined}
  </section>`;
}

function reasonPart(group: ReasonFacts): Html {
  const by = group.source === 'server' ? 'refused by the vendor' : 'rejected before sending';
  return html`<h3>${formatCount(group.rows)} ${by}: ${group.reason}</h3>
    <p>${group.message}</p>
    ${group.first.length === 0 ? undefined : firstRows(group)}`;
}

function firstRows({ first, rows, reason, source }: ReasonFacts): Html {
  const which = first.length < rows ? `The first ${first.length} of ${formatCount(rows)}` : 'All of them';
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${source} rejects: ${reason}">
    <table>
      <caption>
        ${which}
      </caption>
      <thead>
        <tr>
          <th scope="col">where</th>
          <th scope="col">why</th>
          <th scope="col">row</th>
        </tr>
      </thead>
      <tbody>
        ${first.map(
          (one) =>
            html`<tr>
              <td>${placeOf(one)}</td>
              <td>${one.message}</td>
              <td><code>${one.text ?? '–'}</code></td>
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`;
}

function placeOf({ file, line, column }: RejectFacts): string {
  return `${file}:${line}${column === undefined ? '' : `:${column}`}`;
}
