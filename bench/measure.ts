/** The three kinds of run: as fast as it goes, one call at a time, and open-loop streams. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { drain } from "./gateway.ts";
import { runToEnd, start, wait } from "./process.ts";
import type { Bench, Subject } from "./subject.ts";
import { wrk, type WrkRun } from "./wrk.ts";

export type LoadRun = WrkRun & {
  /** Calls made to prepare the run, which the ledger holds too. */
  readonly requestsBefore: number;
  /** CPU time of the subject for one answer, its threads and children included. */
  readonly cpuMicrosPerRequest: number;
  readonly rssMb: number;
  /** Events that the database did not have when the load ended, and how long it took to get them. */
  readonly backlogBytes: number;
  readonly drainSeconds: number;
};

async function load(bench: Bench, subject: Subject, seconds: number, connections: number): Promise<LoadRun> {
  const cpuBefore = subject.running?.cpuSeconds() ?? Number.NaN;
  const { options, folder } = bench;
  const run = await wrk(folder, {
    url: subject.url,
    seconds,
    connections,
    core: options.loadCore,
    callers: subject.callers,
    body: subject.body,
  });
  const cpuSeconds = (subject.running?.cpuSeconds() ?? Number.NaN) - cpuBefore;
  const backlogBytes = (await subject.gateway?.backlog().catch(() => undefined)) ?? Number.NaN;
  const rssMb = subject.running?.rssMb() ?? Number.NaN;
  return {
    ...run,
    requestsBefore: 0,
    cpuMicrosPerRequest: (cpuSeconds / run.requests) * 1e6,
    rssMb,
    backlogBytes,
    drainSeconds: Number.NaN,
  };
}

export async function measureLoad(bench: Bench, subject: Subject, seconds: number, connections: number): Promise<LoadRun> {
  const requestsBefore = await subject.before();
  try {
    const run = await load(bench, subject, seconds, connections);
    return { ...run, requestsBefore, drainSeconds: await subject.after() };
  } catch (error) {
    await subject.after().catch(() => undefined);
    throw error;
  }
}

export type LongRun = {
  readonly run: WrkRun;
  readonly samples: readonly { readonly second: number; readonly backlogBytes: number; readonly rssMb: number }[];
  readonly drainSeconds: number;
};

const SAMPLE_EVERY_S = 5;

/** One long run, with backlog and memory sampled on the way. */
export async function measureLong(bench: Bench, subject: Subject, seconds: number): Promise<LongRun> {
  const samples: { second: number; backlogBytes: number; rssMb: number }[] = [];
  const { options, folder } = bench;
  const sampling = (async () => {
    for (let second = SAMPLE_EVERY_S; second < seconds; second += SAMPLE_EVERY_S) {
      await wait(SAMPLE_EVERY_S * 1000);
      const backlogBytes = (await subject.gateway?.backlog().catch(() => undefined)) ?? Number.NaN;
      samples.push({ second, backlogBytes, rssMb: subject.running?.rssMb() ?? Number.NaN });
    }
  })();
  const run = await wrk(folder, {
    url: subject.url,
    seconds,
    connections: options.connections,
    core: options.loadCore,
    callers: subject.callers,
  });
  const drainSeconds = subject.gateway === undefined ? Number.NaN : await drain(subject.gateway, 600);
  await sampling;
  return { run, samples, drainSeconds };
}

export type StreamRun = {
  readonly begun: number;
  readonly finished: number;
  readonly openMax: number;
  readonly partsPerSecond: number;
  readonly firstPartP50Ms: number;
  readonly firstPartP99Ms: number;
  readonly gapP50Ms: number;
  readonly gapP99Ms: number;
  readonly problems: Readonly<Record<string, number>>;
};

export const PARTS = 500;
export const PARTS_PER_SECOND = 50;

export const startStreamMock = async (core: number): Promise<{ url: string; stop: () => Promise<void> }> => {
  const running = start([process.execPath, join(import.meta.dirname, "stream-mock.ts"), String(PARTS), String(PARTS_PER_SECOND)], { core });
  const line = await running.line(/^mock listening on /, 10_000);
  return { url: line.slice(line.indexOf("http://")).trim(), stop: running.stop };
};

/** Streams to the mock itself, or through a gateway whose provider it is. */
export async function measureStreams(bench: Bench, url: string, callers: Subject["callers"]): Promise<StreamRun> {
  const { options, folder } = bench;
  const file = join(folder, "stream-callers.txt");
  writeFileSync(
    file,
    callers
      .map(
        (headers) =>
          `${Object.entries(headers)
            .map(([name, value]) => `${name}=${value}`)
            .join("\t")}\n`,
      )
      .join(""),
  );
  const args = [url, file, options.streams, PARTS, PARTS_PER_SECOND, options.streamSeconds].map(String);
  const output = await runToEnd([process.execPath, join(import.meta.dirname, "stream-load.ts"), ...args], { core: options.loadCore });
  const figures: StreamRun = JSON.parse(output.trim().split("\n").at(-1) ?? "");
  return figures;
}
