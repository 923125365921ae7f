/** Reads pages as tests look at them. */

/** The page without the line breaks between and around its elements. */
export function compact(page: string): string {
  return page.replaceAll(/\s+/g, ' ').replaceAll(/> | (?=<)/g, (space) => space.trim());
}

/** Drawings for narrow screens, which repeat the others. */
const slimCharts = /<svg class="chart slim".*?<\/svg>/gs;

/** What the bars of a part, or of the whole page, say when a pointer rests on them. */
export function barsOf(page: string, section?: string): string[] {
  const text = compact(page);
  const part = section === undefined ? text : sectionOf(text, section);
  return [...part.replaceAll(slimCharts, '').matchAll(/<rect class="bar"[^>]*><title>([^<]*)<\/title>/g)].map(
    ([, title]) => title ?? '',
  );
}

function sectionOf(text: string, section: string): string {
  return new RegExp(`<section aria-labelledby="${section}">(.*?)</section>`, 's').exec(text)?.[1] ?? '';
}
