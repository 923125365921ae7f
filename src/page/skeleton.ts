/** A page of one file: it loads nothing, runs only what stands in it, and shows data as text. */
import { createHash } from 'node:crypto';
import { escapeHtml, html, type Html } from './html.ts';
import { baseStyles } from './styles.ts';

export interface Page {
  /** In the title bar, and as the heading. */
  title: string;
  /** Below the heading: what is shown, and from when. */
  subtitle?: string;
  body: Html;
  /** Rules beside those that every page has. */
  styles?: string;
  /** A classic script, run when the body is there. It may not contain the end tag of a script. */
  script?: string;
  /** For the script, as JSON in the element `page-data`; read it with `JSON.parse` of its text. */
  data?: unknown;
}

/**
 * The whole page as text. Its policy names the digests of its one style sheet and its one script and allows nothing
 * else: no request, no `eval`, no attribute with a style or a handler. Pictures may come from the page itself alone, so
 * that a script can draw one and offer it.
 */
export function renderPage({ title, subtitle, body, styles = '', script, data }: Page): string {
  const style = `${baseStyles}${styles}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="scarf-cli">
<meta http-equiv="Content-Security-Policy" content="${policyOf(style, script)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
${html`<header class="page-head">
  <h1>${title}</h1>
  ${subtitle === undefined ? undefined : html`<p>${subtitle}</p>`}
</header>`.toString()}
<main>
${body.toString()}
</main>
${data === undefined ? '' : `<script type="application/json" id="page-data">${escapeJson(data)}</script>`}
${script === undefined ? '' : `<script>${checkedScript(script)}</script>`}
</body>
</html>
`;
}

function policyOf(style: string, script: string | undefined): string {
  return [
    "default-src 'none'",
    `style-src '${digestOf(style)}'`,
    script === undefined ? "script-src 'none'" : `script-src '${digestOf(script)}'`,
    'img-src data: blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

function digestOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function checkedScript(script: string): string {
  if (/<\/script|<!--/i.test(script)) throw new Error('the script of a page would end inside itself');
  return script;
}

/** JSON that no parser of HTML takes for anything else. */
function escapeJson(data: unknown): string {
  return JSON.stringify(data).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
