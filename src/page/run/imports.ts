/** The imports of a run: their states and times. */
import type { JobReport } from '../../records.ts';
import { countOf, formatCount, formatDuration } from '../../report/terminal/numbers.ts';
import { html, type Html } from '../html.ts';

/** The table is limited to this many; a run over terabytes has thousands. */
const maxShown = 1_000;

export function importsSection(jobs: readonly JobReport[]): Html | undefined {
  if (jobs.length === 0) return undefined;
  const shown = jobs.slice(0, maxShown);
  const more = jobs.length - shown.length;
  return html`<section aria-labelledby="imports">
    <h2 id="imports">Imports</h2>
    <p>${titleOf(jobs)}</p>
    <div class="scroll" tabindex="0" role="region" aria-label="Table of imports">
      <table>
        <thead>
          <tr>
            <th scope="col">import</th>
            <th scope="col">state</th>
            <th scope="col" class="number">rows</th>
            <th scope="col" class="number">imported</th>
            <th scope="col" class="number">failed</th>
            <th scope="col">taken (UTC)</th>
            <th scope="col">settled (UTC)</th>
            <th scope="col" class="number">took</th>
          </tr>
        </thead>
        <tbody>
          ${shown.map(rowOf)}
        </tbody>
      </table>
    </div>
    ${more > 0 ? html`<p class="quiet">${countOf(more, 'more import')} not shown: see "runs show --json".</p>` : undefined}
  </section>`;
}

function rowOf(job: JobReport): Html {
  const { id, status, rows } = job;
  const tookMs = tookOf(job);
  return html`<tr>
    <td><code>${id}</code></td>
    <td>${status}</td>
    <td class="number">${formatCount(rows)}</td>
    <td class="number">${count(job['events_successfully_imported'])}</td>
    <td class="number">${count(job['events_failed_to_import'])}</td>
    <td>${time(job['takenAt'])}</td>
    <td>${time(job['settledAt'])}</td>
    <td class="number">${tookMs === undefined ? '–' : formatDuration(tookMs)}</td>
  </tr> `;
}

function titleOf(jobs: readonly JobReport[]): string {
  const states = new Map<string, number>();
  for (const { status } of jobs) states.set(status, (states.get(status) ?? 0) + 1);
  const counted = [...states].map(([state, imports]) => `${formatCount(imports)} ${state}`).join(', ');
  const took = jobs.map(tookOf).filter((ms) => ms !== undefined);
  const times =
    took.length === 0
      ? ''
      : `; from taken to settled ${formatDuration(took.reduce((sum, ms) => sum + ms, 0) / took.length)} on average, ${formatDuration(took.reduce((most, ms) => Math.max(most, ms), 0))} at the most`;
  return `${countOf(jobs.length, 'import')}: ${counted}${times}`;
}

function tookOf(job: JobReport): number | undefined {
  const ms = Date.parse(String(job['settledAt'])) - Date.parse(String(job['takenAt']));
  return Number.isNaN(ms) ? undefined : Math.max(ms, 0);
}

/** A counter that Scarf may leave out. */
function count(value: unknown): string {
  return typeof value === 'number' ? formatCount(value) : '–';
}

function time(value: unknown): string {
  return typeof value === 'string' ? value.replace('T', ' ').replace('Z', '').slice(0, 23) : '–';
}
