import type { CascadeMark } from "../domain/cascade.ts";
import type { Attempt, CallEvent, RefusalEvent, Operation } from "../domain/event.ts";
import type { Form } from "../domain/chat.ts";
import type { FellReason } from "../domain/target.ts";
import { toIso } from "../kernel/clock.ts";
import { FAULTS } from "../kernel/fault.ts";

/** Why a candidate was left out, as the end of "was left out: …". */
const FELL: Readonly<Record<FellReason, string>> = {
  trust: "the route's rule keeps this call on private models, and this one is external",
  "personal-data": "personal data was found in the call, and the policy keeps that on private models",
  "unreadable-content": "the call holds content that cannot be searched for personal data, and the policy keeps that on private models",
  region: "it does not run in the region that the tenant's or the key's calls must stay in",
  "tenant-models": "the tenant's list of models does not name it",
  "key-models": "the key's list of models does not name it",
  context: "prompt and answer together are longer than its context",
  "capability-tools": "the call brings tools, and the model takes none",
  "capability-json-schema": "the call asks for a JSON form, and the model cannot be bound to one",
  "capability-images": "the call holds images, and the model reads none",
  "capability-choices": "the call asks for several answers, and the model gives one",
  "capability-chat": "it makes embeddings or rankings and does not chat",
  "capability-embeddings": "it makes no embeddings",
  "capability-rerank": "it ranks no documents",
  "other-vectors": "its vectors do not compare with those of the model asked for",
  "price-unknown": "it has no price, and a call that a budget counts for may not cost the unknown",
  "no-passages": "it answers from documents only, and the call asked for none",
  caller: "the caller's own `provider` left it out",
  "breaker-open": "it failed again and again just before, and is left alone for a time",
  "provider-draining": "an operator has drained its provider, so no new call goes there",
  "provider-disabled": "an operator has disabled its provider",
};

/** A reason in words, as the end of "it was left out: …". */
export const sayFell = (reason: FellReason): string => FELL[reason];

/** What became of a call and why, in sentences. Everything in them is in the call's row: names, counts and codes. */
export function explainCall(event: CallEvent, tenant: string): string[] {
  return [
    ...opening(event, tenant),
    ...explainGuard(event),
    ...explainRule(event),
    ...explainRollout(event),
    ...event.candidates.map(explainCandidate),
    ...explainTrimmed(event),
    ...explainGrounding(event),
    ...explainAttempts(event),
    ...explainCascade(event),
    ...explainShadow(event),
    ending(event),
    money(event),
  ];
}

const OPERATIONS: Readonly<Record<Operation, string>> = {
  embeddings: "embeddings",
  rerank: "a ranking of documents",
  shadow: "an answer, as a copy of another call that nobody hears",
  moderations: "a judgement of texts by the content rules",
};

function opening(event: CallEvent, tenant: string): string[] {
  const { requestId, startedAtMs, modelAsked, keyId, stream, passages, operation } = event;
  const what = operation !== undefined ? OPERATIONS[operation] : stream ? "a streamed answer" : "an answer";
  const first = `At ${toIso(startedAtMs)} tenant ${tenant}, with key ${keyId}, asked \`${modelAsked}\` for ${what} (${requestId}).`;
  if (passages === undefined) return [first];
  return [
    first,
    `It was to be answered from documents: ${plural(passages, "passage")} of the tenant's were found and put before the question.`,
  ];
}

