/** Pages about runs, in a real browser. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runPage } from '../../../src/page/run/page.ts';
import type { RunFacts } from '../../../src/page/run/facts.ts';
import { browserTimeoutMs, noBrowser, openFile, startBrowser, type OpenPage } from '../browser.ts';
import { accessibilityViolations } from '../violations.ts';
import { factsOf, factsWith } from './facts.ts';

const whole = factsWith({ errors: [{ kind: 'local', message: 'disk full', hint: 'make room' }] });

describe.skipIf(noBrowser !== undefined)(
  `a page about a run in a browser${noBrowser === undefined ? '' : ` (skipped: ${noBrowser})`}`,
  { timeout: browserTimeoutMs },
  () => {
    let browser: Browser;
    let directory: string;
    beforeAll(async () => {
      directory = await mkdtemp(join(tmpdir(), 'scarf-cli-'));
      browser = await startBrowser();
    }, browserTimeoutMs);
    afterAll(async () => {
      await browser?.close();
      await rm(directory, { recursive: true, force: true });
    }, browserTimeoutMs);

    async function opened(facts: RunFacts, options: BrowserContextOptions = {}): Promise<OpenPage> {
      const file = join(directory, 'run.html');
      await writeFile(file, runPage(facts));
      return openFile(browser, file, options);
    }

    test.each<[string, BrowserContextOptions]>([
      ['in light', { colorScheme: 'light' }],
      ['in dark', { colorScheme: 'dark' }],
      ['on a narrow screen', { viewport: { width: 360, height: 800 } }],
    ])('can be read by everybody, %s', async (_name, options) => {
      const { page, requests, complaints } = await opened(whole, options);
      expect(await accessibilityViolations(page)).toEqual([]);
      expect(requests).toEqual([]);
      expect(complaints).toEqual([]);
      const [content = 0, screen = 0] = await page.evaluate<number[]>(
        '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
      );
      expect(content).toBeLessThanOrEqual(screen);
      await page.context().close();
    });

    test('shows hostile values as text', async () => {
      const hostile = `<script>alert(1)</script><img src=x onerror=alert(2)>"'><svg onload=alert(3)>`;
      const { page, requests, complaints } = await opened(factsOf(hostile));
      expect(await page.locator('h1').textContent()).toContain(hostile);
      expect(await page.locator('script, img').count()).toBe(0);
      expect([...requests, ...complaints]).toEqual([]);
      await page.context().close();
    });

    test('names the value of each bar, and has it in a table that opens by keyboard', async () => {
      const { page } = await opened(whole);
      const bars = page.locator('section[aria-labelledby=days] .wide rect.bar');
      expect(await bars.count()).toBe(3);
      expect(await bars.first().locator('title').textContent()).toContain('400 events');
      const table = page.locator('section[aria-labelledby=days] table');
      expect(await table.isVisible()).toBe(false);
      await page.locator('section[aria-labelledby=days] summary').focus();
      await page.keyboard.press('Enter');
      await table.waitFor({ state: 'visible' });
      expect(await table.locator('tbody tr').count()).toBe(2);
      await page.context().close();
    });

    test('draws charts for a narrow screen anew, not smaller', async () => {
      const { page } = await opened(whole, { viewport: { width: 390, height: 800 } });
      expect(await page.locator('section[aria-labelledby=days] .slim rect.bar').count()).toBe(3);
      expect(await page.locator('.chart.wide').first().isVisible()).toBe(false);
      const scale = `[...document.querySelectorAll('.chart.slim')].map((chart) =>
        chart.getBoundingClientRect().width / chart.viewBox.baseVal.width)`;
      for (const one of await page.evaluate<number[]>(scale)) expect(one).toBeGreaterThan(0.9);
      await page.context().close();
    });

    test('is printed light and whole: the tables behind the charts, too', async () => {
      const { page } = await opened(whole, { colorScheme: 'dark' });
      await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
      const paper = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
      expect(paper).toBe('rgb(255, 255, 255)');
      const sizes = await page.evaluate<number[]>(
        '[...document.querySelectorAll("table")].map((table) => table.getBoundingClientRect().height)',
      );
      expect(sizes.length).toBeGreaterThan(4);
      for (const height of sizes) expect(height).toBeGreaterThan(10);
      const cut = await page.evaluate<number>(
        '[...document.querySelectorAll(".scroll")].filter((box) => box.scrollHeight > box.clientHeight + 1).length',
      );
      expect(cut).toBe(0);
      await page.context().close();
    });
  },
);
