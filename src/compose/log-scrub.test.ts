import assert from "node:assert/strict";
import { test } from "bun:test";
import { createLog } from "../telemetry/index.ts";
import { createLogScrub } from "./log-scrub.ts";

test("a log line that holds personal data or a secret by mistake is written without it, and an ordinary one as it is", () => {
  const lines: string[] = [];
  const log = createLog(
    (line) => void lines.push(line),
    () => 0,
    createLogScrub(),
  );
  log.error("could not write to ann@example.com", { why: "password=hunter2hunter2 refused", at: "4111 1111 1111 1111", count: 3 });
  assert.doesNotMatch(lines[0] ?? "", /ann@|hunter2|4111/);
  assert.match(lines[0] ?? "", /\[EMAIL\].*\[SECRET\].*\[CARD\].*"count":3/);
  const fields = {
    requestId: "req_01hf7uaq001990tpjb9e4h2b80",
    at: "at run (/srv/weir/src/store/pglite.ts:120:14)",
    host: "10.0.0.12:5432",
    since: "2026-11-26T13:47:51.000Z",
  };
  log.info("provider local answers", fields);
  assert.deepEqual(JSON.parse(lines[1] ?? ""), {
    time: "1970-01-01T00:00:00.000Z",
    level: "info",
    message: "provider local answers",
    ...fields,
  });
});

test("a text that the scrubber cannot look at is not written", () => {
  const lines: string[] = [];
  createLog(
    (line) => void lines.push(line),
    () => 0,
    () => {
      throw new Error("no");
    },
  ).warn("secret", { more: "secret" });
  assert.doesNotMatch(lines[0] ?? "", /secret/);
});