const list = (counts: Readonly<Record<string, number | undefined>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${String(count ?? 0)} ${name}`)
    .join(", ");

/** What the rules for content found and did. */
function explainGuard({ guard }: CallEvent): string[] {
  if (guard === undefined) return [];
  return [
    ...(guard.found === undefined ? [] : [`In its content was found: ${list(guard.found)}.`]),
    ...(guard.masked === true ? ["What left for an external model had pseudonyms in their place."] : []),
    ...(guard.injection === undefined ? [] : [`Something in it looked like an attempt at injection (score ${String(guard.injection)}).`]),
    ...(guard.withheld === undefined
      ? []
      : [`${plural(guard.withheld, "text")} of that kind, passages or results of tools, stayed out of the prompt.`]),
    ...(guard.answer === undefined ? [] : [`In the answer the rules found: ${list(guard.answer)}.`]),
  ];
}

/** Which rule took the call, and what its condition and those before it asked. */
function explainRule({ rule, signals, chance }: CallEvent): string[] {
  const asked = Object.entries(signals ?? {}).map(
    ([name, value]) => `${name} = ${typeof value === "string" ? `"${value}"` : String(value)}`,
  );
  return [
    ...(rule === undefined ? [] : [`Rule ${rule.at + 1} of route \`${rule.route}\` took it.`]),
    ...(asked.length === 0 ? [] : [`The rules asked: ${asked.join(", ")}.`]),
    ...(chance === undefined ? [] : [`Which model was asked first was left to chance, this one with ${percent(chance)}.`]),
  ];
}

function explainRollout({ rollout, promptFile }: CallEvent): string[] {
  const told = promptFile === undefined ? [] : [`Its tenant's prompt is the file ${promptFile}.`];
  if (rollout === undefined) return told;
  const { id, variant, share } = rollout;
  const side = variant === "candidate" ? "among those who get what is new" : "among those who get what was there before";
  return [...told, `It took part in the rollout ${id}, which ${String(share)} % of callers had, and was ${side}.`];
}

const percent = (share: number): string => `${String(Math.round(share * 1000) / 10)} %`;

function explainCandidate({ model, provider, fell }: CallEvent["candidates"][number], at: number): string {
  const name = `Candidate ${at + 1}, ${model} at ${provider},`;
  return fell === undefined ? `${name} was eligible.` : `${name} was left out: ${FELL[fell] ?? fell}.`;
}

function explainGrounding({ grounding }: CallEvent): string[] {
  if (grounding === undefined) return [];
  const { cited, removed, notHeld } = grounding;
  const gone = removed === 0 ? "" : ` ${plural(removed, "mark")} of it named a passage that does not say so, and went.`;
  if (notHeld === true) return [`The answer says that the documents do not hold it.${gone}`];
  return [`In the answer ${plural(cited, "mark")} named a passage that supports it.${gone}`];
}

function explainTrimmed({ trimmed }: CallEvent): string[] {
  if (trimmed === undefined) return [];
  const { messages, passages = 0 } = trimmed;
  const what = [
    ...(messages === 0 ? [] : [`the oldest ${plural(messages, "message")} of the conversation`]),
    ...(passages === 0 ? [] : [`the ${plural(passages, "passage")} ranked last`]),
  ];
  return [`No model that may serve it had room for the whole prompt, so ${what.join(" and ")} stayed out of it.`];
}

function explainAttempts({ attempts, candidates, code }: CallEvent): string[] {
  if (attempts.length === 0) {
    if (candidates.every(({ fell }) => fell !== undefined)) return ["No candidate was left, so no provider was asked."];
    return [`No provider was asked${code === undefined ? "" : `: ${messageOf(code)}`}`];
  }
  return attempts.map((attempt, at) => {
    const after = attempt.as === "judge" ? "Then, as a judge of that answer" : at === 0 ? "Asked first" : "Then";
    return `${after}: ${attempt.model} at ${attempt.provider} (${attempt.trust}). ${howEnded(attempt)}`;
  });
}

const GATES: Readonly<Record<CascadeMark["gate"], string>> = {
  logprobs: "how probable its own model found it",
  judge: "what another model said of it",
  form: "whether it had the form that was asked for",
};

