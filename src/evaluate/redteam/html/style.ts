/** The whole look of the page. Colours differ in lightness too, so that the plots can be read without them. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --ink: #17202c; --soft: #5b6675; --line: #dfe3e9; --track: #edf0f4;
  --blocked: #1f5fbf; --resisted: #9dc2ef; --unknown: #c9ced6; --failed: #c8401f; --good: #1c7c54; --mark: #17202c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #11151b; --card: #191f28; --ink: #e6eaf0; --soft: #98a3b3; --line: #2b333f; --track: #232b36;
    --blocked: #5b9bf2; --resisted: #2d5488; --unknown: #4a5361; --failed: #f0734f; --good: #4fc08d; --mark: #f4f6f9;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
main { max-width: 1000px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 26px; margin: 0 0 4px; letter-spacing: -0.01em; }
h2 { font-size: 18px; margin: 0 0 4px; }
h3 { font-size: 14px; margin: 18px 0 4px; }
p { margin: 4px 0; }
.soft { color: var(--soft); }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 20px 22px; margin-top: 18px; }
.verdict { border-left: 5px solid var(--good); }
.verdict.bad { border-left-color: var(--failed); }
.verdict strong { font-size: 18px; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin-top: 18px; }
.cards div { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 12px 16px; }
.cards b { display: block; font-size: 24px; font-weight: 600; font-variant-numeric: tabular-nums; }
.cards span { color: var(--soft); font-size: 13px; }
table { border-collapse: collapse; width: 100%; margin-top: 8px; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 5px 12px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; color: var(--soft); font-size: 13px; }
td.number, th.number { text-align: right; }
tr:last-child td { border-bottom: 0; }
.pass { color: var(--good); font-weight: 600; } .fail { color: var(--failed); font-weight: 600; }
.plot { overflow-x: auto; margin-top: 8px; }
svg { display: block; width: 100%; min-width: 680px; height: auto; }
svg text { fill: var(--ink); font-size: 12px; font-family: inherit; }
svg .soft { fill: var(--soft); } svg .group { font-weight: 600; font-size: 12px; }
svg .track { fill: var(--track); } svg .grid { stroke: var(--line); stroke-width: 1; }
svg .blocked { fill: var(--blocked); } svg .resisted { fill: var(--resisted); } svg .unknown { fill: var(--unknown); } svg .failed { fill: var(--failed); }
svg .halo { stroke: var(--card); stroke-width: 4; stroke-opacity: 0.7; } svg .whisker { stroke: var(--mark); stroke-width: 1.5; } svg .dot { fill: var(--mark); stroke: var(--card); stroke-width: 1.5; }
svg .limit { stroke: var(--failed); stroke-width: 1.5; stroke-dasharray: 4 3; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 18px; font-size: 13px; color: var(--soft); margin-top: 6px; }
.legend i { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin-right: 6px; vertical-align: -1px; }
.legend i.dot { border-radius: 50%; width: 9px; height: 9px; vertical-align: 1px; }
details { border-top: 1px solid var(--line); padding: 8px 0; }
details:first-of-type { border-top: 0; }
summary { cursor: pointer; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--track); border-radius: 6px; padding: 8px 10px; margin: 6px 0; font-size: 12.5px; }
code { font-size: 13px; overflow-wrap: anywhere; }
.tag { display: inline-block; font-size: 12px; border: 1px solid var(--line); border-radius: 4px; padding: 0 6px; margin-right: 6px; color: var(--soft); }
.tag.critical { color: var(--failed); border-color: var(--failed); }
@media print { body { background: #fff; } section { break-inside: avoid; } }
`;
