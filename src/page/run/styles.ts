/** Styles that only pages about runs need. */
export const runStyles = `
figure{margin:0 0 1rem}h3{margin-top:1rem}figcaption{font-weight:600;margin:.25rem 0}
.chart{width:100%;height:auto;max-width:60rem;display:block}.slim{display:none}
.grid{stroke:var(--line);stroke-width:1}.break{stroke:var(--quiet);stroke-dasharray:4 4}
.bar{fill:var(--hue-1)}.bar:hover{fill:var(--ink)}
.unit{fill:var(--quiet)}
.accepted{fill:var(--hue-3)}.rejected{fill:var(--hue-2)}.unknown{fill:var(--hue-4)}.pending{fill:var(--hue-1)}
.skipped{fill:var(--hue-8)}.unsent{fill:var(--hue-7)}
.equation{width:100%;height:1.75rem;display:block;max-width:60rem}
.key{display:flex;flex-wrap:wrap;gap:.25rem 1rem;list-style:none;margin:.5rem 0;padding:0}
.key svg{width:.8rem;height:.8rem;margin-right:.35rem;vertical-align:-.05rem}
details{margin:.25rem 0 1rem}summary{cursor:pointer;color:var(--quiet)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:.5rem 0}
dt{color:var(--quiet)}dd{margin:0}
td,dd,code,figcaption,li{unicode-bidi:isolate}
.verdict{border-left:4px solid var(--good);padding:.35rem .75rem;background:var(--panel);font-size:1.05rem}
.verdict.flawed{border-color:var(--warn)}.verdict.failed{border-color:var(--bad)}
@media (max-width:40rem){.chart.slim{display:block}.chart.wide{display:none}dl{grid-template-columns:1fr}dt{margin-top:.35rem}}
@media print{.bar,.accepted,.rejected,.unknown,.pending,.skipped,.unsent{print-color-adjust:exact}
details::details-content{content-visibility:visible;height:auto;display:block}pre{max-height:none;white-space:pre-wrap}}
`;