function explainCascade({ cascade, model }: CallEvent): string[] {
  if (cascade === undefined) return [];
  const { gate, asked, escalated, unjudged = 0 } = cascade;
  const first = `Its rule is a cascade, which judged each answer but the last by ${GATES[gate] ?? gate}; ${plural(asked, "model")} of it ${asked === 1 ? "was" : "were"} asked.`;
  if (escalated === 0) return [first];
  const why = unjudged === 0 ? "" : `, of them ${String(unjudged)} because nothing could judge it`;
  return [first, `${plural(escalated, "answer")} did not pass${why}; the one of ${model ?? "nobody"} was given.`];
}

const FORMS: Readonly<Record<Form, string>> = { fits: "fits", mended: "fits after one correction", misfit: "does not fit" };

function explainShadow({ shadow, form }: CallEvent): string[] {
  if (shadow === undefined) return [];
  const forms =
    shadow.form === undefined || form === undefined
      ? ""
      : ` Of the form that was asked for: that call's answer ${FORMS[shadow.form]}, this one ${FORMS[form]}.`;
  return [`It is a copy of ${shadow.of}, made after that call's answer had ended, and counts in no number of calls.${forms}`];
}

function howEnded({ outcome, code, latencyMs, inputTokens, outputTokens, usageSource }: Attempt): string {
  const tokens = `${plural(inputTokens, "token")} in, ${String(outputTokens)} out, ${usageSource === "counted" ? "counted here" : "as the provider reported"}`;
  const used = usageSource === "none" ? "nothing was used" : tokens;
  if (outcome === "finished") return `It answered in ${String(latencyMs)} ms; ${used}.`;
  const why = outcome === "aborted" ? "the client went away" : `${lower(messageOf(code ?? "bug"))} (${code ?? "unknown"})`;
  return `After ${String(latencyMs)} ms ${why.replace(/\.(?= \()|\.$/, "")}; ${used}.`;
}

function ending({ outcome, code, model, provider, latencyMs, firstPartMs, tier, attempts }: CallEvent): string {
  const first = firstPartMs === undefined ? "" : `, the first part after ${String(firstPartMs)} ms`;
  if (outcome === "finished") {
    const how = tier === "extractive" ? " It was put together from the documents, without a model." : "";
    return `The call went to ${model ?? "nothing"} at ${provider ?? "no provider"} and was finished after ${String(latencyMs)} ms${first}.${how}`;
  }
  if (outcome === "aborted") return `The client went away after ${String(latencyMs)} ms${first}; what had been produced is billed.`;
  const rest =
    firstPartMs === undefined ? "" : " A part of the answer had left already, and an answer half told is not begun again elsewhere.";
  const recovered = attempts.length === 0 && code === undefined ? " The process died under it, and it is billed as reserved." : "";
  return `The call failed after ${String(latencyMs)} ms${first}: ${messageOf(code ?? "bug")} (${code ?? "unknown"})${rest}${recovered}`;
}

function money({ costMicroUsd, budgets, attempts }: CallEvent): string {
  const unknown = attempts.some((attempt) => attempt.priceUnknown === true) ? " A price was unknown, so that is not the whole." : "";
  const counted =
    budgets === undefined
      ? "No budget counted for it."
      : `It was reserved in, and counts against, the budget of the ${budgets.join(", of the ")}.`;
  return `It cost ${String(costMicroUsd)} micro-dollars.${unknown} ${counted}`;
}

/** Refusals are added up by key, code and minute, so this tells of all of them. */
export function explainRefusals({ code, count, keyId, startedAtMs }: RefusalEvent, tenant: string): string {
  const minute = toIso(startedAtMs).slice(0, 16);
  const times = count === 1 ? "1 call was" : `${String(count)} calls were`;
  return `In the minute ${minute} UTC ${times} refused for tenant ${tenant}, key ${keyId}: ${messageOf(code)} (${code})`;
}

const MESSAGES: ReadonlyMap<string, string> = new Map(Object.entries(FAULTS).map(([code, { message }]) => [code, message]));
const messageOf = (code: string): string => MESSAGES.get(code) ?? "It is not known why.";
const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
const plural = (count: number, word: string): string => `${String(count)} ${word}${count === 1 ? "" : "s"}`;
