import assert from "node:assert/strict";
import { test } from "bun:test";
import { chatAsk } from "./chat-ask.ts";
import { encode } from "./encode.ts";
import { askedText, createExcerpt } from "./excerpt.ts";

test("no key stays in an excerpt, also not one that was made later, and also not where it would be cut", () => {
  const keys = ["wk_first"];
  const excerpt = createExcerpt(() => ["", ...keys]);
  keys.push("wk_second");
  assert.equal(excerpt("wk_first and wk_second, wk_first"), "[key] and [key], [key]");
  assert.ok(!excerpt(`${"a".repeat(396)}wk_second`).includes("wk_s"));
});

test("what cannot be seen is written out, and 400 characters are enough", () => {
  const excerpt = createExcerpt(() => []);
  assert.equal(excerpt("a\u200b\u202eb\n\tc\u0000"), "a\\u{200b}\\u{202e}b\n\tc\\u{0}");
  assert.ok(!/[\u{e0000}-\u{e007f}]/u.test(excerpt(encode("hidden", "tags"))));
  assert.equal(excerpt("é".repeat(400)).length, 400);
  assert.equal(excerpt("é".repeat(401)).length, 400);
  assert.equal(excerpt("a\ud800"), "a\\u{d800}");
});

test("of a chat the last message is shown, of anything else its line", () => {
  const messages = [
    { role: "system", content: "first" },
    { role: "user", content: "last" },
  ] as const;
  assert.equal(askedText(chatAsk(messages, { model: "m" })), "last");
  assert.equal(askedText({ method: "GET", path: "/v1/files" }), "GET /v1/files");
  assert.equal(askedText({ method: "POST", path: "/v1/x", body: { kind: "raw", bytes: "{", contentType: "text/plain" } }), "POST /v1/x");
});
