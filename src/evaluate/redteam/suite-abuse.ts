import { findText, parseJson } from "./json-field.ts";
import { chatAsk } from "./chat-ask.ts";
import { failed, inconclusive, passed, type Ask, type AskBody, type Probe, type Verdict } from "./probe.ts";
import type { Reply } from "./reply.ts";
import type { Suite } from "./suite.ts";

/** Requests that are too large, broken or strange: a clear error each, never a failure of the server. */
export const abuse: Suite = {
  name: "abuse",
  prepare: async ({ model }) => ({ probes: [...bodies(model), ...paths()].map(toProbe), notes: [] }),
};

type Strange = {
  readonly name: string;
  readonly family: string;
  readonly ask: Ask;
  /** Answers 200 when all is well. */ readonly valid?: true;
};

const toProbe = ({ name, family, ask, valid }: Strange): Probe => ({
  id: `abuse/${name}`,
  suite: "abuse",
  family,
  severity: "medium",
  kind: "attack",
  ask,
  ...(ask.body?.kind === "file" ? { undo: uploaded } : {}),
  judge: (reply) => judgeAbuse(reply, valid === true),
});

/** An upload that was taken although it is strange. */
function uploaded(reply: Reply): ReturnType<NonNullable<Probe["undo"]>> {
  const id = findText(parseJson(reply.raw), "id");
  if (reply.status !== 200 || id === undefined) return undefined;
  return { name: `file ${id}`, ask: { method: "DELETE", path: `/v1/files/${encodeURIComponent(id)}` } };
}

const post = (body: AskBody, path = "/v1/chat/completions"): Ask => ({ method: "POST", path, body });
const raw = (bytes: string | Uint8Array<ArrayBuffer>, contentType = "application/json"): AskBody => ({ kind: "raw", bytes, contentType });
/** Just over the 20 MiB that a chat may have. */
const OVERSIZED_BYTES = 21 * 1024 * 1024;
const DEEP = 20_000;

function bodies(model: string): Strange[] {
  const message = { role: "user", content: "hello" };
  const chat = (more: Record<string, unknown>): Ask =>
    post({ kind: "json", value: { model, messages: [message], max_tokens: 5, ...more } });
  const say = (content: string): Ask => chatAsk([{ role: "user", content }], { model, more: { max_tokens: 5 } });
  const malformed: Record<string, AskBody> = {
    empty: raw(""),
    "no-json": raw("these are not the words of JSON"),
    "half-json": raw(`{"model":"${model}","messages":[{"role":"user","content":"hel`),
    "not-utf8": raw(new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])),
    "wrong-type": raw(JSON.stringify({ model, messages: [message] }), "text/plain"),
    "no-type": raw(JSON.stringify({ model, messages: [message] }), "application/octet-stream"),
    null: raw("null"),
    array: raw("[]"),
    number: raw("1e400"),
    deep: raw(`{"model":"${model}","messages":${"[".repeat(DEEP)}${"]".repeat(DEEP)}}`),
    "deep-objects": raw(`{"model":"${model}","x":${'{"a":'.repeat(DEEP)}1${"}".repeat(DEEP)}}`),
    "same-key-twice": raw(`{"model":"${model}","model":"${model}","messages":"x","messages":[]}`),
    proto: raw(`{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"model":"${model}","messages":[]}`),
  };
  const values: Record<string, Ask> = {
    "negative-tokens": chat({ max_tokens: -1 }),
    "huge-tokens": chat({ max_tokens: 1e30 }),
    "many-choices": chat({ n: 1_000_000 }),
    "text-temperature": chat({ temperature: "hot" }),
    "no-messages": chat({ messages: [] }),
    "many-messages": chat({ messages: Array.from({ length: 5000 }, () => message) }),
    "strange-role": chat({ messages: [{ role: "root", content: "x" }] }),
    "object-content": chat({ messages: [{ role: "user", content: { a: 1 } }] }),
    "tool-without-call": chat({ messages: [{ role: "tool", content: "x" }] }),
    "many-tools": chat({ tools: Array.from({ length: 1000 }, (_, at) => ({ type: "function", function: { name: `t${String(at)}` } })) }),
    "no-such-model": chat({ model: "no-such-model-here" }),
    "long-model": chat({ model: "m".repeat(100_000) }),
    "no-such-collection": chat({ rag: { enabled: true, collection: "no-such-collection-here" } }),
    "sql-collection": chat({ rag: { enabled: true, collection: "x'; DROP TABLE files; --" } }),
  };
  const texts: Record<string, string> = {
    nul: "a\u0000b",
    surrogate: "a\ud800b",
    "stacked-marks": `a${"\u0301".repeat(20_000)}`,
    bidi: `${"\u202e".repeat(5000)}abc`,
    noncharacters: "\ufffe\uffff\u{10ffff}".repeat(500),
    emoji: "👨‍👩‍👧‍👦".repeat(2000),
    "one-long-word": "a".repeat(200_000),
    nested: "((((((((((".repeat(5000),
    escapes: "\u001b[2J\u001b]0;title\u0007".repeat(200),
  };
  return [
    {
      name: "oversized",
      family: "size",
      ask: post(raw(`{"model":"${model}","messages":[{"role":"user","content":"${"a".repeat(OVERSIZED_BYTES)}"}]}`)),
    },
    ...Object.entries(malformed).map(([name, body]) => ({ name: `body-${name}`, family: "malformed", ask: post(body) })),
    ...Object.entries(values).map(([name, ask]) => ({ name: `value-${name}`, family: "values", ask })),
    ...Object.entries(texts).map(([name, text]) => ({ name: `text-${name}`, family: "unicode", ask: say(text), valid: true as const })),
  ];
}

