/** What every chart of the report has, and what charts make of odd data. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Analyser } from '../../src/analysis/analyser.ts';
import { renderReport } from '../../src/page/report/report-page.ts';
import { csvOf } from '../analysis/rows.ts';
import { browserTimeoutMs, noBrowser, openFile, startBrowser } from './browser.ts';

type Row = Record<string, string>;

let directory = '';
let browser: Browser;

describe.skipIf(noBrowser !== undefined)(
  `charts of the report${noBrowser === undefined ? '' : `: ${noBrowser}`}`,
  { timeout: browserTimeoutMs },
  () => {
    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'charts-'));
      browser = await startBrowser();
    }, browserTimeoutMs);
    afterAll(async () => {
      await browser.close();
      await rm(directory, { recursive: true });
    }, browserTimeoutMs);

    it('have a sentence, names of both axes, values to point at, a table and downloads', async () => {
      await withPage([events(['2026-10-01', '2026-10-02']), aggregates, companies], async (page) => {
        const charts = await figures(page);
        expect(charts.map(({ id }) => id)).toEqual([
          ...['types', 'packages', 'versions', 'origins', 'by-country', 'by-company'].map(
            (id) => `events-${id}`,
          ),
          ...['by-client', 'by-platform', 'by-referer', 'confidence'].map((id) => `events-${id}`),
          ...['packages', 'by-country'].map((id) => `aggregates-1-${id}`),
          ...['stages', 'moves', 'starts'].map((id) => `companies-${id}`),
        ]);
        for (const chart of charts) {
          expect(chart, chart.id).toMatchObject({
            title: expect.stringMatching(/^\S.* .*\d/) as string,
            downloads: ['CSV', 'SVG', 'PNG'],
          });
          expect(chart.rows, chart.id).toBeGreaterThan(0);
          expect(chart.columns, chart.id).toBeGreaterThan(1);
          expect(chart.values, chart.id).toBeGreaterThan(0);
          expect(chart.axes, chart.id).toHaveLength(2);
        }
        const axes = Object.fromEntries(charts.map(({ id, axes }) => [id, axes]));
        expect(axes['events-types']).toEqual(['day (UTC)', 'events a day']);
        expect(axes['events-origins']).toEqual(['day (UTC)', 'origins a day']);
        expect(axes['events-by-country']).toEqual(['country', 'events']);
        expect(axes['aggregates-1-packages']).toEqual(['month (UTC)', 'events a month']);
        expect(axes['companies-moves']).toEqual(['from and to', 'companies']);
        expect(axes['companies-starts']).toEqual(['month (UTC)', 'companies a month']);
      });
    });

    it('tell moves between stages from stages that began, within the days of the filter', async () => {
      await withPage([companies], async (page) => {
        expect(await tableRows(page, '#companies-moves')).toEqual([
          ['interest → investigation', '1', '100\u00a0%'],
        ]);
        expect(await tableRows(page, '#companies-starts')).toEqual([
          ['2026-08', '2', '0'],
          ['2026-09', '0', '1'],
        ]);
        await page.locator('#filter-to').fill('2026-08-31');
        await expect
          .poll(() => page.locator('#companies-moves h3').textContent(), { timeout: browserTimeoutMs })
          .toBe('No company is known to have moved between stages');
        expect(await page.locator('#companies .notice').textContent()).toContain('The days act on');
      });
    });

    it('leave a gap where no day was read', async () => {
      await withPage([events(['2026-10-01', '2026-10-04'])], async (page) => {
        expect(await tableRows(page, '#events-packages')).toEqual([
          ['2026-10-01', '2'],
          ['2026-10-02', ''],
          ['2026-10-03', ''],
          ['2026-10-04', '2'],
        ]);
      });
    });

    it('are bars where there is one day only', async () => {
      await withPage([events(['2026-10-01'])], async (page) => {
        expect(await page.locator('#events canvas').count()).toBe(0);
        expect(await page.locator('.figures li').allTextContents()).toEqual([
          ...['2events', '1day', '1package or pixel', '1country', '1company', '2origins'],
        ]);
        expect(await tableRows(page, '#events-types')).toEqual([['pixel-fetch', '2', '100\u00a0%']]);
      });
    });

    it('say so when there is nothing', async () => {
      await withPage([[{ ...event('2026-10-01', 1), time: '' }].slice(1)], async (page) => {
        expect(await page.locator('#status').textContent()).toBe('There are no rows to show');
        expect(await page.locator('#quality-title').textContent()).toBe('There were no rows to read');
      });
    });

    it('fit a narrow screen with letters that can be read', async () => {
      await withPage([events(['2026-10-01'])], async (page) => {
        const sizes = `[...document.querySelectorAll('svg.bars')].map((bars) =>
          bars.getBoundingClientRect().width / bars.viewBox.baseVal.width)`;
        await page.setViewportSize({ width: 360, height: 800 });
        await expect
          .poll(() => page.evaluate<number[]>(sizes).then((all) => [...new Set(all)]), {
            timeout: browserTimeoutMs,
          })
          .toEqual([1]);
      });
    });

    it('name bars in full on a narrow screen', async () => {
      await withPage([companies], async (page) => {
        await page.setViewportSize({ width: 360, height: 800 });
        await expect
          .poll(() => page.locator('#companies-moves svg.bars text').allTextContents(), {
            timeout: browserTimeoutMs,
          })
          .toContain('interest → investigation');
      });
    });

    it('are not behind the filters when the keyboard comes to them from below', async () => {
      const covered = `(() => {
        const bar = document.querySelector('.bar').getBoundingClientRect();
        const { activeElement: here } = document;
        const isBehind = here.getBoundingClientRect().top < bar.bottom - 1 && here.closest('.bar') === null;
        return isBehind && bar.top === 0 ? (here.getAttribute('aria-label') ?? here.tagName) : undefined;
      })()`;
      await withPage([events(['2026-10-01', '2026-10-02']), companies], async (page) => {
        await page.locator('#companies-table .scroll').focus();
        const found: unknown[] = [];
        for (let presses = 0; presses < 40; presses++) {
          await page.keyboard.press('Shift+Tab');
          found.push(await page.evaluate(covered));
        }
        expect(found.filter((label) => label !== undefined)).toEqual([]);
      });
    });

    it('have room for long numbers beside the name of their axis', async () => {
      const millions = aggregates.map((row) => ({ ...row, total: '31234567' }));
      const left = `parseFloat(document.querySelector('.u-over').style.left)`;
      await withPage([aggregates], async (page) => {
        await expect.poll(() => page.evaluate<number>(left), { timeout: browserTimeoutMs }).toBeLessThan(100);
      });
      await withPage([millions], async (page) => {
        await expect
          .poll(() => page.evaluate<number>(left), { timeout: browserTimeoutMs })
          .toBeGreaterThan(110);
      });
    });

    it('are printed in the colours of paper, with tables as wide as it', async () => {
      const wide = companies.map((row) => ({
        ...row,
        ...{ company_domain: `${'sub.'.repeat(12)}${row['company_domain']}`, total_events: '1234567890' },
        ...{ total_downloads: '1234567890', total_views: '1234567890', first_seen: '2026-01-01' },
        ...{ last_seen: '2026-11-01', company_country: 'United Kingdom', company_industry: 'Aeronautics' },
        company_size: '10,000 and more',
      }));
      const overhang = `document.documentElement.scrollWidth - document.documentElement.clientWidth`;
      // The grid of the dark page, #3a404b.
      const darkPixels = `(() => {
        const canvas = document.querySelector('canvas');
        const copy = new OffscreenCanvas(canvas.width, canvas.height);
        const context = copy.getContext('2d', { willReadFrequently: true });
        context.drawImage(canvas, 0, 0);
        const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
        let count = 0;
        for (let at = 0; at < data.length; at += 4)
          if (data[at] === 0x3a && data[at + 1] === 0x40 && data[at + 2] === 0x4b && data[at + 3] === 255) count++;
        return count;
      })()`;
      await withPage([events(['2026-10-01', '2026-10-02']), wide], async (page) => {
        const darkly = () => page.evaluate<number>(darkPixels);
        await page.setViewportSize({ width: 720, height: 800 });
        await page.emulateMedia({ colorScheme: 'dark' });
        await expect.poll(darkly, { timeout: browserTimeoutMs }).toBeGreaterThan(0);
        await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
        await expect.poll(darkly, { timeout: browserTimeoutMs }).toBe(0);
        await expect
          .poll(() => page.evaluate<number>(overhang), { timeout: browserTimeoutMs })
          .toBeLessThanOrEqual(0);
      });
    });

    it('cut a name that is too long for the legend, and leave the page as wide as the screen', async () => {
      const pixel = 'long'.repeat(75);
      const rows = events(['2026-10-01', '2026-10-02']).map((row) => ({ ...row, pixel }));
      await withPage([rows], async (page) => {
        const overhang = `document.documentElement.scrollWidth - document.documentElement.clientWidth`;
        for (const width of [360, 1200]) {
          await page.setViewportSize({ width, height: 800 });
          await expect
            .poll(() => page.evaluate<number>(overhang), { timeout: browserTimeoutMs })
            .toBeLessThanOrEqual(0);
        }
      });
    });
  },
);

function event(day: string, number: number): Row {
  return {
    id: `${day}-${number}`,
    type: 'pixel-fetch',
    pixel: 'Documentation',
    version: '1.0',
    time: `${day}T12:00:00Z`,
    referer: 'https://docs.example/',
    user_agent: 'curl/8',
    platform: 'linux',
    origin_id: `origin-${number}`,
    origin_country: 'DE',
    origin_company: 'Acme',
    confidence: '0.95',
  };
}

function events(days: readonly string[]): Row[] {
  return days.flatMap((day) => [event(day, 1), event(day, 2)]);
}

const aggregates: Row[] = ['2026-09-01', '2026-10-01'].map((date) => ({
  date,
  ...{ artifact_name: 'widget', rollup: 'monthly', breakdown: 'by-country', country: 'DE', total: '7' },
}));

const companies: Row[] = [
  { company_name: 'Acme', interest_start_date: '2026-08-01', investigation_start_date: '2026-09-02' },
  { company_name: 'Globex', interest_start_date: '2026-08-05', investigation_start_date: 'not known' },
].map((row) => ({ ...row, company_domain: `${row.company_name}.example`, funnel_stage: 'interest' }));

/** A page of these exports, a file each. */
async function withPage(exports: readonly Row[][], look: (page: Page) => Promise<void>): Promise<void> {
  const analyser = new Analyser();
  for (const rows of exports) {
    const feed = analyser.feed('export.csv');
    feed.take(Buffer.from(csvOf(Object.keys(rows[0] ?? event('2026-10-01', 1)), rows)));
    feed.end();
  }
  const file = join(directory, 'report.html');
  await writeFile(
    file,
    await renderReport(analyser.finish(), { title: 'Charts', madeAt: '2026-11-01T00:00Z', sources: [] }),
  );
  const { page, complaints } = await openFile(browser, file);
  try {
    await page.locator('#report[data-state=ready]').waitFor();
    await look(page);
    expect(complaints).toEqual([]);
  } finally {
    await page.context().close();
  }
}

