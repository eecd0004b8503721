import type { Latency } from "../tally.ts";
import { type Markup, markup } from "./markup.ts";

const WIDTH = 920;
const HEIGHT = 220;
const LEFT = 46;
const BOTTOM = 34;
const TOP = 12;

const MS_MAX = 60_000;
export function duration(ms: number): string {
  if (ms >= 1000) return `${String(Math.round(ms / 100) / 10)} s`;
  return `${String(ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms))} ms`;
}

/** How long answers took, in steps of 1, 2, 5: those that the server blocked below, the others above them. */
export function latencyPlot({ buckets }: Latency): Markup {
  const used = buckets.findLastIndex(({ answered, blocked }) => answered + blocked > 0);
  const first = buckets.findIndex(({ answered, blocked }) => answered + blocked > 0);
  const shown = buckets.slice(Math.max(0, first - 1), used + 2);
  const most = Math.max(1, ...shown.map(({ answered, blocked }) => answered + blocked));
  const step = (WIDTH - LEFT) / Math.max(1, shown.length);
  const tall = HEIGHT - TOP - BOTTOM;
  const high = (count: number): number => Math.round((count / most) * tall * 10) / 10;
  const bars = shown.map(({ uptoMs, answered, blocked }, at) => {
    const left = LEFT + at * step + 3;
    const width = step - 6;
    const base = HEIGHT - BOTTOM;
    const total = answered + blocked;
    const upto = uptoMs > MS_MAX ? "more" : `≤ ${duration(uptoMs)}`;
    const count =
      total === 0
        ? undefined
        : markup`<text class="soft" x="${left + width / 2}" y="${Math.max(10, base - high(total) - 4)}" text-anchor="middle">${total}</text>`;
    return markup`<g><title>${upto}: ${blocked} blocked, ${answered} answered</title>
      <rect class="blocked" x="${left}" y="${base - high(blocked)}" width="${width}" height="${high(blocked)}"/>
      <rect class="resisted" x="${left}" y="${base - high(total)}" width="${width}" height="${high(answered)}"/>${count}
      <text class="soft" x="${left + width / 2}" y="${HEIGHT - 14}" text-anchor="middle">${upto}</text></g>`;
  });
  const axis = markup`<line class="grid" x1="${LEFT}" x2="${WIDTH}" y1="${HEIGHT - BOTTOM}" y2="${HEIGHT - BOTTOM}"/>`;
  return markup`<div class="plot"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Time to the end of an answer">${axis}${bars}</svg></div>`;
}
