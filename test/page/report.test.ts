import fc from 'fast-check';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Analyser } from '../../src/analysis/analyser.ts';
import { renderReport } from '../../src/page/report/report-page.ts';
import { csvOf, EVENT_COLUMNS, eventRow, withRepetitions, type EventRow } from '../analysis/rows.ts';
import { browserTimeoutMs, noBrowser, openFile, startBrowser, type OpenPage } from './browser.ts';
import { accessibilityViolations } from './violations.ts';

const script = '<script>alert(1)</script>';
/** The same rows each time. */
const rows = withRepetitions(fc.sample(eventRow, { numRuns: 500, seed: 18 }));
const events = [...new Map(rows.map((row) => [row.id, row])).values()];
const companies = [
  {
    company_name: script,
    company_domain: 'script.example',
    funnel_stage: 'interest',
    total_events: '7',
    interest_start_date: '2026-10-02',
    company_country: 'DE',
  },
  {
    company_name: 'Acme',
    company_domain: 'acme.example',
    funnel_stage: 'ongoing-usage',
    total_events: '70',
    interest_start_date: '2026-09-02',
    ongoing_usage_start_date: '2026-10-03',
    company_country: 'US',
  },
  {
    company_name: '"><img src=x onerror=alert(1)>',
    company_domain: 'image.example',
    funnel_stage: 'inactive',
    total_events: '12',
  },
];

let directory = '';
let file = '';
let browser: Browser;

describe.skipIf(noBrowser !== undefined)(
  `the report in a browser${noBrowser === undefined ? '' : `: ${noBrowser}`}`,
  () => {
    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'page-'));
      file = join(directory, 'report.html');
      await writeFile(file, await makePage());
      browser = await startBrowser();
    }, browserTimeoutMs);
    afterAll(async () => {
      await browser.close();
      await rm(directory, { recursive: true });
    }, browserTimeoutMs);

    it(
      'draws every chart, asks nobody for anything, and shows hostile values as text',
      { timeout: browserTimeoutMs },
      async () => {
        await withPage(async ({ page, requests, complaints }) => {
          expect(await page.locator('figure.chart h3').allTextContents()).toHaveLength(13);
          expect(await page.locator('#events figure canvas').count()).toBe(4);
          expect(await page.locator('#companies-table tbody th').allTextContents()).toContain(script);
          expect(await page.locator('h1').textContent()).toBe(`Report ${script}`);
          expect(await page.locator('script').count()).toBe(2);
          expect(await page.locator('main img').count()).toBe(0);
          expect(requests).toEqual([]);
          expect(complaints).toEqual([]);
        });
      },
    );

    it.each(['light', 'dark'] as const)(
      'is accessible in %s colours',
      { timeout: browserTimeoutMs },
      async (colorScheme) => {
        await withPage(
          async ({ page }) => {
            for (const summary of await page.locator('details > summary').all()) await summary.click();
            expect(await accessibilityViolations(page)).toEqual([]);
          },
          { colorScheme },
        );
      },
    );

    it('is accessible and as wide as the screen on a phone', { timeout: browserTimeoutMs }, async () => {
      await withPage(
        async ({ page }) => {
          expect(await accessibilityViolations(page)).toEqual([]);
          const excess = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
          expect(await page.evaluate<number>(excess)).toBeLessThanOrEqual(0);
        },
        { viewport: { width: 390, height: 844 } },
      );
    });

    it('applies filters to all charts at once', { timeout: browserTimeoutMs }, async () => {
      await withPage(async ({ page }) => {
        const days = (row: EventRow) => row.time >= '2026-10-05' && row.time < '2026-10-21';
        const artifact = (row: EventRow) => row.package === 'tool' || row.pixel === 'tool';
        await page.locator('#filter-from').fill('2026-10-05');
        await page.locator('#filter-to').fill('2026-10-20');
        await shows(page, '#status', events.filter(days).length);
        await page.locator('#filter-artifact').fill('tool');
        const chosen = events.filter((row) => days(row) && artifact(row));
        await shows(page, '#status', chosen.length);
        expect(await tableOf(page, '#events-by-country')).toEqual(
          countBy(chosen, (row) => row.origin_country),
        );
        expect(await tableOf(page, '#events-by-platform')).toEqual(countBy(chosen, (row) => row.platform));
        await page.locator('#filter-artifact').fill('');
        await page.locator('#filter-country').fill(script);
        const there = events.filter((row) => days(row) && row.origin_country === script);
        expect(there.length).toBeGreaterThan(0);
        await shows(page, '#status', there.length);
        expect(await tableOf(page, '#events-by-client')).toEqual(
          countBy(there, (row) => /^[^/ ]*/.exec(row.user_agent)?.[0] ?? ''),
        );
        await page.locator('#filter-country').fill('Nowhere');
        await shows(page, '#status', 0);
        expect(await page.locator('#events-by-platform h3').textContent()).toBe(
          'No events match the filters',
        );
        await page.getByRole('button', { name: 'Show everything' }).click();
        await shows(page, '#status', events.length);
        await page.locator('#filter-company').fill('Acme');
        await shows(page, '#status', events.filter((row) => row.origin_company === 'Acme').length);
        expect(await page.locator('#companies-table tbody tr').count()).toBe(1);
      });
    });

    it('sorts and searches tables, by keyboard too', { timeout: browserTimeoutMs }, async () => {
      await withPage(async ({ page }) => {
        const names = () => page.locator('#companies-table tbody th').allTextContents();
        const heading = page.locator('#companies-table thead').getByRole('button', { name: 'events' });
        await heading.focus();
        await page.keyboard.press('Enter');
        await soon(names).toEqual(['Acme', '"><img src=x onerror=alert(1)>', script]);
        await page.keyboard.press('Enter');
        await soon(names).toEqual([script, '"><img src=x onerror=alert(1)>', 'Acme']);
        expect(await page.locator('#companies-table th[aria-sort=ascending]').textContent()).toBe('events');
        await page.locator('#companies-table input').fill('ACME');
        await soon(names).toEqual(['Acme']);
      });
    });

    it('tells the numbers of a day to the keyboard', { timeout: browserTimeoutMs }, async () => {
      await withPage(async ({ page }) => {
        const chart = page.locator('#events-types .picture');
        const legend = () => chart.locator('.u-legend').textContent();
        await chart.focus();
        await page.keyboard.press('Home');
        await soon(legend).toContain(events.map(({ time }) => time.slice(0, 10)).sort()[0]);
        await page.keyboard.press('End');
        await soon(legend).toContain(
          events
            .map(({ time }) => time.slice(0, 10))
            .sort()
            .at(-1),
        );
      });
    });

    it('offers each chart as CSV, SVG and PNG', { timeout: browserTimeoutMs }, async () => {
      await withPage(async ({ page, complaints }) => {
        const saved = async (name: string) => {
          const [download] = await Promise.all([
            page.waitForEvent('download'),
            page.getByRole('button', { name, exact: true }).click(),
          ]);
          return readFile(await download.path());
        };
        const csv = (await saved('Download events-by-country as CSV')).toString();
        const germany = events.filter((row) => row.origin_country === 'DE').length;
        expect(csv).toContain(`DE,${germany},`);
        expect(csv).toContain('"two\nlines"');
        for (const id of ['events-by-country', 'events-types']) {
          expect((await saved(`Download ${id} as SVG`)).toString()).toMatch(/^<svg[^]*<\/svg>$/);
          expect((await saved(`Download ${id} as PNG`)).subarray(1, 4).toString()).toBe('PNG');
        }
        expect(complaints).toEqual([]);
      });
    });

    it('prints on white, without what is for a screen', { timeout: browserTimeoutMs }, async () => {
      await withPage(
        async ({ page }) => {
          await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
          expect(await page.locator('#filters').isVisible()).toBe(false);
          const paper = 'getComputedStyle(document.body).backgroundColor';
          expect(await page.evaluate<string>(paper)).toBe('rgb(255, 255, 255)');
        },
        { colorScheme: 'dark' },
      );
    });

    it('changes between light and dark', { timeout: browserTimeoutMs }, async () => {
      await withPage(async ({ page }) => {
        const paper = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
        const light = await paper();
        await page.getByRole('button', { name: 'Light or dark' }).click();
        expect(await paper()).not.toBe(light);
        await page.getByRole('button', { name: 'Light or dark' }).click();
        expect(await paper()).toBe(light);
      });
    });
  },
);

