/**
 * Open-loop load of streams: `bun bench/stream-load.ts URL CALLERS_FILE STREAMS PARTS PARTS_PER_SECOND SECONDS`. Streams begin at fixed times
 * whatever became of those before, so that about STREAMS are open at once; what is late counts from its own time. Prints one line of JSON.
 */
import { readFileSync } from "node:fs";
import { streamBody } from "./payload.ts";

const [url = "", callersFile = "", streamsText = "512", partsText = "500", rateText = "50", secondsText = "30"] = process.argv.slice(2);
const target = new URL(url);
const streams = Number(streamsText);
const parts = Number(partsText);
const lifeMs = (parts / Number(rateText)) * 1000;
const runMs = Number(secondsText) * 1000;
const callers = readFileSync(callersFile, "utf8").trimEnd().split("\n");

/** What ends a cut-off mark: one shorter than the longest text that is looked for. */
const TAIL = 16;

type Open = {
  readonly dueMs: number;
  firstMs: number;
  seen: number;
  lastMs: number;
  gapMs: number;
  done: boolean;
  head: string;
  tail: string;
};

const requestOf = (caller: string): string => {
  const headers = caller.split("\t").map((pair) => pair.replace("=", ": "));
  return [
    `POST /v1/chat/completions HTTP/1.1`,
    `host: ${target.host}`,
    "content-type: application/json",
    `content-length: ${Buffer.byteLength(streamBody)}`,
    ...headers,
    "",
    streamBody,
  ].join("\r\n");
};
const requests = callers.map(requestOf);

const firstPartMs: number[] = [];
const gaps: number[] = [];
const problems = new Map<string, number>();
let finished = 0;
let partsSeen = 0;
let openNow = 0;
let openMax = 0;

const problem = (kind: string): void => void problems.set(kind, (problems.get(kind) ?? 0) + 1);

/** A part is a `data:` line with text in it: what the upstream sends for it is counted, not the role or the usage. */
function countParts(text: string): number {
  let count = 0;
  for (let at = text.indexOf('"content":"word '); at >= 0; at = text.indexOf('"content":"word ', at + 1)) count++;
  return count;
}

function take(open: Open, received: string, now: number): void {
  if (open.head === "") {
    open.head = received.slice(0, 12);
    if (!open.head.startsWith("HTTP/1.1 200")) problem(`status ${open.head.slice(9)}`);
  }
  const text = open.tail + received;
  open.tail = text.slice(-TAIL);
  const count = countParts(text);
  if (count > 0) {
    if (open.seen === 0) {
      open.firstMs = now - open.dueMs;
      if (open.dueMs >= measureFromMs) firstPartMs.push(open.firstMs);
    } else open.gapMs = Math.max(open.gapMs, now - open.lastMs);
    open.seen += count;
    open.lastMs = now;
    partsSeen += count;
  }
  if (text.includes("[DONE]")) open.done = true;
}

function begin(dueMs: number, request: string): void {
  const open: Open = { dueMs, firstMs: -1, seen: 0, lastMs: 0, gapMs: 0, done: false, head: "", tail: "" };
  openNow++;
  openMax = Math.max(openMax, openNow);
  const end = (kind: string | undefined): void => {
    if (openNow > 0) openNow--;
    if (kind !== undefined) problem(kind);
    else if (open.seen !== parts) problem(`${open.seen} parts in place of ${parts}`);
    else finished++;
    gaps.push(open.gapMs);
  };
  let ended = false;
  const once = (kind?: string): void => {
    if (ended) return;
    ended = true;
    end(kind);
  };
  Bun.connect({
    hostname: target.hostname,
    port: Number(target.port),
    socket: {
      open: (socket) => void socket.write(request),
      data(socket, bytes) {
        take(open, bytes.toString("latin1"), performance.now());
        if (!open.done) return;
        once();
        socket.end();
      },
      close: () => once(open.done ? undefined : "closed without [DONE]"),
      error: (_socket, error) => once(error.message),
      connectError: (_socket, error) => once(error.message),
    },
  }).catch((error: unknown) => once(String(error)));
}

const everyMs = lifeMs / streams;
const startedMs = performance.now() + 50;
/** The time in which the number of open streams grows is not measured. */
const measureFromMs = startedMs + lifeMs;
const total = Math.ceil((lifeMs + runMs) / everyMs);
let begun = 0;
await new Promise<void>((resolve) => {
  const timer = setInterval(() => {
    const now = performance.now();
    while (begun < total && startedMs + begun * everyMs <= now)
      begin(startedMs + begun * everyMs, requests[begun++ % requests.length] ?? "");
    if (begun >= total && (openNow === 0 || now > startedMs + total * everyMs + lifeMs + 20_000)) {
      clearInterval(timer);
      resolve();
    }
  }, 1);
});

const sorted = firstPartMs.toSorted((a, b) => a - b);
const at = (list: readonly number[], share: number): number =>
  list[Math.min(list.length - 1, Math.floor(list.length * share))] ?? Number.NaN;
const gapsSorted = gaps.toSorted((a, b) => a - b);
console.log(
  JSON.stringify({
    begun,
    finished,
    openMax,
    partsPerSecond: partsSeen / ((lifeMs + runMs) / 1000),
    firstPartP50Ms: at(sorted, 0.5),
    firstPartP99Ms: at(sorted, 0.99),
    gapP50Ms: at(gapsSorted, 0.5),
    gapP99Ms: at(gapsSorted, 0.99),
    problems: Object.fromEntries(problems),
  }),
);
process.exit(0);
