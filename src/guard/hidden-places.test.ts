import assert from "node:assert/strict";
import { test } from "bun:test";
import type { ChatCall } from "../domain/chat.ts";
import type { Checked } from "../domain/guard.ts";
import { external, findPlanted, guardCall, testGuard } from "./testing.ts";

const MAIL = "<email:ann@example.com>";
const csv = (text: string): string => `data:text/csv;base64,${Buffer.from(text).toString("base64")}`;
const sync = (checked: Checked | Promise<Checked>): Checked => {
  if (checked instanceof Promise) throw new TypeError("nothing was to be waited for");
  return checked;
};
/** What a provider would read, files decoded. */
const readable = (value: unknown): string =>
  JSON.stringify(value).replaceAll(/base64,([A-Za-z0-9+/=]+)/g, (_, data: string) => Buffer.from(data, "base64").toString());

test("no place is left out because of what it is called: words of protocols and schemas, blocks beside a file, names, ids, escapes, lines of JSON", () => {
  const schema = (properties: Record<string, unknown>) => ({ name: "f", parameters: { type: "object", properties } });
  const masked: readonly Partial<ChatCall>[] = [
    { extra: { metadata: { type: MAIL } } },
    { extra: { metadata: { pattern: { note: MAIL }, format: [MAIL] } } },
    { tools: [schema({ type: { type: "string", description: MAIL } })] },
    { tools: [schema({ format: { enum: [MAIL] } })] },
    { responseFormat: { type: "json-schema", name: "n", schema: { required: [MAIL], properties: { [MAIL]: {} } } } },
    {
      messages: [
        { role: "user", content: [{ type: "raw", value: { type: "file", file: { file_data: csv("plain"), note: MAIL }, other: MAIL } }] },
      ],
    },
    { extra: { attachment: csv(MAIL) } },
    { messages: [{ role: "tool", toolCallId: "1", content: `{"a":"${MAIL.replace("@", "\\u0040")}"}\n{"b":1}` }] },
    { messages: [{ role: "user", content: `Look: {"mail":"${MAIL.replace("@", "\\u0040")}"}` }] },
  ];
  for (const instructions of ["plain", "guarded"] as const)
    for (const chat of masked) {
      const checked = sync(testGuard({ instructions }).check(guardCall(chat)));
      assert.equal(checked.standing.personal, true, JSON.stringify(chat));
      assert.doesNotMatch(readable(checked.leave(external, "off", []).chat), /ann(?:@|\\+u0040)example/, JSON.stringify(chat));
    }
  const unread: readonly Partial<ChatCall>[] = [
    { messages: [{ role: "tool", toolCallId: MAIL, content: "x" }] },
    { messages: [{ role: "assistant", content: null, toolCalls: [{ id: MAIL, name: "f", arguments: "{}" }] }] },
    { messages: [{ role: "assistant", content: null, toolCalls: [{ id: "1", name: MAIL, arguments: "{}" }] }] },
    { messages: [{ role: "user", content: [{ type: "image", url: "data:image/png;base64,AAAA", detail: MAIL }] }] },
    { messages: [{ role: "user", content: [{ type: "image", url: `data:image/png;name=${MAIL};base64,AAAA` }] }] },
    {
      messages: [{ role: "user", content: [{ type: "raw", value: { type: "file", file: { data: "data:application/pdf;base64,AAAA" } } }] }],
    },
    { messages: [{ role: "user", content: [{ type: "raw", value: { type: "file", file_data: "A".repeat(300) } }] }] },
    {
      messages: [
        {
          role: "user",
          content: [
            {
              type: "raw",
              value: { type: "file", file: { file_data: `data:text/plain;base64,${Buffer.from("ann", "utf16le").toString("base64")}` } },
            },
          ],
        },
      ],
    },
    { extra: { audio: { data: "data:audio/wav;base64,AAAA" } } },
    { tools: [{ name: MAIL }] },
    { tools: [{ name: "f" }], toolChoice: { name: MAIL } },
  ];
  for (const chat of unread) assert.equal(sync(testGuard().check(guardCall(chat))).standing.unread, "mask", JSON.stringify(chat));
  console.log(
    `# guard: ${String(masked.length)} places that hide behind a name masked, ${String(unread.length)} that cannot be masked kept in`,
  );
});

test("what masking, withholding and fencing add is never more than was said before", () => {
  const list = `account <person:12345678>. ${"<person:12345678>, 12345678, ".repeat(500)}`;
  const find = (text: string) => findPlanted(text).map((finding) => ({ ...finding, start: finding.start + 8, end: finding.end - 1 }));
  const tools = Array.from({ length: 50 }, (_, n) => ({
    role: "tool" as const,
    toolCallId: String(n),
    content: n % 2 === 0 ? "attack 0.9" : "ok",
  }));
  for (const chat of [
    { messages: [{ role: "user" as const, content: list }] },
    { messages: tools },
    { messages: [{ role: "user" as const, content: [{ type: "raw" as const, value: { type: "file", file: { file_data: csv(list) } } }] }] },
  ])
    for (const instructions of ["plain", "guarded"] as const) {
      const call = guardCall(chat);
      const checked = sync(testGuard({ instructions }, { find }).check(call));
      const bytes = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
      const added = bytes(checked.leave(external, "off", []).chat) - bytes(call.chat);
      assert.ok(added <= checked.bytesAdded, `${String(added)} of ${String(checked.bytesAdded)}`);
    }
});

test("what a second detector sees beside our own is masked as far as either reaches, by the type that names a person", async () => {
  const find = (text: string) =>
    text.includes("Paris") ? [{ type: "LOCATION" as const, start: 5, end: 10, score: 1, reason: "ours" }] : [];
  const second = {
    find: async (texts: readonly string[]) =>
      texts.map(() => [{ type: "PERSON" as const, start: 5, end: 17, score: 0.6, reason: "theirs" }]),
    onFailure: "refuse" as const,
  };
  const checked = await testGuard({}, { find, second: [second] }).check(
    guardCall({ messages: [{ role: "user", content: "I am Paris Hilton" }] }),
  );
  assert.equal(checked.standing.personal, true);
  assert.match(JSON.stringify(checked.leave(external, "off", []).chat.messages), /"I am \[PERSON_[0-9a-f]{8}\]"/);
  const short = { find: async () => [], onFailure: "refuse" as const };
  await assert.rejects(async () => await testGuard({}, { second: [short] }).check(guardCall()), { code: "guard_failed" });
});
