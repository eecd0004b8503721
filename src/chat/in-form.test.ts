import { test } from "bun:test";
import assert from "node:assert/strict";
import type { ChatCall, Part, ResponseFormat } from "../domain/chat.ts";
import { Fault } from "../kernel/fault.ts";
import { answer } from "./answer.ts";
import { watchForm } from "./in-form.ts";
import { CHECKED_CHARACTERS_MAX } from "./schema-check.ts";
import type { Stages } from "./stages.ts";
import { delta, play, testCall, testTarget, testUsage, witness, type Witness } from "./testing.ts";

const FORM: ResponseFormat = {
  type: "json-schema",
  name: "city",
  schema: { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false },
};
const STRICT: ResponseFormat = { ...FORM, strict: true };
const GOOD = '{"city":"Oslo"}';
const BAD = '{"town":"Oslo"}';

const says = (text: string, reason: "stop" | "length" = "stop"): readonly Part[] => [
  ...Array.from(text, delta),
  { type: "usage", usage: testUsage },
  { type: "choice-finish", choice: 0, reason, rawReason: reason },
  { type: "finish", upstreamId: "u", upstreamModel: "m" },
];

type Heard = { readonly w: Witness; readonly asked: ChatCall[]; readonly text: string; readonly fault: Fault | undefined };

/** Models `a` and `b` that say these texts, one after the other, whoever is asked. */
async function hear(answers: readonly (readonly Part[])[], chat: Partial<ChatCall>, change: Partial<Stages> = {}): Promise<Heard> {
  const asked: ChatCall[] = [];
  const ask: Stages["ask"] = (of) => {
    asked.push(of.chat);
    return play(answers[asked.length - 1] ?? says("{}"));
  };
  const w = witness({ ask, ...change }, [testTarget({ model: "a" }), testTarget({ model: "b" })]);
  let text = "";
  try {
    for await (const parts of answer(w.stages, testCall(chat), w.admitted, new AbortController().signal))
      for (const part of parts) if (part.type === "text-delta") text += part.text;
    return { w, asked, text, fault: undefined };
  } catch (error) {
    return { w, asked, text, fault: Fault.from(error) };
  }
}
const formOf = ({ w }: Heard) => w.events[0]?.form;
const attemptsOf = ({ w }: Heard) =>
  w.events[0]?.attempts.map(({ model, outcome, code }) => [model, outcome, code].filter(Boolean).join(" "));

test("an answer that fits is told as it came, and one that asks for no form is not looked at", async () => {
  const fits = await hear([says(GOOD)], { responseFormat: FORM });
  assert.deepEqual([fits.text, formOf(fits), attemptsOf(fits)], [GOOD, "fits", ["a finished"]]);
  const plain = await hear([says(BAD)], {});
  assert.deepEqual([plain.text, formOf(plain)], [BAD, undefined]);
});

test("one that does not fit goes back to its model once, with what is wrong, and both attempts are billed", async () => {
  const mended = await hear([says(BAD), says(GOOD)], { responseFormat: FORM });
  assert.deepEqual([mended.text, formOf(mended), attemptsOf(mended)], [GOOD, "mended", ["a finished", "a finished"]]);
  const [, second] = mended.asked;
  assert.deepEqual(second?.messages.slice(0, 1), mended.asked[0]?.messages);
  assert.deepEqual(second?.messages.at(-2), { role: "assistant", content: BAD });
  assert.match(JSON.stringify(second?.messages.at(-1)), /city/);
  const event = mended.w.events[0];
  assert.deepEqual([event?.inputTokens, event?.outputTokens, event?.costMicroUsd], [20, 10, 40]);
  assert.ok((mended.w.reserved[1] ?? 0) > (mended.w.reserved[0] ?? 0), "the second attempt is reserved for");
});

test("what still does not fit is told so, or where the form was promised the next model is asked, and then it is an error", async () => {
  const told = await hear([says(BAD), says("no")], { responseFormat: FORM });
  assert.deepEqual([told.text, formOf(told), told.asked.length], ["no", "misfit", 2]);
  const next = await hear([says(BAD), says(BAD), says(GOOD)], { responseFormat: STRICT });
  assert.deepEqual([next.text, formOf(next)], [GOOD, "fits"]);
  assert.deepEqual(attemptsOf(next), ["a finished", "a failed answer_invalid", "b finished"]);
  const none = await hear([says(BAD), says(BAD), says(BAD)], { responseFormat: STRICT });
  assert.deepEqual([none.text, none.fault?.code, none.fault?.detail.spent, none.asked.length], ["", "answer_invalid", true, 3]);
  assert.equal(none.w.events[0]?.outcome, "failed");
});

test("a stream is told as it comes, and its form with its end", async () => {
  const bad = await hear([says(BAD)], { responseFormat: STRICT, stream: true });
  assert.deepEqual([bad.text, formOf(bad), bad.asked.length, bad.fault], [BAD, "misfit", 1, undefined]);
  const good = await hear([says(GOOD)], { responseFormat: FORM, stream: true });
  assert.equal(formOf(good), "fits");
});

test("a refusal, a tool's call and a text that was cut are not judged", async () => {
  const tool: readonly Part[] = [{ type: "tool-input-start", choice: 0, tool: 0, id: "c", name: "look" }, ...says("")];
  const refusal: readonly Part[] = [{ type: "refusal-delta", choice: 0, text: "I cannot." }, ...says("")];
  for (const parts of [tool, refusal, says(BAD.slice(0, 9), "length"), says("")]) {
    const heard = await hear([parts], { responseFormat: STRICT });
    assert.deepEqual([formOf(heard), heard.asked.length, heard.fault], [undefined, 1, undefined]);
  }
});

