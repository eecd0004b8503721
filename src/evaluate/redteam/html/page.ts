import type { GateResult } from "../gate.ts";
import type { Report } from "../report.ts";
import { changes, failures, inconclusives, promptTable } from "./lists.ts";
import { falsePositivePlot, familyPlot, percent } from "./family-plot.ts";
import { duration, latencyPlot } from "./latency-plot.ts";
import { Markup, markup } from "./markup.ts";
import { STYLE } from "./style.ts";

/** The report as one page that loads nothing and runs nothing. */
export function toHtml(report: Report): string {
  const title = `Red team of ${report.target}, ${report.startedAt.slice(0, 10)}`;
  const head = markup`<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><meta name="referrer" content="no-referrer">
<title>${title}</title><style>${Markup.of(STYLE)}</style>`;
  const body = [
    header(report),
    gates(report),
    changes(report.comparison),
    plots(report),
    failures(report),
    inconclusives(report),
    promptTable(report.prompts),
    notes(report),
  ];
  return `<!doctype html>\n${markup`<html lang="en"><head>${head}</head><body><main>${body}</main></body></html>`.toString()}\n`;
}

function header(report: Report): Markup {
  const broken = report.gates.filter((gate) => !gate.ok);
  const { totals, latency } = report;
  const said =
    broken.length === 0
      ? markup`<strong class="pass">Every gate holds</strong><p class="soft">${report.gates.length} gates, ${totals.failed} of ${totals.probes} probes failed</p>`
      : markup`<strong class="fail">${broken.length} of ${report.gates.length} gates broken</strong><p class="soft">${broken.map((gate) => gate.name).join(", ")}</p>`;
  const controls = report.families.filter((row) => row.kind === "control");
  const sum = (of: (row: (typeof controls)[number]) => number): number => controls.reduce((total, row) => total + of(row), 0);
  const falsePositives =
    sum((row) => row.blockRate.total) === 0 ? "–" : percent(sum((row) => row.blockRate.count) / sum((row) => row.blockRate.total));
  const cards = [
    [totals.probes, "probes"],
    [totals.failed, "failed"],
    [totals.blocked, "blocked by the server"],
    [totals.inconclusive, "inconclusive"],
    [falsePositives, "of ordinary requests blocked"],
    [duration(latency.p50Ms), "median answer"],
  ] as const;
  const judged = report.judge === null ? "" : `, judged by ${report.judge}`;
  return markup`<h1>Red team report</h1>
<p class="soft">${report.target} · model ${report.model}${judged} · ${report.startedAt.replace("T", " ").slice(0, 16)} UTC · took ${duration(report.durationMs)} · seed ${report.seed} · weir ${report.version}</p>
<section class="verdict${broken.length === 0 ? "" : " bad"}">${said}</section>
<div class="cards">${cards.map(([value, name]) => markup`<div><b>${value}</b><span>${name}</span></div>`)}</div>`;
}

const figure = (value: number, gate: GateResult): string => (gate.isRate ? `${String(Math.round(value * 1000) / 10)} %` : String(value));

function gates({ gates: all }: Report): Markup {
  const rows = all.map(
    (gate) =>
      markup`<tr><td><code>${gate.name}</code></td><td class="number">${figure(gate.value, gate)}</td><td class="number">${gate.name.startsWith("block") ? "≥" : "≤"} ${figure(gate.limit, gate)}</td><td class="number">${gate.counted}</td><td class="${gate.ok ? "pass" : "fail"}">${gate.ok ? "holds" : "broken"}</td></tr>`,
  );
  return markup`<section><h2>Gates</h2><table><tr><th>Gate</th><th class="number">Found</th><th class="number">Allowed</th><th class="number">Of</th><th></th></tr>${rows}</table></section>`;
}

const legend = (items: readonly (readonly [colour: string, name: string, kind?: string])[]): Markup =>
  markup`<div class="legend">${items.map(([colour, name, kind]) => markup`<span><i class="${kind ?? ""}" style="background:var(--${colour})"></i>${name}</span>`)}</div>`;

function plots({ families, gates: all, latency }: Report): Markup[] {
  const attacks = families.filter((row) => row.kind === "attack");
  const controls = families.filter((row) => row.kind === "control");
  const limit = all.find((gate) => gate.name === "false-positive" && gate.isRate)?.limit;
  const rate = ["mark", "block rate with its 95 % interval", "dot"] as const;
  const sections: Markup[] = [];
  if (attacks.length > 0)
    sections.push(markup`<section><h2>Attacks</h2><p class="soft">What became of the attacks of each family.</p>
${legend([["blocked", "blocked by the server"], ["resisted", "held without a block"], ["unknown", "inconclusive"], ["failed", "the attack worked"], rate])}${familyPlot(attacks)}</section>`);
  if (controls.length > 0)
    sections.push(markup`<section><h2>Ordinary requests that were blocked</h2><p class="soft">False positives of each set. The broken line is what the gate allows over all sets.</p>
${legend([
  ["failed", "blocked"],
  ["mark", "share blocked, with its 95 % interval", "dot"],
])}${falsePositivePlot(controls, limit)}</section>`);
  if (latency.count > 0)
    sections.push(markup`<section><h2>Time to the end of an answer</h2><p class="soft">${latency.count} answers: half within ${duration(latency.p50Ms)}, 90 % within ${duration(latency.p90Ms)}, 99 % within ${duration(latency.p99Ms)}, the longest ${duration(latency.maxMs)}.</p>
${legend([
  ["blocked", "blocked by the server"],
  ["resisted", "all others"],
])}${latencyPlot(latency)}</section>`);
  return sections;
}

function notes({ notes: all }: Report): Markup | undefined {
  if (all.length === 0) return undefined;
  return markup`<section><h2>Not tried</h2><ul>${all.map((note) => markup`<li>${note}</li>`)}</ul></section>`;
}
