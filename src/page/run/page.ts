/** The result of an import or ingest as a page that a CI job can keep as an artifact. */
import { countOf, formatBytes, formatCount, formatDuration } from '../../report/terminal/numbers.ts';
import { equation } from '../../report/words/delivery.ts';
import { changeText, warningText } from '../../report/words/rows.ts';
import { html, type Html } from '../html.ts';
import { renderPage } from '../skeleton.ts';
import { daysSection } from './days.ts';
import { equationSection } from './equation.ts';
import type { InputFacts, RunFacts } from './facts.ts';
import { importsSection } from './imports.ts';
import { rejectsSection } from './rejects.ts';
import { runStyles } from './styles.ts';
import { throughputSection } from './throughput.ts';

/** The page as HTML. All facts are escaped; secrets must have been masked by the caller. */
export function runPage(facts: RunFacts): string {
  return renderPage({
    title: titleOf(facts),
    subtitle: subtitleOf(facts),
    styles: runStyles,
    body: html`${verdict(facts)} ${problems(facts)} ${equationSection(facts.counts)}
    ${throughputSection(facts.history)} ${importsSection(facts.jobs)}
    ${rejectsSection(facts.rejects, facts.counts.rejected)} ${daysSection(facts.history)} ${notes(facts)}
    ${inputsSection(facts.inputs)} ${about(facts)}`,
  });
}

/** The table is limited to this many inputs. */
const maxInputs = 1_000;

function titleOf({ command, inputs }: RunFacts): string {
  const names = inputs.length === 1 ? inputs[0]!.path : countOf(inputs.length, 'input');
  return inputs.length === 0 ? `scarf-cli ${command}` : `${command} of ${names}`;
}

function subtitleOf({ vendor, startedAt, endedAt }: RunFacts): string {
  const started = startedAt === undefined ? '' : `, begun ${timeText(startedAt)} UTC`;
  const ended = endedAt === undefined ? '' : `, ended ${timeText(endedAt)} UTC`;
  return `To ${vendor}${started}${ended}`;
}

function verdict({ exit, counts }: RunFacts): Html {
  if (exit === undefined) return html`<p class="verdict flawed">Not finished: ${equation(counts)} so far</p>`;
  const look = exit.code === 0 ? '' : exit.code === 3 ? ' flawed' : ' failed';
  return html`<p class="verdict${look}">Exit code ${exit.code}: ${exit.meaning}</p>`;
}

function problems({ errors }: RunFacts): Html | undefined {
  if (errors.length === 0) return undefined;
  return html`<section aria-labelledby="errors">
    <h2 id="errors">Errors</h2>
    <ul>
      ${errors.map((error) => html`<li>${error.kind}: ${error.message}${hintOf(error)}</li>`)}
    </ul>
  </section>`;
}

/** Warnings and changes to rows, one sentence each. */
function notes({ vendor, changes, warnings, notices, timeZone = 'UTC' }: RunFacts): Html | undefined {
  const warned = Object.entries(warnings).filter(([, count]) => count > 0);
  const changed = Object.entries(changes).filter(([, rows]) => rows > 0);
  if (warned.length + changed.length + notices.length === 0) return undefined;
  return html`<section aria-labelledby="warnings">
    <h2 id="warnings">Warnings and changes to rows</h2>
    <ul>
      ${notices.map((notice) => html`<li>${notice.message}${hintOf(notice)}</li>`)}
      ${warned.map(([code, count]) => html`<li>${warningText(code, count, { vendor })}</li>`)}
      ${changed.map(([code, rows]) => html`<li>${changeText(code, rows, timeZone)}</li>`)}
    </ul>
  </section>`;
}

function hintOf({ hint }: { hint?: string }): Html | undefined {
  return hint === undefined ? undefined : html` <span class="quiet">(${hint})</span>`;
}

function inputsSection(inputs: readonly InputFacts[]): Html | undefined {
  if (inputs.length === 0) return undefined;
  const shown = inputs.slice(0, maxInputs);
  const more = inputs.length - shown.length;
  return html`<section aria-labelledby="inputs">
    <h2 id="inputs">Inputs</h2>
    <div class="scroll" tabindex="0" role="region" aria-label="Table of inputs">
      <table>
        <thead>
          <tr>
            <th scope="col">input</th>
            <th scope="col" class="number">rows</th>
            <th scope="col" class="number">size</th>
          </tr>
        </thead>
        <tbody>
          ${shown.map(
            ({ path, rows, bytes }) =>
              html`<tr>
                <td>${path}</td>
                <td class="number">${formatCount(rows)}</td>
                <td class="number">${formatBytes(bytes)}</td>
              </tr> `,
          )}
        </tbody>
      </table>
    </div>
    ${more > 0 ? html`<p class="quiet">${countOf(more, 'more input')} not shown.</p>` : undefined}
  </section>`;
}

function about({ run, commandLine, endpoint, thisRun, goOn, startedAt, endedAt }: RunFacts): Html {
  const tookMs = Date.parse(endedAt ?? '') - Date.parse(startedAt ?? '');
  const facts: [string, string | undefined][] = [
    ['run', run],
    ['command', commandLine],
    ['endpoint', endpoint],
    ['took', Number.isNaN(tookMs) ? undefined : formatDuration(Math.max(tookMs, 0))],
    ['the last process', thisRun === undefined ? undefined : equation(thisRun)],
    ['go on', goOn],
  ];
  return html`<section aria-labelledby="about">
    <h2 id="about">About this run</h2>
    <dl>
      ${facts.map(([name, value]) =>
        value === undefined
          ? undefined
          : html`<dt>${name}</dt>
              <dd>${value}</dd>`,
      )}
    </dl>
  </section>`;
}

function timeText(time: string): string {
  return time.replace('T', ' ').replace(/(\.\d+)?Z$/, '');
}