interface FigureFacts {
  id: string;
  title: string;
  axes: string[];
  /** Things a pointer can rest on, or numbers that follow it. */
  values: number;
  downloads: string[];
  rows: number;
  columns: number;
}

async function figures(page: Page): Promise<FigureFacts[]> {
  for (const summary of await page.locator('details > summary').all()) await summary.click();
  const areDrawn = `[...document.querySelectorAll('figure.chart')].every((figure) => figure.querySelector('.table tbody tr'))`;
  await expect.poll(() => page.evaluate<boolean>(areDrawn), { timeout: browserTimeoutMs }).toBe(true);
  return page.evaluate<FigureFacts[]>(`[...document.querySelectorAll('figure.chart')].map((figure) => {
    const all = (wanted) => [...figure.querySelectorAll(wanted)];
    const label = figure.querySelector('.picture').getAttribute('aria-label') ?? '';
    const spoken = label.match(/Across: (.*?)\\. Up: (.*?)\\./)?.slice(1) ?? [];
    return {
      id: figure.id,
      title: figure.querySelector('h3').textContent,
      axes: [...all('.axis-name').map((name) => name.textContent), ...spoken],
      values: all('.bars g title, .u-legend .u-series').length,
      downloads: all('.downloads button').map((button) => button.textContent),
      rows: all('.table tbody tr').length,
      columns: all('.table thead th').length,
    };
  })`);
}

/** The cells of the chart's table. */
async function tableRows(page: Page, figure: string): Promise<string[][]> {
  const details = page.locator(`${figure} details`);
  await details.locator('summary').click();
  await details.locator('tbody tr').first().waitFor();
  const rows = `[...document.querySelectorAll(${JSON.stringify(`${figure} .table tbody tr`)})]`;
  return page.evaluate<string[][]>(`${rows}.map((row) => [...row.cells].map((cell) => cell.textContent))`);
}
