import { usageExportQuery, type UsageSeriesAnswer } from "../contract/usage-series.ts";
import { toIso } from "../kernel/clock.ts";
import { toCsvLine, type CsvValue } from "../kernel/csv.ts";
import { dollarsToMicro, microToDollarText } from "../kernel/money.ts";
import { platformEndpoint, type Endpoint } from "./endpoint.ts";
import { readQuery } from "./query.ts";
import { noted } from "./route-note.ts";
import { toUsageFilter, type UsageFilterAsk } from "./usage-filter.ts";
import { spanOf, type SeriesAsk } from "./usage-series.ts";

type Cell = UsageSeriesAnswer["totals"] & { readonly atMs: number; readonly value: string };
type Call = {
  readonly createdAt: string;
  readonly requestId: string;
  readonly tenant: string;
  readonly key: string;
  readonly team: string | null;
  readonly feature: string | null;
  readonly operation: string | null;
  readonly outcome: string;
  readonly code: string | null;
  readonly count: number;
  readonly modelAsked: string | null;
  readonly model: string | null;
  readonly provider: string | null;
  readonly stream: boolean;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly costMicroUsd: number;
  readonly usageSource: string;
  readonly latencyMs: number | null;
};

/** Both give some hundred rows at a time, so that a file of millions is never held whole. */
export type UsageExportDeps = {
  eachCell(ask: SeriesAsk): AsyncGenerator<readonly Cell[]>;
  eachCall(ask: UsageFilterAsk & { readonly costMinMicroUsd: number | undefined }): AsyncGenerator<readonly Call[]>;
  /** Throws `not_found` before the first byte is out. */
  checkTenant(slug: string): Promise<unknown>;
};

export function usageExport(deps: UsageExportDeps): Endpoint {
  const endpoint = platformEndpoint("GET", "/admin/v1/usage/export", "usage.read", async ({ query, who, startedAtMs }) => {
    const { group, by, rows, format: _csv, bom, costMinUsd, ...filter } = readQuery(query, usageExportQuery);
    const ask = toUsageFilter(filter, who);
    if (ask.tenant !== undefined) await deps.checkTenant(ask.tenant);
    const lines =
      rows === "sums"
        ? cellLines(group, deps.eachCell({ ...spanOf(ask, by, startedAtMs), group, bucket: by }))
        : callLines(deps.eachCall({ ...ask, costMinMicroUsd: costMinUsd === undefined ? undefined : dollarsToMicro(costMinUsd) }));
    return new Response(toStream(lines, bom === "true"), {
      headers: {
        "content-type": "text/csv; charset=utf-8; header=present",
        "content-disposition": `attachment; filename="usage-${rows}-${toIso(startedAtMs).slice(0, 10)}.csv"`,
        "cache-control": "no-store",
      },
    });
  });
  return noted(endpoint, {
    summary: "Usage as a CSV file",
    description:
      "As RFC 4180 has it, streamed. Sums are those of `/admin/v1/usage/series` without a limit of values; calls are those of `/admin/v1/usage`. A text that a spreadsheet would run as a formula has an apostrophe before it. `costUsd` is exact.",
    query: usageExportQuery,
    answerType: "text/csv",
  });
}

const SUMS = ["calls", "refused", "inputTokens", "outputTokens", "cachedTokens", "costMicroUsd"] as const;

async function* cellLines(group: SeriesAsk["group"], pages: AsyncGenerator<readonly Cell[]>): AsyncGenerator<string> {
  const named = group !== "none";
  yield toCsvLine(["at", ...(named ? [group] : []), ...SUMS, "costUsd"]);
  for await (const cells of pages)
    yield cells
      .map((cell) => {
        const sums = SUMS.map((name) => cell[name]);
        return toCsvLine([toIso(cell.atMs), ...(named ? [cell.value] : []), ...sums, microToDollarText(cell.costMicroUsd)]);
      })
      .join("");
}

const FIELDS = [
  "createdAt",
  "requestId",
  "tenant",
  "key",
  "team",
  "feature",
  "operation",
  "outcome",
  "code",
  "count",
  "modelAsked",
  "model",
  "provider",
  "stream",
  "inputTokens",
  "outputTokens",
  "cachedTokens",
  "costMicroUsd",
  "usageSource",
  "latencyMs",
] as const satisfies readonly (keyof Call)[];

async function* callLines(pages: AsyncGenerator<readonly Call[]>): AsyncGenerator<string> {
  yield toCsvLine([...FIELDS, "costUsd"]);
  for await (const calls of pages) {
    const lines = calls.map((call) => {
      const values: CsvValue[] = FIELDS.map((name) => call[name]);
      return toCsvLine([...values, microToDollarText(call.costMicroUsd)]);
    });
    yield lines.join("");
  }
}

/** Asks for more when the reader has taken what there was; who goes away ends the reading. */
function toStream(lines: AsyncGenerator<string>, bom: boolean): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let isFirst = true;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      for (;;) {
        const { value, done } = await lines.next();
        if (done === true) {
          controller.close();
          return;
        }
        if (value === "") continue;
        controller.enqueue(encoder.encode(isFirst && bom ? `\uFEFF${value}` : value));
        isFirst = false;
        return;
      }
    },
    async cancel() {
      await lines.return(undefined);
    },
  });
}
