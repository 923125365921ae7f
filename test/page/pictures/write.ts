/** Writes the pictures of the report and of a page about an import in docs/pictures: `npm run pictures`. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { renderReport } from '../../../src/page/report/report-page.ts';
import { runPage } from '../../../src/page/run/page.ts';
import { noBrowser, openFile, startBrowser } from '../browser.ts';
import { factsWith } from '../run/facts.ts';
import { sampleAnalysis } from './sample.ts';

const wide = { width: 1160, height: 760 };
const looks = [
  { name: 'report-light', options: { viewport: wide, colorScheme: 'light' } },
  { name: 'report-dark', options: { viewport: wide, colorScheme: 'dark' } },
  { name: 'report-narrow', options: { viewport: { width: 390, height: 760 }, colorScheme: 'light' } },
  {
    name: 'report-print',
    options: { viewport: { width: 800, height: 760 }, colorScheme: 'light' },
    media: 'print',
  },
] as const;

if (noBrowser !== undefined) throw new Error(noBrowser);
const directory = await mkdtemp(join(tmpdir(), 'pictures-'));
const output = resolve('docs/pictures');
await mkdir(output, { recursive: true });
const file = join(directory, 'report.html');
const options = {
  title: 'Widgets in November',
  madeAt: '2026-12-01T06:00:00.000Z',
  sources: ['events.csv', 'companies.csv'],
};
await writeFile(file, await renderReport(sampleAnalysis(), options));
const browser = await startBrowser();
try {
  for (const look of looks) {
    const { page } = await openFile(browser, file, look.options);
    await page.locator('#report[data-state=ready]').waitFor();
    if ('media' in look) await page.emulateMedia({ media: look.media });
    await page.screenshot({ path: join(output, `${look.name}.png`) });
    await page.context().close();
  }
  const run = join(directory, 'run.html');
  await writeFile(run, runPage(factsWith()));
  const { page } = await openFile(browser, run, { viewport: wide, colorScheme: 'light' });
  await page.screenshot({ path: join(output, 'import.png') });
  await page.context().close();
} finally {
  await browser.close();
  await rm(directory, { recursive: true });
}
