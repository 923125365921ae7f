/** The look of every page: light, dark and on paper. Pairs of colours have a contrast of 4.5 to 1 or more (WCAG AA). */

const light = `color-scheme:light;--paper:#ffffff;--panel:#f6f7f9;--ink:#1b1f27;--quiet:#545b68;--line:#d5d9e0;--link:#0b57b0;
--accent:#0b5fb8;--good:#1b7340;--warn:#8a5300;--bad:#b3261e;--focus:#0b57b0;
--hue-1:#0b5fb8;--hue-2:#a6430a;--hue-3:#1b7340;--hue-4:#7a3fa8;--hue-5:#8a5300;--hue-6:#0c6f78;--hue-7:#a52a5e;--hue-8:#545b68;`;

const dark = `color-scheme:dark;--paper:#14171c;--panel:#1e2229;--ink:#e8eaee;--quiet:#a9b0bd;--line:#3a404b;--link:#8ab8f5;
--accent:#6ea8f0;--good:#6ac48c;--warn:#e0ac52;--bad:#f28b82;--focus:#8ab8f5;
--hue-1:#6ea8f0;--hue-2:#f0935c;--hue-3:#6ac48c;--hue-4:#c396ee;--hue-5:#e0ac52;--hue-6:#58c0ca;--hue-7:#f08fb5;--hue-8:#a9b0bd;`;

/** Colours are custom properties: `--ink` on `--paper` or `--panel`, `--hue-1` to `--hue-8` for series. */
export const baseStyles = `
:root{${light}}
@media (prefers-color-scheme:dark){:root{${dark}}}
:root[data-theme=light]{${light}}
:root[data-theme=dark]{${dark}}
*{box-sizing:border-box}
body{margin:0 auto;padding:1rem 1.25rem 3rem;max-width:76rem;background:var(--paper);color:var(--ink);
font:15px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
h1{font-size:1.5rem;margin:.25rem 0;line-height:1.2}
h2{font-size:1.15rem;margin:2rem 0 .5rem;line-height:1.3}
h3{font-size:1rem;margin:0 0 .25rem;line-height:1.3}
p{margin:.25rem 0 .75rem}
a{color:var(--link)}
.page-head p,.quiet{color:var(--quiet)}
:focus-visible{outline:2px solid var(--focus);outline-offset:2px}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.figures{display:flex;flex-wrap:wrap;gap:.5rem;padding:0;margin:.5rem 0 1rem;list-style:none}
.figures li{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:.5rem .75rem;min-width:8rem}
.figures b{display:block;font-size:1.25rem;font-variant-numeric:tabular-nums}
.scroll{overflow:auto;max-height:28rem;border:1px solid var(--line);border-radius:6px}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
caption{text-align:left;padding:.25rem .5rem;color:var(--quiet)}
th,td{overflow-wrap:break-word;text-align:left;padding:.25rem .5rem;border-bottom:1px solid var(--line);vertical-align:top}
thead th{background:var(--panel);white-space:nowrap}
.number{text-align:right;white-space:nowrap}
.notice{border-left:3px solid var(--warn);padding:.25rem .75rem;background:var(--panel)}
pre,code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.9em}
pre{background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:.5rem .75rem;overflow:auto;max-height:24rem}
svg text{fill:var(--ink);font:12px system-ui,sans-serif}
@media (max-width:40rem){body{padding:.75rem .75rem 2rem}}
@media print{:root,:root[data-theme]{${light}}body{max-width:none;padding:0;font-size:11px}
.scroll{overflow:visible;max-height:none;border:0}.screen{display:none!important}
figure,tr{break-inside:avoid}h2,h3{break-after:avoid}}
`;
