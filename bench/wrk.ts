import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { CHAT_BODY, NUMBER } from "./payload.ts";
import { runToEnd } from "./process.ts";

export type WrkRun = {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Answers that were not 2xx or 3xx, and connections that failed. */
  readonly errors: number;
};

export type WrkOptions = {
  readonly url: string;
  readonly seconds: number;
  readonly connections: number;
  readonly core: number;
  /** One set of headers per caller; requests take turns among them. */
  readonly callers: readonly Readonly<Record<string, string>>[];
  /** The short conversation unless told. */
  readonly body?: string | undefined;
};

/**
 * Requests are made once, at the start: building one per request would make the load generator the limit. There are more of them than the server
 * remembers texts, each with a number of its own in its last message; what stands before it is the same, as in a conversation.
 */
const script = `
local requests = {}
local at = 0
function init(args)
  local body = io.open(args[2]):read("*a")
  local all = {}
  for line in io.lines(args[1]) do
    local headers = { ["Content-Type"] = "application/json" }
    for name, value in line:gmatch("([^\\t=]+)=([^\\t]*)") do headers[name] = value end
    all[#all + 1] = headers
  end
  for n = 1, 20000 do
    requests[n] = wrk.format("POST", nil, all[(n - 1) % #all + 1], (body:gsub("${NUMBER}", tostring(100000 + n), 1)))
  end
end
function request()
  at = at % #requests + 1
  return requests[at]
end
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format('\\nRESULT {"requests":%d,"seconds":%.6f,"p50Ms":%.4f,"p90Ms":%.4f,"p99Ms":%.4f,"maxMs":%.4f,"errors":%d}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(90) / 1e3, latency:percentile(99) / 1e3,
    latency.max / 1e3, errors.status + errors.connect + errors.read + errors.write + errors.timeout))
end
`;

/** What wrk runs, written once per bench. */
export function writeWrkFiles(folder: string): void {
  writeFileSync(join(folder, "load.lua"), script);
}

export function parseWrk(output: string): WrkRun {
  const line = output.split("\n").find((text) => text.startsWith("RESULT "));
  if (line === undefined) throw new Error(`wrk printed no result\n${output}`);
  const figures: unknown = JSON.parse(line.slice("RESULT ".length));
  const figure = (name: string): number => Number(new Map(Object.entries(figures ?? {})).get(name) ?? Number.NaN);
  const requests = figure("requests");
  return {
    requests,
    perSecond: requests / figure("seconds"),
    p50Ms: figure("p50Ms"),
    p90Ms: figure("p90Ms"),
    p99Ms: figure("p99Ms"),
    maxMs: figure("maxMs"),
    errors: figure("errors"),
  };
}

export async function wrk(folder: string, options: WrkOptions): Promise<WrkRun> {
  const callers = join(folder, `callers-${options.callers.length}.txt`);
  writeFileSync(
    callers,
    options.callers
      .map(
        (headers) =>
          `${Object.entries(headers)
            .map(([name, value]) => `${name}=${value}`)
            .join("\t")}\n`,
      )
      .join(""),
  );
  const body = join(folder, "body.json");
  writeFileSync(body, options.body ?? CHAT_BODY);
  const threads = "-t1";
  const flags = [threads, `-c${options.connections}`, `-d${options.seconds}s`, "--timeout", "10s", "-s", join(folder, "load.lua")];
  const output = await runToEnd(["wrk", ...flags, `${options.url}/v1/chat/completions`, "--", callers, body], {
    core: options.core,
    withinMs: (options.seconds + 60) * 1000,
  });
  return parseWrk(output);
}
