import assert from "node:assert/strict";
import { test } from "bun:test";
import type { Part } from "../../domain/chat.ts";
import { Fault } from "../../kernel/fault.ts";
import { CUT_OVER_CHARACTERS } from "./channel-text.ts";
import { createOutputGuard, OUTPUT_EVENTS_MAX } from "./output-guard.ts";
import { CHANNELS, type OutputRule } from "./output-rule.ts";
import { finishParts, textOf } from "./testing.ts";

/** Replaces each `<…>` by what it is told, and holds from the bracket on. */
function bracketRule(name: string, open: string, close: string, becomes: string): OutputRule {
  return {
    name,
    channels: new Set(CHANNELS),
    strict: true,
    watch() {
      let from = -1;
      return {
        push(text, at, say) {
          for (const [index, character] of text.split("").entries()) {
            if (character === open && from < 0) from = at + index;
            else if (character === close && from >= 0) {
              say.replaced("bracket", from, at + index + 1, becomes);
              from = -1;
            } else if (character === "!") say.blocked("mark", "output_blocked");
          }
          return from < 0 ? at + text.length : from;
        },
        end() {
          from = -1;
        },
      };
    },
  };
}
const rule = bracketRule("bracket", "<", ">", "*");
const text = (value: string, choice = 0): Part => ({ type: "text-delta", choice, text: value });

test("without rules parts are the very ones that came", () => {
  const parts = [text("a"), ...finishParts];
  assert.equal(createOutputGuard([]).push(parts), parts);
});

test("text that no rule holds leaves as the part that it came in", () => {
  const parts: readonly Part[] = [text("a"), text("b"), ...finishParts];
  const out = createOutputGuard([rule]).push(parts);
  assert.ok(out.length === parts.length && out.every((part, at) => part === parts[at]));
});

test("held text leaves in order, before its choice ends and before another channel of it speaks", () => {
  const guard = createOutputGuard([rule]);
  assert.deepEqual(guard.push([text("a<b"), text("c<d", 1)]), []);
  assert.equal(guard.heldCharacters, 6);
  const tool: Part = { type: "tool-input-start", choice: 0, tool: 0, id: "t", name: "f" };
  assert.deepEqual(guard.push([tool]), [text("a<b"), tool]);
  assert.deepEqual(guard.push([{ type: "reasoning-delta", choice: 1, text: "" }]), [{ type: "reasoning-delta", choice: 1, text: "" }]);
  const input = (of: number, value: string): Part => ({ type: "tool-input-delta", choice: 0, tool: of, text: value });
  assert.deepEqual(guard.push([input(0, "{<"), input(1, "[")]), [input(0, "{<"), input(1, "[")]);
  assert.deepEqual(guard.push(finishParts), [finishParts[0], text("c<d", 1), finishParts[1]]);
  assert.equal(guard.heldCharacters, 0);
});

test("what is held leaves at the end of a stream that has no finish", () => {
  const guard = createOutputGuard([rule]);
  guard.push([text("a<b")]);
  assert.deepEqual(guard.end(), [text("a<b")]);
});

test("a replacement takes the place of what it replaces, over many parts, and nothing else of the parts tells what stood there", () => {
  const guard = createOutputGuard([rule]);
  const out = Array.from("one <two> three <four>").flatMap((character) =>
    guard.push([{ type: "text-delta", choice: 0, text: character, logprobs: { content: [character] } }]),
  );
  assert.equal(textOf(out), "one * three *");
  assert.ok(out.every((part) => !("logprobs" in part)));
  assert.deepEqual(guard.events[0], { rule: "bracket", action: "replaced", what: "bracket", choice: 0, channel: "text" });
});

test("of two replacements that overlap nothing of either stays", () => {
  const square = bracketRule("square", "[", "]", "#");
  for (const [said, expected] of [
    ["a <b [c> d] e", "a * e"],
    ["a [b <c] d> e", "a # e"],
    ["a [b <c> d] e", "a # e"],
    ["a <b [c] d> e", "a * e"],
    ["a <b>[c] e", "a *# e"],
  ] as const) {
    for (const pieces of [[said], Array.from(said), [said.slice(0, 6), said.slice(6)]]) {
      for (const rules of [
        [rule, square],
        [square, rule],
      ]) {
        const guard = createOutputGuard(rules);
        assert.equal(textOf([...pieces.flatMap((piece) => guard.push([text(piece)])), ...guard.push(finishParts)]), expected);
      }
    }
  }
});

test("a long part is cut where a rule holds its end, not inside a character; a shorter one waits whole", () => {
  const guard = createOutputGuard([rule]);
  const start = "x".repeat(CUT_OVER_CHARACTERS - 2);
  assert.deepEqual(guard.push([text(`${start}y<`)]), []);
  assert.deepEqual(createOutputGuard([rule]).push([text(`${start}😀<`)]), [text(`${start}😀`)]);
  // A rule that cuts in the middle of the character.
  const late: OutputRule = { ...rule, watch: () => ({ push: (_said, at) => at + CUT_OVER_CHARACTERS - 1, end: () => {} }) };
  assert.deepEqual(createOutputGuard([late]).push([text(`${start}😀<`)]), [text(start)]);
});

test("citations of a text that was changed do not leave: they quote it as it was", () => {
  const citation: Part = { type: "citation", choice: 0, passage: 0, start: 0, end: 3, quote: "<b>" };
  assert.deepEqual(createOutputGuard([rule]).push([text("a"), citation]), [text("a"), citation]);
  assert.deepEqual(createOutputGuard([rule]).push([text("<b>"), citation]), [text("*")]);
});

test("a stopped answer says why once and stays stopped; a rule that fails stops it too", () => {
  const guard = createOutputGuard([rule]);
  assert.throws(() => guard.push([text("a!")]), Fault);
  assert.throws(() => guard.push([text("b")]), Fault);
  assert.throws(() => guard.end(), Fault);
  assert.deepEqual(
    guard.events.map(({ action, what }) => [action, what]),
    [["blocked", "mark"]],
  );
  const failing: OutputRule = {
    ...rule,
    watch: () => ({
      push: () => {
        throw new RangeError("no");
      },
      end: () => {},
    }),
  };
  assert.throws(
    () => createOutputGuard([failing]).push([text("a")]),
    (error) => error instanceof Fault && error.code === "guard_failed",
  );
});

test("events are kept up to their limit", () => {
  const guard = createOutputGuard([rule]);
  guard.push([text("<a>".repeat(OUTPUT_EVENTS_MAX))]);
  assert.equal(guard.events.length, OUTPUT_EVENTS_MAX);
  guard.push([text("<a>")]);
  assert.equal(guard.events.length, OUTPUT_EVENTS_MAX);
});

test("a tool's name and the call's id are read and changed as text is", () => {
  const start: Part = { type: "tool-input-start", choice: 0, tool: 0, id: "c<secret>", name: "f<secret>" };
  assert.deepEqual(createOutputGuard([rule]).push([start]), [{ ...start, id: "c*", name: "f*" }]);
  const plain: Part = { type: "tool-input-start", choice: 0, tool: 0, id: "call_1", name: "f" };
  assert.deepEqual(createOutputGuard([rule]).push([plain]), [plain]);
});
