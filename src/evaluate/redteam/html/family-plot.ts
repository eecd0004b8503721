import type { FamilyRow } from "../tally.ts";
import { type Markup, markup } from "./markup.ts";

const WIDTH = 920;
const LABEL_WIDTH = 170;
const TRACK_WIDTH = 500;
const ROW_HEIGHT = 26;
const GROUP_HEIGHT = 30;
const AXIS_HEIGHT = 26;
const BAR_HEIGHT = 12;

const SUITE_TITLES: Readonly<Record<string, string>> = {
  direct: "Direct injection",
  indirect: "Indirect, through documents and tools",
  leakage: "Leakage",
  "cross-tenant": "Across tenants",
  pii: "Personal data",
  abuse: "Abuse and limits",
  corpora: "Published collections",
  prompts: "Prompt files",
};
/** Here nothing is to be blocked: the bar alone tells. */
const WITHOUT_RATE: ReadonlySet<string> = new Set(["cross-tenant", "abuse", "pii"]);

const x = (share: number): number => Math.round((LABEL_WIDTH + share * TRACK_WIDTH) * 10) / 10;
export const percent = (share: number): string => `${String(Math.round(share * 100))} %`;
const shareOf = ({ count, total }: FamilyRow["blockRate"]): number => (total === 0 ? 0 : count / total);

/** Attacks: a bar of outcomes for each family, and over it the rate at which they were blocked, with its interval. */
export function familyPlot(rows: readonly FamilyRow[]): Markup {
  const pieces: Markup[] = [];
  let y = AXIS_HEIGHT;
  let suite = "";
  for (const row of rows) {
    if (row.suite !== suite) {
      suite = row.suite;
      pieces.push(markup`<text class="group" x="0" y="${y + 20}">${SUITE_TITLES[suite] ?? suite}</text>`);
      y += GROUP_HEIGHT;
    }
    pieces.push(attackRow(row, y));
    y += ROW_HEIGHT;
  }
  return chart(y + 8, "Outcomes of attacks by family", pieces);
}

/** Ordinary requests: the share that was blocked, with its interval, and the share that the gate allows. */
export function falsePositivePlot(rows: readonly FamilyRow[], limit: number | undefined): Markup {
  const pieces = rows.map((row, at) => {
    const y = AXIS_HEIGHT + at * ROW_HEIGHT;
    const share = shareOf(row.blockRate);
    const name = row.suite === "corpora" ? row.family : `${row.suite} · ${row.family}`;
    const bar = markup`<rect class="track" x="${x(0)}" y="${y + 7}" width="${TRACK_WIDTH}" height="${BAR_HEIGHT}" rx="2"/>
      <rect class="failed" x="${x(0)}" y="${y + 7}" width="${share * TRACK_WIDTH}" height="${BAR_HEIGHT}" rx="2"/>`;
    return markup`${label(name, y)}${bar}${whisker(row, y)}${note(`${rateText(row)} of ${String(row.blockRate.total)}`, y)}`;
  });
  const height = AXIS_HEIGHT + rows.length * ROW_HEIGHT + 8;
  const line =
    limit === undefined
      ? undefined
      : markup`<line class="limit" x1="${x(limit)}" x2="${x(limit)}" y1="${AXIS_HEIGHT}" y2="${height - 6}"/>`;
  return chart(height, "Ordinary requests that were blocked, by set", [...pieces, ...(line === undefined ? [] : [line])]);
}

function attackRow(row: FamilyRow, y: number): Markup {
  const resisted = row.passed - row.blocked;
  const parts = [
    { name: "blocked", count: row.blocked },
    { name: "resisted", count: resisted },
    { name: "unknown", count: row.inconclusive },
    { name: "failed", count: row.failed },
  ];
  let from = 0;
  const bars = parts.map(({ name, count }) => {
    const width = (count / Math.max(1, row.probes)) * TRACK_WIDTH;
    const bar = markup`<rect class="${name}" x="${x(from / TRACK_WIDTH)}" y="${y + 7}" width="${Math.round(width * 10) / 10}" height="${BAR_HEIGHT}"/>`;
    from += width;
    return count === 0 ? undefined : bar;
  });
  const withRate = !WITHOUT_RATE.has(row.suite);
  const failed = row.failed === 0 ? "" : `${String(row.failed)} failed`;
  const said = [withRate ? `blocked ${rateText(row)}` : `${String(row.probes)} ${row.probes === 1 ? "probe" : "probes"}`, failed]
    .filter((text) => text !== "")
    .join(" · ");
  const title = `${row.family}: ${String(row.blocked)} blocked, ${String(resisted)} resisted, ${String(row.inconclusive)} inconclusive, ${String(row.failed)} failed`;
  return markup`<g><title>${title}</title>${label(row.family, y)}${bars}${withRate ? whisker(row, y) : undefined}${note(said, y)}</g>`;
}

const rateText = ({ blockRate }: FamilyRow): string =>
  blockRate.total === 0 ? "–" : `${percent(shareOf(blockRate))} (${percent(blockRate.low)} to ${percent(blockRate.high)})`;

const LABEL_CHARS_MAX = 26;
const label = (text: string, y: number): Markup => {
  const short = text.length > LABEL_CHARS_MAX ? `…${text.slice(1 - LABEL_CHARS_MAX)}` : text;
  return markup`<text x="${LABEL_WIDTH - 12}" y="${y + 17}" text-anchor="end">${short}</text>`;
};
const note = (text: string, y: number): Markup => markup`<text class="soft" x="${x(1) + 14}" y="${y + 17}">${text}</text>`;

function whisker({ blockRate }: FamilyRow, y: number): Markup | undefined {
  if (blockRate.total === 0) return undefined;
  const [low, high, middle, line] = [x(blockRate.low), x(blockRate.high), x(shareOf(blockRate)), y + 13];
  return markup`<line class="halo" x1="${low}" x2="${high}" y1="${line}" y2="${line}"/><line class="whisker" x1="${low}" x2="${high}" y1="${line}" y2="${line}"/>
    <line class="whisker" x1="${low}" x2="${low}" y1="${line - 4}" y2="${line + 4}"/><line class="whisker" x1="${high}" x2="${high}" y1="${line - 4}" y2="${line + 4}"/>
    <circle class="dot" cx="${middle}" cy="${line}" r="4"/>`;
}

function chart(height: number, title: string, pieces: readonly Markup[]): Markup {
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      markup`<line class="grid" x1="${x(share)}" x2="${x(share)}" y1="${AXIS_HEIGHT - 4}" y2="${height - 6}"/><text class="soft" x="${x(share)}" y="14" text-anchor="middle">${percent(share)}</text>`,
  );
  return markup`<div class="plot"><svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${title}">${ticks}${pieces}</svg></div>`;
}
