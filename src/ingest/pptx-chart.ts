import { walkXml } from "./docx-xml.ts";
import { createTable } from "./table.ts";

type Series = { name: string; readonly categories: Map<number, string>; readonly values: Map<number, string> };
/** More points are a picture, not figures that somebody reads. */
const POINTS_MAX = 200;
const SERIES_MAX = 30;

/** The figures of a chart as a table: a row for each category, a column for each series. Throws Unreadable. */
export function readChart(source: string): string {
  const series: Series[] = [];
  let title = "";
  let inTitle = 0;
  let into: "name" | "categories" | "values" | undefined;
  let point = 0;
  let inText = false;
  walkXml(source, {
    open(name, attribute) {
      const one = series.at(-1);
      if (name === "title") inTitle += 1;
      else if (name === "ser") series.push({ name: "", categories: new Map(), values: new Map() });
      else if (name === "tx" && one !== undefined && inTitle === 0) into = "name";
      else if (name === "cat" || name === "xVal") into = "categories";
      else if (name === "val" || name === "yVal") into = "values";
      else if (name === "pt") point = Number(attribute("idx") ?? 0);
      else if (name === "v" || name === "t") inText = true;
    },
    text(text) {
      if (!inText) return;
      const one = series.at(-1);
      if (inTitle > 0) title += text;
      else if (one === undefined || point >= POINTS_MAX) return;
      else if (into === "name") one.name += text;
      else if (into !== undefined) one[into].set(point, (one[into].get(point) ?? "") + text);
    },
    close(name) {
      if (name === "title") inTitle -= 1;
      else if (name === "v" || name === "t") inText = false;
      else if (name === "tx" || name === "cat" || name === "val" || name === "xVal" || name === "yVal") into = undefined;
    },
  });
  return writeChart(title, series.slice(0, SERIES_MAX));
}

function writeChart(title: string, series: readonly Series[]): string {
  const points = [...new Set(series.flatMap(({ values }) => [...values.keys()]))].toSorted((a, b) => a - b);
  let text = title.trim() === "" ? "" : `Chart: ${title.replace(/\s+/g, " ").trim()}\n\n`;
  if (points.length === 0) return text;
  const table = createTable((piece) => void (text += piece));
  table.row(["Category", ...series.map(({ name }, at) => (name === "" ? `Series ${at + 1}` : name))]);
  for (const point of points)
    table.row([series[0]?.categories.get(point) ?? `${point + 1}`, ...series.map(({ values }) => shown(values.get(point) ?? ""))]);
  table.end();
  return text;
}

/** Without the last digits that binary fractions add. */
function shown(value: string): string {
  const number = value.trim() === "" ? Number.NaN : Number(value);
  return Number.isFinite(number) ? String(Number(number.toPrecision(12))) : value;
}
