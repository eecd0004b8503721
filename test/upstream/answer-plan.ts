import type { Asked } from "./asked.ts";
import type { Directives } from "./directives.ts";
import { sayInForm } from "./example-of.ts";
import { PROSE } from "./prose.ts";

/** What the fake model says, before any protocol. A piece is a token. */
export type AnswerPlan = {
  readonly id: number;
  readonly model: string;
  readonly choices: number;
  readonly reasoning: readonly string[];
  readonly text: readonly string[];
  readonly tools: readonly FakeTool[];
  readonly finish: "stop" | "length" | "tools";
  readonly logprobs: boolean;
  readonly usage: FakeUsage | undefined;
};
export type FakeTool = { readonly id: string; readonly name: string; readonly pieces: readonly string[] };
export type FakeUsage = {
  readonly inputTokens: number;
  readonly cachedTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
};

const ARGUMENTS = ['{"', "city", '":"', "Oslo", '","', "days", '":', "3", "}"];

/** The first so many tokens of the prose, again from its start where it is not long enough. */
export const prose = (count: number, from = 0): string[] => Array.from({ length: count }, (_, i) => PROSE[(from + i) % PROSE.length] ?? "");

export function planAnswer(id: number, asked: Asked, how: Directives, text = sayInForm(asked.body) ?? prose(how.parts)): AnswerPlan {
  const toolCount = asked.tools.length === 0 ? 0 : how.tools || (asked.toolForced ? 1 : 0);
  const tools = Array.from({ length: toolCount }, (_, i) => {
    const name = asked.tools[i % asked.tools.length] ?? "tool";
    return { id: `call_${id}_${i}`, name, pieces: ARGUMENTS };
  });
  const said = toolCount > 0 && how.parts === 20 ? [] : text;
  const kept = said.slice(0, Math.max(0, Math.min(said.length, asked.tokensMax - how.reasoning)));
  const reasoning = prose(how.reasoning, 100);
  const cut = kept.length < said.length;
  const each = reasoning.length + kept.length + tools.reduce((sum, tool) => sum + tool.pieces.length + 1, 0);
  const usage = {
    inputTokens: asked.inputTokens,
    cachedTokens: Math.min(how.cached, asked.inputTokens),
    outputTokens: each * asked.choices,
    reasoningTokens: reasoning.length * asked.choices,
  };
  const none = { inputTokens: 0, cachedTokens: 0, outputTokens: 0, reasoningTokens: 0 };
  return {
    id,
    model: asked.model,
    choices: asked.choices,
    reasoning,
    text: kept,
    tools,
    finish: cut ? "length" : tools.length > 0 ? "tools" : "stop",
    logprobs: asked.logprobs,
    usage: how.usage === "none" || !asked.usageWanted ? undefined : how.usage === "zero" ? none : usage,
  };
}

/** One piece of a stream as it goes over the wire. */
export type Frame = {
  readonly text: string;
  /** Output tokens that it brings. */
  readonly tokens: number;
  /** A part of the answer itself, not of its frame. */
  readonly isPart: boolean;
};