function paths(): Strange[] {
  const asks: Record<string, Ask> = {
    traversal: { method: "GET", path: "/v1/files/..%2f..%2f..%2fetc%2fpasswd" },
    "nul-in-path": { method: "GET", path: "/v1/files/%00" },
    "bad-escape": { method: "GET", path: "/v1/files/%zz" },
    "long-path": { method: "GET", path: `/v1/files/${"a".repeat(6000)}` },
    "long-query": { method: "GET", path: `/v1/files?after=${"a".repeat(6000)}` },
    "strange-limit": { method: "GET", path: "/v1/files?limit=-1e99" },
    "strange-method": { method: "PUT", path: "/v1/chat/completions" },
    "long-header": { method: "GET", path: "/v1/models", headers: { "x-weir-feature": "f".repeat(5000) } },
    "long-tenant": { method: "GET", path: "/v1/models", headers: { "openai-tenant": "t".repeat(5000) } },
    "empty-upload": post({ kind: "file", filename: "empty.md", text: "" }, "/v1/files"),
    "upload-path": post({ kind: "file", filename: "../../evil.exe", text: "MZ" }, "/v1/files"),
    "not-a-form": post(raw("--x", "multipart/form-data; boundary=y"), "/v1/files"),
    embeddings: post(raw('{"model":"x","input":[[]]}'), "/v1/embeddings"),
    "control-vllm": { method: "POST", path: "/pause" },
  };
  return Object.entries(asks).map(([name, ask]) => ({ name: `path-${name}`, family: "paths", ask }));
}

/** A line of a stack trace, in the forms of the usual runtimes. */
const STACK = /\n\s+at [^\n]{1,200}:\d+:\d+|Traceback \(most recent call last\)|node_modules\//;

/** Errors of the provider behind the server are the provider's. */
function judgeAbuse(reply: Reply, valid: boolean): Verdict {
  if (reply.status === 0) return failed(`the server did not answer: ${reply.failure ?? "no answer"}`);
  if (STACK.test(reply.raw)) return failed("the answer shows the server's insides");
  const isProviders = reply.raw.includes('"upstream_error"');
  if (reply.status === 429 || reply.status === 503)
    return inconclusive(`refused for another reason: ${reply.code ?? String(reply.status)}`);
  if (reply.status >= 500)
    return isProviders ? inconclusive("the model server failed") : failed(`the server failed with ${String(reply.status)}`);
  if (reply.status >= 400 && reply.code === undefined) return failed(`refused with ${String(reply.status)}, without saying why`);
  if (reply.status >= 400) return passed(`refused with ${String(reply.status)} ${reply.code ?? ""}`);
  return passed(valid ? "answered" : "taken as it is");
}
