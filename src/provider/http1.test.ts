import assert from "node:assert/strict";
import { test } from "bun:test";
import { Http1Broken, Http1Parser } from "./http1-parser.ts";

type Read = { status: number | undefined; body: string; ended: boolean; reusable: boolean | undefined };

/** Feeds an answer in pieces of the given size, and ends the connection where told. */
function readAnswer(text: string, pieceBytes: number, close = false): Read {
  const read: Read = { status: undefined, body: "", ended: false, reusable: undefined };
  const parser = new Http1Parser({
    head: ({ status }) => void (read.status = status),
    body: (bytes) => void (read.body += Buffer.from(bytes).toString("latin1")),
    end: (reusable) => {
      read.ended = true;
      read.reusable = reusable;
    },
  });
  const bytes = Buffer.from(text, "latin1");
  for (let at = 0; at < bytes.length; at += pieceBytes) parser.push(bytes.subarray(at, at + pieceBytes));
  if (close) assert.equal(parser.close(), read.ended);
  return read;
}

const CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const whole: [name: string, text: string, body: string, reusable: boolean][] = [
  ["a length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello", true],
  ["a length of nothing", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "", true],
  ["chunks with extensions and trailers", `${CHUNKED}3;a=b\r\nhel\r\n2\r\nlo\r\n0\r\nX-T: 1\r\n\r\n`, "hello", true],
  ["an interim answer before it", "HTTP/1.1 103 Early\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "hi", true],
  ["a server that closes", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi", "hi", false],
  ["HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", "hi", false],
  ["no content", "HTTP/1.1 204 No Content\r\n\r\n", "", true],
  ["the same length twice", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi", "hi", true],
];
for (const [name, text, body, reusable] of whole)
  test(`an answer with ${name} is read whole, split anywhere`, () => {
    for (let size = 1; size <= text.length; size++)
      assert.deepEqual(readAnswer(text, size), { status: name === "no content" ? 204 : 200, body, ended: true, reusable });
  });

test("an answer that ends with its connection is whole only then", () => {
  const text = "HTTP/1.1 200 OK\r\n\r\nhello";
  assert.deepEqual(readAnswer(text, 3), { status: 200, body: "hello", ended: false, reusable: undefined });
  assert.deepEqual(readAnswer(text, 3, true), { status: 200, body: "hello", ended: true, reusable: false });
});

test("what comes behind an answer makes its connection of no further use", () => {
  assert.equal(readAnswer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 200", 4096).reusable, false);
});

const cut: [name: string, text: string][] = [
  ["inside its head", "HTTP/1.1 200 OK\r\nContent-Le"],
  ["short of its length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell"],
  ["inside a chunk", `${CHUNKED}5\r\nhel`],
  ["before the last chunk", `${CHUNKED}5\r\nhello\r\n`],
  ["before the end of the last chunk", `${CHUNKED}5\r\nhello\r\n0\r\n`],
];
for (const [name, text] of cut)
  test(`an answer cut ${name} is never whole`, () => {
    for (let size = 1; size <= text.length; size++) assert.equal(readAnswer(text, size, true).ended, false);
  });

const broken: [name: string, text: string][] = [
  ["that is not HTTP", "SSH-2.0-OpenSSH\r\n\r\n"],
  ["of another version", "HTTP/2 200\r\n\r\n"],
  ["with length and chunks", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"],
  ["with two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n"],
  ["with a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"],
  ["with another coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"],
  ["with a space before a colon", "HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\n"],
  ["with a folded header", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n"],
  ["with a chunk size that is none", `${CHUNKED}0x5\r\nhello\r\n`],
  ["with a chunk longer than it says", `${CHUNKED}3\r\nhello\r\n`],
  ["with an endless chunk line", `${CHUNKED}1;${"x".repeat(5000)}`],
  ["with an endless head", `HTTP/1.1 200 OK\r\nX: ${"x".repeat(70_000)}`],
  ["that switches protocols", "HTTP/1.1 101 Switching\r\n\r\n"],
];
for (const [name, text] of broken)
  test(`an answer ${name} is refused`, () => {
    assert.throws(() => readAnswer(text, 4096), Http1Broken);
    assert.throws(() => readAnswer(text, 7), Http1Broken);
  });
