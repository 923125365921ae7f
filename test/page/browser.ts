/** A browser for the pages: Chromium as the system has it, without any download. */
import { accessSync, constants } from 'node:fs';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where it is; undefined when there is none. */
const executable = [process.env['CHROMIUM'] ?? '', ...places].find(isExecutable);

/**
 * Why browser tests are left out; undefined when they run. Where `CI` is set and says that it brings a browser
 * (`CHROMIUM`), its absence is a failure.
 */
export const noBrowser =
  executable !== undefined || process.env['CHROMIUM'] !== undefined
    ? undefined
    : 'no Chromium on this machine (apt-get install chromium, or name one in CHROMIUM)';

/** As much of the suite as starts a browser: it takes seconds on an idle machine. */
export const browserTimeoutMs = 120_000;

export async function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: executable ?? process.env['CHROMIUM'] ?? '',
    timeout: browserTimeoutMs,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/** A page and what happened in it that should not have. */
export interface OpenPage {
  page: Page;
  /** Addresses that were asked for, the page itself not among them. */
  requests: string[];
  /** Errors, warnings and refusals of the policy. */
  complaints: string[];
}

/** Opens a file as a person would. The caller closes the page. */
export async function openFile(
  browser: Browser,
  file: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
  context.setDefaultTimeout(browserTimeoutMs);
  const page = await context.newPage();
  const opened: OpenPage = { page, requests: [], complaints: [] };
  const address = `file://${file}`;
  page.on('request', (request) => {
    const url = request.url();
    // What the page made itself stays in it.
    if (url !== address && !/^(data|blob):/.test(url)) opened.requests.push(url);
  });
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) opened.complaints.push(message.text());
  });
  page.on('pageerror', (error) => opened.complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    opened.complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(address);
  return opened;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