test("no second attempt without room, money or time, nor for one of several answers", async () => {
  const noRoom = { fitOutput: (chat: ChatCall) => (chat.messages.length > 1 ? undefined : 100) };
  let reserves = 0;
  const cases: readonly (readonly [Partial<ChatCall>, Partial<Stages>, boolean])[] = [
    [{}, noRoom, false],
    [{ sampling: { n: 2 } }, {}, false],
    [{}, {}, true],
  ];
  for (const [chat, change, broke] of cases) {
    const asked: ChatCall[] = [];
    const w = witness({ ask: ({ chat: of }) => (asked.push(of), play(says(BAD))), ...change });
    const reserve = (microUsd: number): void => {
      if (broke && reserves++ > 0) throw new Fault("budget_spent");
      w.reserved.push(microUsd);
    };
    await Array.fromAsync(
      answer(w.stages, testCall({ responseFormat: FORM, ...chat }), { ...w.admitted, reserve }, new AbortController().signal),
    );
    assert.deepEqual([asked.length, w.events[0]?.form, w.events[0]?.outcome], [1, "misfit", "finished"]);
  }
});

test("a second try that fails leaves the first answer, and where the form was promised the next model is asked", async () => {
  const then = (faults: readonly (Fault | undefined)[], texts: readonly string[], format: ResponseFormat) => {
    let at = 0;
    const ask: Stages["ask"] = () => {
      const fault = faults[at];
      return play(fault === undefined ? says(texts[at++] ?? GOOD) : (at++, []), fault);
    };
    return hear([], { responseFormat: format }, { ask });
  };
  const kept = await then([undefined, new Fault("target_busy")], [BAD], FORM);
  assert.deepEqual([kept.text, formOf(kept), kept.fault], [BAD, "misfit", undefined]);
  assert.deepEqual(attemptsOf(kept), ["a finished", "a failed target_busy"]);
  const next = await then([undefined, new Fault("target_down")], [BAD], STRICT);
  assert.deepEqual([next.text, attemptsOf(next)], [GOOD, ["a finished", "a failed target_down", "b finished"]]);
});

test("a long stream that asks for a form does not stay in memory", () => {
  const watch = watchForm(testCall({ responseFormat: FORM }).chat) ?? assert.fail("no watch");
  for (let at = 0; at < 20; at++) watch.saw(delta("x".repeat(CHECKED_CHARACTERS_MAX / 16)));
  assert.deepEqual([watch.text, watch.faults()], ["", undefined]);
});

test("an answer that breaks off while it is held is billed as far as it came, and the next model is asked", async () => {
  let first = true;
  const heard = await hear(
    [],
    { responseFormat: FORM },
    {
      ask: () => {
        if (!first) return play(says(GOOD));
        first = false;
        return play([delta("he"), delta("llo")], new Fault("target_broken"));
      },
    },
  );
  assert.deepEqual([heard.text, attemptsOf(heard)], [GOOD, ["a failed target_broken", "b finished"]]);
  assert.equal(heard.w.events[0]?.attempts[0]?.outputTokens, 5);
});

test("the journal never says less than what may still be spent: a free second try does not lower it", async () => {
  const free = { price: { inputPerMTok: 0, outputPerMTok: 0 } };
  const targets = [testTarget({ model: "small", ...free }), testTarget({ model: "large", price: { inputPerMTok: 3, outputPerMTok: 15 } })];
  const journalled: number[] = [];
  const w: Witness = witness({ ask: () => (journalled.push(w.opened.at(-1)?.microUsd ?? 0), play(says(BAD))) }, targets);
  await assert.rejects(Array.fromAsync(answer(w.stages, testCall({ responseFormat: STRICT }), w.admitted, new AbortController().signal)), {
    code: "answer_invalid",
  });
  assert.equal(journalled.length, 3);
  for (const microUsd of journalled) assert.ok(microUsd >= (w.events[0]?.costMicroUsd ?? 1), String(journalled));
});

test("a promised form whose second try failed is not had from the same model again, and is what the caller is told", async () => {
  const asked: string[] = [];
  const w = witness(
    { ask: ({ target }) => (asked.push(target.model), asked.length === 1 ? play(says(BAD)) : play([], new Fault("target_failed"))) },
    [testTarget({ model: "a" })],
  );
  await assert.rejects(
    Array.fromAsync(answer(w.stages, testCall({ responseFormat: STRICT }), w.admitted, new AbortController().signal)),
    (fault: Fault) => fault.code === "answer_invalid" && fault.detail.spent === true,
  );
  assert.deepEqual(asked, ["a", "a"]);
});

test("a second try asks for no more than is left of the context", async () => {
  const limits: number[] = [];
  const w = witness({
    fitOutput: (chat, bytes) => Math.min(chat.maxOutputTokens, 1000 - Math.ceil(bytes / 4)),
    ask: ({ chat }) => (
      limits.push(chat.maxOutputTokens),
      play(says(limits.length === 1 ? JSON.stringify({ x: "word ".repeat(400) }) : GOOD))
    ),
  });
  await Array.fromAsync(
    answer(w.stages, testCall({ responseFormat: FORM, maxOutputTokens: 4096, inputBytes: 400 }), w.admitted, new AbortController().signal),
  );
  assert.equal(limits[0], 900);
  assert.ok((limits[1] ?? 900) < 900 - 2000 / 4, String(limits));
});
