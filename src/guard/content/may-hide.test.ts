import assert from "node:assert/strict";
import { test } from "bun:test";
import type { ChatCall } from "../../domain/chat.ts";
import { testChat } from "../../domain/testing.ts";
import { withoutHidden } from "../hidden-text.ts";
import { mapTexts } from "./map-texts.ts";
import { mayHide } from "./may-hide.ts";

const TAG = "\u{E0041}";
const FILE = `data:text/plain;base64,${Buffer.from(`notes ${TAG}`).toString("base64")}`;

/** A chat with a text in every place that the walk goes to. */
const filled = (at: number, text: string): ChatCall => {
  let place = 0;
  const put = (): string => (place++ === at ? text : "plain");
  const call = { id: "call_1", name: "look", arguments: JSON.stringify({ [put()]: [put()] }) };
  const chat = testChat({
    messages: [
      { role: "system", content: put() },
      {
        role: "user",
        content: [
          { type: "text", text: put() },
          { type: "raw", value: { type: "file", file: { file_data: put() } } },
        ],
        name: put(),
      },
      { role: "assistant", content: put(), toolCalls: [call], refusal: put() },
      { role: "tool", toolCallId: "call_1", content: put() },
    ],
    tools: [{ name: "look", description: put(), parameters: { type: "object", properties: { [put()]: { enum: [put()] } } } }],
    responseFormat: { type: "json-schema", name: "a", schema: { title: put() }, description: put() },
    sampling: { stop: [put()] },
    extra: { metadata: { [put()]: put() } },
  });
  assert.ok(at < place, "no such place");
  return chat;
};
const PLACES = 17;

test("wherever the walk finds something hidden, the short look has said that it may", () => {
  let found = 0;
  for (const hidden of [`a${TAG}b`, FILE, JSON.stringify({ a: `x${TAG}` }), `{"a":"x\\udb40\\udc41"}`]) {
    for (let at = 0; at < PLACES; at++) {
      const chat = filled(at, hidden);
      if (mapTexts(chat, withoutHidden) === chat) continue;
      found++;
      assert.equal(mayHide(chat), true, `${hidden} at ${at}`);
    }
  }
  console.log(`# hidden text: ${found} places in which the walk changes something, 0 passed over`);
  assert.ok(found > 2 * PLACES, `${found}`);
});

test("an ordinary chat is not walked through", () => {
  assert.equal(mayHide(filled(0, "Grüße, 東京, \u{1F600} and 50 % of C:\\temp")), false);
});
