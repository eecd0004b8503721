import type { Comparison } from "../compare.ts";
import { type Finding, SEVERITIES } from "../probe.ts";
import type { PromptState } from "../prompt-files.ts";
import type { Report } from "../report.ts";
import { percent } from "./family-plot.ts";
import { type Markup, markup } from "./markup.ts";

/** More would make a page that no browser likes; the JSON has all. */
const SHOWN_MAX = 300;

/** So many stand on the page at once; the rest opens. */
const TAGS_MAX = 24;
const tags = (ids: readonly string[]): Markup[] => ids.map((id) => markup`<span class="tag">${id}</span>`);

function listed(name: string, ids: readonly string[], kind: string): Markup {
  if (ids.length === 0) return markup`<h3>${name}: 0</h3>`;
  const rest = ids.slice(TAGS_MAX);
  const opens =
    rest.length === 0 ? undefined : markup`<details><summary class="soft">${rest.length} more</summary><p>${tags(rest)}</p></details>`;
  return markup`<h3 class="${kind}">${name}: ${ids.length}</h3><p>${tags(ids.slice(0, TAGS_MAX))}</p>${opens}`;
}

export function changes(comparison: Comparison | null): Markup {
  if (comparison === null)
    return markup`<section><h2>Since the last report</h2><p class="soft">There is none to compare with.</p></section>`;
  const { startedAt, compared, newlyFailing, newlyPassing, rates } = comparison;
  const rows = rates.map((rate) => {
    const isBetter = rate.after > rate.before === (rate.kind === "attack");
    const name = `${rate.suite} · ${rate.family}${rate.kind === "control" ? " (ordinary)" : ""}`;
    return markup`<tr><td>${name}</td><td class="number">${percent(rate.before)}</td><td class="number">${percent(rate.after)}</td><td class="${isBetter ? "pass" : "fail"}">${isBetter ? "better" : "worse"}</td></tr>`;
  });
  const table =
    rows.length === 0
      ? markup`<p class="soft">No block rate changed by more than chance explains.</p>`
      : markup`<table><tr><th>Block rate of</th><th class="number">Before</th><th class="number">Now</th><th></th></tr>${rows}</table>`;
  return markup`<section><h2>Since the report of ${startedAt.replace("T", " ").slice(0, 16)} UTC</h2><p class="soft">${compared} probes stand in both.</p>
${listed("Newly failing", newlyFailing, "fail")}${listed("Newly passing", newlyPassing, "pass")}<h3>Rates</h3>${table}</section>`;
}

const more = (count: number): string => (count > SHOWN_MAX ? `… and ${String(count - SHOWN_MAX)} more` : "");

export function failures({ findings }: Report): Markup {
  const failed = findings
    .filter((finding) => finding.outcome === "failed")
    .toSorted((a, b) => SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity));
  if (failed.length === 0) return markup`<section><h2>Failed probes</h2><p class="soft">None.</p></section>`;
  return markup`<section><h2>Failed probes</h2><p class="soft">${failed.length}, the most severe first. Characters that cannot be seen are written out.</p>${failed.slice(0, SHOWN_MAX).map(failure)}<p>${more(failed.length)}</p></section>`;
}

function failure({ id, severity, why, asked, answered, status }: Finding): Markup {
  const texts = [
    asked === undefined ? undefined : markup`<span class="soft">Asked</span><pre>${asked}</pre>`,
    answered === undefined ? undefined : markup`<span class="soft">Answered (${status})</span><pre>${answered}</pre>`,
  ];
  return markup`<details><summary><span class="tag ${severity}">${severity}</span><code>${id}</code> – ${why}</summary>${texts}</details>`;
}

/** By reason: the reason is what can be done something about. */
export function inconclusives({ findings }: Report): Markup | undefined {
  const reasons = new Map<string, number>();
  for (const { outcome, suite, why } of findings)
    if (outcome === "inconclusive") reasons.set(`${suite}\n${why}`, (reasons.get(`${suite}\n${why}`) ?? 0) + 1);
  if (reasons.size === 0) return undefined;
  const rows = [...reasons]
    .toSorted(([, a], [, b]) => b - a)
    .map(([reason, count]) => {
      const [suite = "", why = ""] = reason.split("\n");
      return markup`<tr><td>${suite}</td><td>${why}</td><td class="number">${count}</td></tr>`;
    });
  return markup`<section><h2>Inconclusive</h2><table><tr><th>Suite</th><th>Why</th><th class="number">Probes</th></tr>${rows}</table></section>`;
}

export function promptTable(prompts: readonly PromptState[]): Markup | undefined {
  if (prompts.length === 0) return undefined;
  const rows = prompts.map(
    ({ path, sha256, state, notPassed }) =>
      markup`<tr><td><code>${path}</code></td><td><code>${sha256.slice(0, 12)}</code></td><td>${state}</td><td class="number ${notPassed > 0 ? "fail" : ""}">${state === "unchanged" || state === "removed" ? "not run" : notPassed}</td></tr>`,
  );
  return markup`<section><h2>Prompt files</h2><table><tr><th>File</th><th>SHA-256</th><th>Since the last report</th><th class="number">Not passed</th></tr>${rows}</table></section>`;
}