async function makePage(): Promise<string> {
  const analyser = new Analyser();
  const feed = analyser.feed('events.csv');
  feed.take(Buffer.from(csvOf(EVENT_COLUMNS, rows)));
  feed.end();
  const others = analyser.feed('companies.csv');
  others.take(Buffer.from(csvOf(Object.keys(companies[1] ?? {}), companies)));
  others.end();
  const madeAt = '2026-11-01T00:00:00.000Z';
  return renderReport(analyser.finish(), { title: `Report ${script}`, madeAt, sources: [script] });
}

/** Opens the page and waits until it is drawn. */
async function withPage(
  look: (opened: OpenPage) => Promise<void>,
  options: Parameters<typeof openFile>[2] = {},
): Promise<void> {
  const opened = await openFile(browser, file, options);
  try {
    await opened.page.locator('#report[data-state=ready]').waitFor();
    await look(opened);
  } finally {
    await opened.page.context().close();
  }
}

async function shows(page: OpenPage['page'], place: string, count: number): Promise<void> {
  await soon(() => page.locator(place).textContent()).toMatch(new RegExp(`^${count} events? on`));
}

/** Waits for it, however slow the machine is. */
function soon<Value>(value: () => Promise<Value>) {
  return expect.poll(value, { timeout: browserTimeoutMs });
}

/** Names and numbers of a chart's table. */
async function tableOf(page: OpenPage['page'], figure: string): Promise<Record<string, number>> {
  const details = page.locator(`${figure} details`);
  if ((await details.getAttribute('open')) === null) await details.locator('summary').click();
  await details.locator('tbody tr').first().waitFor();
  const rows = `[...document.querySelectorAll(${JSON.stringify(`${figure} tbody tr`)})]`;
  const cells = await page.evaluate<string[][]>(
    `${rows}.map((row) => [...row.cells].map((cell) => cell.textContent))`,
  );
  return Object.fromEntries(
    cells.map(([name = '', count = '']) => [name, Number(count.replaceAll(',', ''))]),
  );
}

/** As the table has it; a row that has nothing is `(none)`. */
function countBy(of: readonly EventRow[], value: (row: EventRow) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of of) {
    const text = value(row);
    const name = ['(none)', '(other)'].includes(text) ? `"${text}"` : text || '(none)';
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
