/** How many rows were settled when. Each process of the run is a section of the chart; the time between is omitted. */
import { countOf, formatBytes, formatCount, formatDuration } from '../../report/terminal/numbers.ts';
import { html, type Html } from '../html.ts';
import { barChart, type Bar } from './bars.ts';
import { chartTable } from './chart-table.ts';
import type { HistoryFacts } from './facts.ts';

/** Rows that were settled between two times, in milliseconds since the epoch. */
interface Span {
  fromMs: number;
  toMs: number;
  rows: number;
  bytes: number;
}

/** Outcomes that arrive together belong to one bar. */
const minSpanMs = 50;

export function throughputSection({ stretches }: HistoryFacts): Html | undefined {
  const parts = stretches
    .map(({ fromMs, samples }) => spansOf(fromMs, samples))
    .filter((spans) => spans.length > 0);
  const spans = parts.flat();
  if (spans.length === 0) return undefined;
  const title = titleOf(spans);
  return html`<section aria-labelledby="throughput">
    <h2 id="throughput">Throughput over time</h2>
    <figure>
      <figcaption>${title}</figcaption>
      ${barChart({ title, unit: 'rows settled a second', across: 'time of day (UTC)', ...placed(parts) })}
      ${chartTable({
        label: 'Throughput as a table',
        columns: [
          { name: 'from (UTC)' },
          { name: 'to (UTC)' },
          { name: 'rows', isNumber: true },
          { name: 'rows a second', isNumber: true },
          { name: 'size', isNumber: true },
        ],
        rows: spans.map((span) => [
          timeText(span.fromMs),
          timeText(span.toMs),
          formatCount(span.rows),
          rateText(span),
          formatBytes(span.bytes),
        ]),
      })}
    </figure>
  </section>`;
}

function spansOf(startMs: number, samples: HistoryFacts['stretches'][number]['samples']): Span[] {
  const spans: Span[] = [];
  let fromMs = startMs;
  for (const { atMs, rows, bytes } of samples) {
    const last = spans.at(-1);
    if (last !== undefined && atMs - fromMs < minSpanMs) {
      Object.assign(last, {
        toMs: Math.max(atMs, last.toMs),
        rows: last.rows + rows,
        bytes: last.bytes + bytes,
      });
    } else {
      spans.push({ fromMs, toMs: Math.max(atMs, fromMs + minSpanMs), rows, bytes });
    }
    fromMs = spans.at(-1)?.toMs ?? atMs;
  }
  return spans;
}

function titleOf(spans: readonly Span[]): string {
  const rows = spans.reduce((sum, span) => sum + span.rows, 0);
  const ms = spans.reduce((sum, span) => sum + span.toMs - span.fromMs, 0);
  const most = Math.max(...spans.map(rateOf));
  const average = formatCount((rows / ms) * 1000);
  return `${countOf(rows, 'row')} settled in ${formatDuration(ms)}: ${average} a second on average, ${formatCount(most)} at the most`;
}

function placed(parts: readonly (readonly Span[])[]) {
  const totalMs = parts.flat().reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const bars: Bar[] = [];
  const ticks: { at: number; label: string }[] = [];
  const breaks: number[] = [];
  let beforeMs = 0;
  for (const spans of parts) {
    const first = spans[0]!;
    const last = spans.at(-1)!;
    if (beforeMs > 0) breaks.push(beforeMs / totalMs);
    ticks.push({ at: beforeMs / totalMs, label: clockText(first.fromMs) });
    for (const span of spans) {
      const from = beforeMs / totalMs;
      beforeMs += span.toMs - span.fromMs;
      bars.push({ from, to: beforeMs / totalMs, value: rateOf(span), title: spanText(span) });
    }
    if (spans === parts.at(-1)) ticks.push({ at: 1, label: clockText(last.toMs) });
  }
  return { bars, ticks: ticks.filter(hasRoom), breaks };
}

/** Labels of short sections would overlap. */
function hasRoom({ at }: { at: number }, index: number, ticks: readonly { at: number }[]): boolean {
  const isEnd = index === 0 || index === ticks.length - 1;
  return isEnd || (at - (ticks[index - 1]?.at ?? 0) > 0.12 && 1 - at > 0.12);
}

function spanText(span: Span): string {
  return `${clockText(span.fromMs)} to ${clockText(span.toMs)}: ${countOf(span.rows, 'row')}, ${rateText(span)} a second`;
}

function rateOf({ fromMs, toMs, rows }: Span): number {
  return (rows / (toMs - fromMs)) * 1000;
}

function rateText(span: Span): string {
  const rate = rateOf(span);
  return rate < 10 ? String(Number(rate.toPrecision(2))) : formatCount(rate);
}

function timeText(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').slice(0, 23);
}

function clockText(ms: number): string {
  return `${new Date(ms).toISOString().slice(11, 19)} UTC`;
}
