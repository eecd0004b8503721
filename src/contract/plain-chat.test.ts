import assert from "node:assert/strict";
import { test } from "bun:test";
import { CHAT_FIELDS, chatCompletionRequest } from "./chat-completions.ts";
import { isPlainChat } from "./plain-chat.ts";

const BASE = { model: "m", messages: [{ role: "user", content: "hi" }] };
/** Values that are right for some field and wrong for others. */
const VALUES: readonly unknown[] = [
  undefined,
  null,
  "",
  "a",
  "\ud800",
  true,
  false,
  0,
  1,
  -1,
  0.5,
  1.5,
  2,
  2.01,
  -2.01,
  20,
  21,
  128,
  129,
  1e6,
  2 ** 53,
  -(2 ** 53),
  Number.NaN,
  Number.POSITIVE_INFINITY,
  [],
  ["a"],
  {},
  { include_usage: true },
  { include_usage: "yes" },
  { include_usage: null, more: 1 },
  { enabled: true },
];
const ROLES = ["system", "developer", "user", "assistant", "tool", "function", "", null, 1];
const CONTENTS = ["hi", "", null, undefined, 1, [], [{ type: "text", text: "hi" }], {}];
const BESIDE = [{}, { name: "ann" }, { name: 1 }, { tool_calls: [] }, { tool_call_id: "t" }, { refusal: null }, { cache_control: {} }];

function* bodies(): Generator {
  for (const field of [...CHAT_FIELDS, "top_k", "__proto__", "toString"])
    for (const value of VALUES) yield { ...BASE, ...JSON.parse("{}"), [field]: value };
  for (const role of ROLES)
    for (const content of CONTENTS) for (const more of BESIDE) yield { ...BASE, messages: [{ role, content, ...more }, ...BASE.messages] };
  for (const whole of [undefined, null, 1, "a", [], [BASE], {}, { model: "m" }, { messages: BASE.messages }]) yield whole;
  for (const messages of [[null], [[]], ["hi"], [{}], Array(4097).fill(BASE.messages[0])]) yield { ...BASE, messages };
}

/** Bodies that the short way lets through although the schema refuses or changes them. */
function differences(isPlain: (body: unknown) => boolean): {
  readonly wrong: readonly unknown[];
  readonly plain: number;
  readonly cases: number;
} {
  const wrong: unknown[] = [];
  let plain = 0;
  let cases = 0;
  for (const body of bodies()) {
    cases++;
    if (!isPlain(body)) continue;
    plain++;
    const read = chatCompletionRequest.safeParse(body);
    if (!read.success || JSON.stringify(read.data) !== JSON.stringify(body)) wrong.push(body);
  }
  return { wrong, plain, cases };
}

test("what the short check lets through, the schema takes as it is", () => {
  const { wrong, plain, cases } = differences(isPlainChat);
  console.log(`# plain bodies: ${cases} cases, ${plain} let through, ${wrong.length} wrong`);
  assert.deepEqual(wrong, []);
  assert.ok(plain > 60);
});

test("a check that lets everything through is found out", () => {
  assert.ok(differences(() => true).wrong.length > 300);
});
