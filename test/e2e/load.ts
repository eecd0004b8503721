import { eventsOf, rawCall, type RawAnswer } from "./raw-call.ts";
import type { UsageRow } from "./usage-rows.ts";

/** What a client knows of one call when it has ended for it. */
export type Answered = {
  readonly requestId: string;
  /** The last byte came, or the stream's `[DONE]`. */
  readonly acknowledged: boolean;
  readonly stream: boolean;
  readonly costMicroUsd: number | undefined;
  readonly answer: RawAnswer;
};

export type Load = {
  readonly answered: readonly Answered[];
  /** Calls that were sent, those without any answer included. */
  readonly sent: number;
  /** Calls that got an error for an answer. */
  readonly refused: readonly RawAnswer[];
  /** Begins no more calls; resolves when those under way have ended. */
  stop(): Promise<void>;
};

export type LoadOptions = {
  readonly url: () => string;
  readonly key: string;
  readonly workers: number;
  readonly body: (n: number) => { readonly stream: boolean } & Readonly<Record<string, unknown>>;
  /** Between two calls of a worker. */
  readonly pauseMs?: number;
};

/** Workers that call again and again, and remember what they were promised. */
export function startLoad({ url, key, workers, body, pauseMs = 0 }: LoadOptions): Load {
  const answered: Answered[] = [];
  const refused: RawAnswer[] = [];
  let sent = 0;
  const ending = new AbortController();
  const work = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      const asked = body(sent++);
      const answer = await rawCall({ url: `${url()}/v1/chat/completions`, key, body: asked }, 30_000);
      if (answer.status === 200) answered.push(toAnswered(answer, asked.stream));
      else if (answer.status > 0) refused.push(answer);
      // The server is gone: nothing is to be had until the next round.
      if (answer.status === 0 || pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, Math.max(pauseMs, 5)));
    }
  };
  const done = Promise.all(Array.from({ length: workers }, work));
  return {
    answered,
    refused,
    get sent() {
      return sent;
    },
    async stop() {
      ending.abort();
      await done;
    },
  };
}

export function toAnswered(answer: RawAnswer, stream: boolean): Answered {
  const done = stream ? eventsOf(answer.body).data.at(-1) === "[DONE]" : answer.end === "whole";
  const cost = /"costMicroUsd":(\d+)/.exec(answer.body)?.[1];
  return {
    requestId: answer.headers.get("x-weir-request-id") ?? "",
    acknowledged: done,
    stream,
    costMicroUsd: cost === undefined ? undefined : Number(cost),
    answer,
  };
}

export type Verdict = {
  readonly acknowledged: number;
  readonly lost: number;
  readonly twice: number;
  /** Streams that had begun and were cut, whose row is missing, not failed, or without a cost. */
  readonly unbilled: number;
  readonly cut: number;
  /** Acknowledged calls whose row says another cost than their answer. */
  readonly costOff: number;
  /** Rows of calls whose process died under them. */
  readonly died: number;
  readonly diedUnbilled: number;
};

/** What clients were told against what the ledger holds. */
export function compare(answered: readonly Answered[], rows: readonly UsageRow[]): Verdict {
  const byId = Map.groupBy(rows, (row) => row.requestId);
  const told = answered.filter(({ acknowledged }) => acknowledged);
  const cut = answered.filter(({ acknowledged }) => !acknowledged);
  const died = rows.filter(({ code }) => code === "process_died");
  const isBilled = ({ requestId }: Answered): boolean => {
    const row = byId.get(requestId)?.[0];
    // The event may have been written before the process could say so.
    return row !== undefined && row.outcome !== "refused" && row.costMicroUsd > 0;
  };
  return {
    acknowledged: told.length,
    lost: told.filter(({ requestId }) => byId.get(requestId)?.[0]?.outcome !== "finished").length,
    twice: [...byId.values()].filter((same) => same.length > 1).length,
    unbilled: cut.filter((each) => !isBilled(each)).length,
    cut: cut.length,
    costOff: told.filter(({ requestId, costMicroUsd }) => (byId.get(requestId)?.[0]?.costMicroUsd ?? costMicroUsd) !== costMicroUsd).length,
    died: died.length,
    diedUnbilled: died.filter((row) => row.outcome !== "failed" || row.costMicroUsd <= 0).length,
  };
}
