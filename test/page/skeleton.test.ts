import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml, html } from '../../src/page/html.ts';
import { renderPage } from '../../src/page/skeleton.ts';

const hostile = `<script>alert(1)</script>"'\`&amp;</title></style>`;

describe('html', () => {
  it('escapes what is put into it, and nothing twice', () => {
    const cell = html`<td title="${hostile}">${hostile}</td>`;
    expect(cell.toString()).not.toMatch(/<script|"'|&amp;/);
    expect(html`<b>${[cell, cell]}</b>`.toString()).toBe(`<b>${cell.toString()}${cell.toString()}</b>`);
    expect(html`${undefined}${7}`.toString()).toBe('7');
  });

  it('leaves no character that could end a text or an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const escaped = escapeHtml(text);
        expect(escaped).not.toMatch(/[<>"'`]|&(?!#\d+;)/);
        expect(escaped).not.toMatch(/\p{Surrogate}/u);
      }),
    );
  });
});

describe('a page', () => {
  const page = (script: string) =>
    renderPage({
      title: hostile,
      subtitle: hostile,
      body: html`<p>${hostile}</p>`,
      script,
      data: { hostile },
    });

  it('shows data as text, wherever it stands', () => {
    const text = page('start()');
    expect(text.match(/<script/g)).toHaveLength(2);
    expect(text.match(/<\/script>/g)).toHaveLength(2);
    expect(text.match(/<\/(title|style)>/g)).toHaveLength(2);
    const [, json = ''] = /id="page-data">(.*?)<\/script>/s.exec(text) ?? [];
    expect(JSON.parse(json)).toEqual({ hostile });
  });

  it('names the digests of its script and its styles, and allows nothing else', () => {
    const text = page('start()');
    const [, policy = ''] = /Security-Policy" content="([^"]+)"/.exec(text) ?? [];
    const [, style = ''] = /<style>(.*?)<\/style>/s.exec(text) ?? [];
    const digest = (of: string) => createHash('sha256').update(of).digest('base64');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain(`script-src 'sha256-${digest('start()')}'`);
    expect(policy).toContain(`style-src 'sha256-${digest(style)}'`);
    expect(policy).not.toMatch(/unsafe|http|\*/);
    expect(renderPage({ title: 'a', body: html`` })).toContain("script-src 'none'");
  });

  it('refuses a script that would end inside itself', () => {
    expect(() => page('"</script>"')).toThrow();
    expect(() => page('"<!--"')).toThrow();
  });
});
