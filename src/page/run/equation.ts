/** The equation of outcomes as a bar: every row that was read has exactly one outcome. */
import type { Counts } from '../../records.ts';
import { formatCount } from '../../report/terminal/numbers.ts';
import { equation } from '../../report/words/delivery.ts';
import { html, type Html } from '../html.ts';

const outcomes = ['accepted', 'rejected', 'unknown', 'pending', 'skipped', 'unsent'] as const;
type Outcome = (typeof outcomes)[number];

/** The meaning of each outcome, for first-time readers. */
const meanings: Readonly<Record<Outcome, string>> = {
  accepted: 'the vendor has them',
  rejected: 'could not be delivered; kept verbatim',
  unknown: 'may or may not have arrived',
  pending: 'taken by the vendor, not judged yet',
  skipped: 'left out on purpose',
  unsent: 'not sent yet',
};

const width = 1000;
/** A share above zero is always visible, however small. */
const minWidth = 4;

export function equationSection(counts: Counts): Html {
  const present = outcomes.filter((outcome) => counts[outcome] > 0);
  const text = equation(counts);
  return html`<section aria-labelledby="rows">
    <h2 id="rows">What became of the rows</h2>
    <figure>
      <figcaption>${text}</figcaption>
      <svg
        class="equation"
        viewBox="0 0 ${width} 24"
        preserveAspectRatio="none"
        role="img"
        aria-label="${text}"
      >
        ${segments(present, counts)}
      </svg>
      <ul class="key">
        ${present.map(
          (outcome) =>
            html`<li>
              <svg viewBox="0 0 10 10" aria-hidden="true">
                <rect class="${outcome}" width="10" height="10" /></svg
              >${formatCount(counts[outcome])} ${outcome}: ${meanings[outcome]}
            </li>`,
        )}
      </ul>
    </figure>
  </section>`;
}

function segments(present: readonly Outcome[], counts: Counts): Html[] {
  const total = present.reduce((sum, outcome) => sum + counts[outcome], 0);
  const room = width - minWidth * present.length;
  let x = 0;
  return present.map((outcome) => {
    const wide = minWidth + (counts[outcome] / total) * room;
    const title = `${formatCount(counts[outcome])} ${outcome} (${shareText(counts[outcome] / total)})`;
    const segment = html`<rect
      class="${outcome}"
      x="${x.toFixed(2)}"
      y="0"
      width="${wide.toFixed(2)}"
      height="24"
      ><title>${title}</title></rect
    > `;
    x += wide;
    return segment;
  });
}

/** `12.3 %`; only the whole is shown as 100 %. */
function shareText(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.05) return 'under 0.1 %';
  if (percent < 100 && percent > 99.9) return '99.9 %';
  return `${percent.toFixed(1).replace(/\.0$/, '')} %`;
}
