import { chunksOf, eventsOf, textOf, wrongsOfBroken, type RawAnswer } from "./raw-call.ts";
import type { UsageRow } from "./usage-rows.ts";

/** One call of a schedule, as its caller, the upstream and the ledger saw it. */
export type Seen = {
  readonly name: string;
  /** On the clock that breakers go by, before it began. */
  readonly startedMs: number;
  /** Others were under way with it. */
  readonly burst: boolean;
  readonly stream: boolean;
  /** Its caller said how long it waits: a timeout then says nothing about a target. */
  readonly hurried: boolean;
  /** Holds personal data, which stays on private models. */
  readonly personal: boolean;
  readonly answer: RawAnswer;
  /** The models that the upstream was asked for, in order, and the tokens of their prompts. */
  readonly asked: readonly {
    readonly model: string;
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly finished: boolean;
  }[];
  readonly rows: readonly UsageRow[];
};
export type Rules = {
  readonly whole: string;
  /** Upstream models that personal data must not reach. */
  readonly external: ReadonlySet<string>;
  readonly openMs: number;
  readonly openMsMax: number;
  readonly failures: number;
  readonly probes: number;
  readonly retryShare: number;
  readonly microUsd: { readonly input: number; readonly output: number };
};

/** Everything that is wrong with how the calls of a schedule went; each line begins with the invariant's name. */
export function wrongsOf(calls: readonly Seen[], rules: Rules): string[] {
  const wrongs = calls.flatMap((call) =>
    [...wrongsOfAnswer(call, rules), ...wrongsOfAsking(call), ...wrongsOfRow(call, rules), ...wrongsOfPlace(call, rules)].map(
      (wrong) => `${wrong} (${call.name})`,
    ),
  );
  return [...wrongs, ...wrongsOfRepeats(calls, rules), ...wrongsOfBreakers(calls, rules)];
}

function wrongsOfAnswer({ answer, stream, rows }: Seen, { whole, openMsMax }: Rules): string[] {
  const { status, end, body, headers } = answer;
  if (end !== "whole") return [`ending: ${end}`];
  const wrongs: string[] = [];
  if (status === 503) {
    const seconds = Number(headers.get("retry-after"));
    if (!(seconds >= 1 && seconds <= openMsMax / 1000)) wrongs.push(`retry-after: ${headers.get("retry-after")}`);
  }
  const spent = rows.some((row) => row.inputTokens + row.outputTokens > 0);
  if (status >= 400 && spent && headers.get("x-should-retry") !== "false") wrongs.push("retry: a paid call may be repeated");
  if (status === 200 && isExtractive(rows)) return wrongs;
  if (status === 200 && !stream) return body.includes(JSON.stringify(whole)) ? wrongs : [...wrongs, "truncation: not the whole answer"];
  if (status === 200 && eventsOf(body).data.at(-1) === "[DONE]") {
    if (textOf(body) !== whole) wrongs.push("truncation: [DONE] without the whole answer");
    if (chunksOf(body).some(({ error }) => error !== undefined)) wrongs.push("truncation: [DONE] after an error");
    return wrongs;
  }
  return [...wrongs, ...wrongsOfBroken(answer, stream, whole).map((wrong) => `break: ${wrong}`)];
}

const isExtractive = (rows: readonly UsageRow[]): boolean => rows.some(({ attempts }) => attempts.at(-1)?.model === "extractive");

function wrongsOfAsking({ asked, stream, rows }: Seen): string[] {
  const wrongs: string[] = [];
  const models = asked.map(({ model }) => model);
  const isFirst = models.map((model) => model === models[0]);
  if (models.length > 3) wrongs.push("attempts: more than three");
  const further = models.filter((_, at) => isFirst[at] === false);
  if (new Set(further).size !== further.length) wrongs.push("attempts: a further target was asked twice");
  if (isFirst.some((first, at) => first && isFirst.slice(0, at).includes(false))) wrongs.push("attempts: back to the first target");
  const before = rows[0]?.attempts.slice(0, -1) ?? [];
  // Anthropic's protocol reports one before there is any.
  if (stream && before.some(({ outputTokens }) => outputTokens > 1)) wrongs.push("attempts: moved on after the first part");
  return wrongs;
}

function wrongsOfRow({ asked, rows, answer }: Seen, { microUsd }: Rules): string[] {
  const [row] = rows;
  if (asked.length === 0 && (row === undefined || isExtractive(rows)))
    return answer.status === 503 || answer.status === 200 ? [] : ["row: none"];
  if (row === undefined) return ["row: none"];
  const wrongs = rows.length > 1 ? ["row: more than one"] : [];
  const models = row.attempts.filter(({ model }) => model !== "extractive");
  if (models.length !== asked.length) wrongs.push(`row: ${models.length} attempts of ${asked.length}`);
  for (const [at, attempt] of models.entries()) {
    const call = asked[at];
    if (attempt.costMicroUsd !== attempt.inputTokens * microUsd.input + attempt.outputTokens * microUsd.output)
      wrongs.push("money: a wrong price");
    const isOff = attempt.inputTokens !== call?.inputTokens || attempt.outputTokens !== call.outputTokens;
    if (attempt.outcome === "finished" && isOff) wrongs.push("money: other tokens than the upstream's");
  }
  if (row.costMicroUsd !== row.attempts.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0)) wrongs.push("money: the sum is another");
  return wrongs;
}

const wrongsOfPlace = ({ personal, asked }: Seen, { external }: Rules): string[] =>
  personal && asked.some(({ model }) => external.has(model)) ? ["place: personal data left"] : [];

function wrongsOfRepeats(calls: readonly Seen[], { retryShare }: Rules): string[] {
  const counts = new Map<string, { calls: number; repeats: number }>();
  for (const { asked } of calls)
    for (const [at, { model }] of asked.entries()) {
      const count = counts.get(model) ?? { calls: 0, repeats: 0 };
      counts.set(model, count);
      if (at > 0 && asked[0]?.model === model) count.repeats++;
      else count.calls++;
    }
  return [...counts].flatMap(([model, count]) =>
    count.repeats > count.calls * retryShare ? [`repeats: ${count.repeats} of ${count.calls} at ${model}`] : [],
  );
}

const BAD = new Set(["target_down", "target_failed", "target_timeout", "target_broken"]);
type Known = { row: number; openUntilMs: number; isHalf: boolean; good: number };

/** A breaker of the plainest kind, which opens later and shorter than the real one at most: what passes it is wrong. */
function wrongsOfBreakers(calls: readonly Seen[], { openMs, failures, probes }: Rules): string[] {
  const known = new Map<string, Known>();
  const wrongs: string[] = [];
  for (const { name, startedMs, burst, hurried, asked, rows } of calls)
    for (const [at, { model }] of asked.entries()) {
      const it = known.get(model) ?? { row: 0, openUntilMs: 0, isHalf: false, good: 0 };
      known.set(model, it);
      if (startedMs < it.openUntilMs) wrongs.push(`breaker: ${model} was asked while it was open (${name})`);
      const code = rows[0]?.attempts[at]?.code;
      if (burst) Object.assign(it, { row: 0, isHalf: false });
      else if (code === undefined) {
        it.row = 0;
        if (it.isHalf && ++it.good >= probes) it.isHalf = false;
      } else if (BAD.has(code) && !(hurried && code === "target_timeout")) {
        it.row++;
        if (it.isHalf || it.row >= failures) Object.assign(it, { row: 0, isHalf: true, good: 0, openUntilMs: startedMs + openMs });
      }
    }
  return wrongs;
}
