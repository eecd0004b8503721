import { classNames } from "./class-names.ts";

/** How much of a whole is used. `mark` draws a second point, a forecast say. Shares from 0 to 1; more than 1 is drawn full. */
export function Meter({
  label,
  share,
  mark,
  tone = "accent",
}: {
  readonly label: string;
  readonly share: number;
  readonly mark?: number;
  readonly tone?: "accent" | "good" | "warn" | "bad";
}) {
  const percent = Math.round(Math.min(Math.max(share, 0), 1) * 100);
  const colours = { accent: "bg-accent", good: "bg-good", warn: "bg-warn", bad: "bg-bad" } as const;
  return (
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      className="relative h-2 w-full rounded-full bg-sunken ring-1 ring-line ring-inset"
    >
      <div className={classNames("h-full rounded-full", colours[tone])} style={{ width: `${percent}%` }} />
      {mark !== undefined && (
        <div aria-hidden className="absolute -inset-y-0.5 w-0.5 bg-ink" style={{ left: `${Math.min(Math.max(mark, 0), 1) * 100}%` }} />
      )}
    </div>
  );
}

/** A small line without axes, for a cell of a table. Gaps where there is no value. */
export function Sparkline({
  values,
  label,
  width = 96,
  height = 24,
}: {
  readonly values: readonly (number | null)[];
  readonly label: string;
  readonly width?: number;
  readonly height?: number;
}) {
  const known = values.filter((value) => value !== null);
  const top = Math.max(...known, 1e-9);
  const step = values.length > 1 ? width / (values.length - 1) : width;
  let pen = "M";
  const path = values
    .map((value, index) => {
      if (value === null) {
        pen = "M";
        return "";
      }
      // A stroke of no length makes a value that stands alone a point.
      const point = `${pen}${(index * step).toFixed(1)} ${(height - 2 - (value / top) * (height - 4)).toFixed(1)}${pen === "M" ? "h0" : ""}`;
      pen = "L";
      return point;
    })
    .join("");
  return (
    <svg role="img" aria-label={label} width={width} height={height} viewBox={`0 0 ${width} ${height}`} className="text-series-1">
      {path !== "" && <path d={path} fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinejoin="round" strokeLinecap="round" />}
    </svg>
  );
}
