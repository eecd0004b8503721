import { test } from "bun:test";
import assert from "node:assert/strict";
import { createSseParser, encodeSse, sseComment, sseData, sseEvent, SseBroken, SSE_DONE, SSE_PING } from "./sse.ts";

type Event = readonly [name: string, data: string];
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function read(chunks: readonly Uint8Array[], lineBytesMax?: number): Event[] {
  const events: Event[] = [];
  const parser = createSseParser((name, data) => events.push([name, data]), lineBytesMax);
  for (const chunk of chunks) parser.push(chunk);
  return events;
}

const SAMPLE = [
  ": a comment\n",
  'data: {"text":"Größe 水位 🌊"}\n\n',
  "event: message_start\ndata: {}\n\n",
  "data:no space\ndata:  two spaces\ndata\ndata: end\n\n",
  "id: 7\nretry: 10\nunknown: x\n\n",
  "event: without data\n\n",
  "data:\n\n",
  "data: [DONE]\n\n",
].join("");
const SAMPLE_EVENTS: readonly Event[] = [
  ["", '{"text":"Größe 水位 🌊"}'],
  ["message_start", "{}"],
  ["", "no space\n two spaces\n\nend"],
  ["", ""],
  ["", "[DONE]"],
];

test("events are the same wherever the bytes are cut, with each of the three line ends", () => {
  let cases = 0;
  for (const lineEnd of ["\n", "\r\n", "\r"]) {
    const bytes = utf8(SAMPLE.replaceAll("\n", lineEnd));
    assert.deepEqual(read([bytes]), SAMPLE_EVENTS);
    for (let cut = 0; cut <= bytes.length; cut++) {
      assert.deepEqual(read([bytes.subarray(0, cut), bytes.subarray(cut)]), SAMPLE_EVENTS, `${JSON.stringify(lineEnd)} cut at ${cut}`);
      cases++;
    }
    for (const size of [1, 2, 3, 7]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
      assert.deepEqual(read(pieces), SAMPLE_EVENTS);
      cases++;
    }
  }
  assert.ok(cases > 500, `${cases} cases`);
});

test("a decoder that decodes each chunk by itself would be caught: it loses a character that is cut", () => {
  const bytes = utf8("data: 水\n\n");
  const chunks = [bytes.subarray(0, 7), bytes.subarray(7)];
  const planted = chunks.map((chunk) => new TextDecoder().decode(chunk)).join("");
  assert.ok(planted.includes("\uFFFD"));
  assert.deepEqual(read(chunks), [["", "水"]]);
});

test("line ends may be mixed, and an LF after a CR that ended a chunk is no second line end", () => {
  assert.deepEqual(read([utf8("data: a\r"), utf8("\ndata: b\r\n\r"), utf8("\n"), utf8("data: c\n\r\n")]), [
    ["", "a\nb"],
    ["", "c"],
  ]);
});

test("a byte order mark at the start is skipped, and only there", () => {
  assert.deepEqual(read([utf8("\uFEFFdata: a\n\ndata: \uFEFFb\n\n")]), [
    ["", "a"],
    ["", "\uFEFFb"],
  ]);
});

test("an event without its empty line is no event", () => {
  assert.deepEqual(read([utf8("data: whole\n\ndata: cut\n")]), [["", "whole"]]);
  assert.deepEqual(read([utf8("data: cut")]), []);
});

test("a line of exactly the limit is read, and one byte more is broken, in one chunk or many", () => {
  const line = `data: ${"x".repeat(94)}`;
  assert.equal(line.length, 100);
  for (const size of [1, 30, 99, 100, 101, 500]) {
    const cut = (text: string): Uint8Array[] => {
      const bytes = utf8(text);
      return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
    };
    assert.deepEqual(read(cut(`${line}\n\n`), 100), [["", "x".repeat(94)]], `chunks of ${size}`);
    assert.throws(() => read(cut(`${line}x\n\n`), 100), SseBroken, `chunks of ${size}`);
    assert.throws(() => read(cut(`${line}x`), 100), SseBroken, `chunks of ${size}`);
  }
});

test("an event of many lines has the same limit", () => {
  const lines = (count: number): Uint8Array[] => Array.from({ length: count }, () => utf8("data: 123456789\n"));
  assert.equal(read([...lines(10), utf8("\n")], 100).length, 1);
  assert.throws(() => read([...lines(11), utf8("\n")], 100), SseBroken);
});

test("bytes that are not UTF-8 are broken, and the error holds none of them", () => {
  const bad = new Uint8Array([...utf8("data: secret "), 0xe6, 0xb0, 10, 10]);
  assert.throws(
    () => read([bad]),
    (error) => error instanceof SseBroken && !error.message.includes("secret"),
  );
});

test("what is encoded is read back", () => {
  const stream =
    sseData('{"a":1}') + sseEvent("error", "{}") + encodeSse("one\ntwo\r\nthree\rfour", "x\ny") + sseComment("c\nd") + SSE_PING + SSE_DONE;
  assert.deepEqual(read([utf8(stream)]), [
    ["", '{"a":1}'],
    ["error", "{}"],
    ["x y", "one\ntwo\nthree\nfour"],
    ["", "[DONE]"],
  ]);
});
