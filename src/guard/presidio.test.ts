import assert from "node:assert/strict";
import { test } from "bun:test";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import type { Checked } from "../domain/guard.ts";
import { systemFetch } from "../kernel/outbound.ts";
import { createPresidio } from "./presidio.ts";
import type { SecondDetector } from "./second-detector.ts";
import { external, guardCall, own, testGuard } from "./testing.ts";

const pointsOf = (text: string): number => Array.from(text).length;
const REFUSE = "refuse" as const;

/** An analyzer on a real socket: finds each of `words`, with offsets in code points as Presidio's are. */
async function withAnalyzer(
  answer: RequestListener | Readonly<Record<string, string>>,
  run: (url: string, bodies: unknown[]) => Promise<void>,
) {
  const bodies: unknown[] = [];
  const listener: RequestListener =
    typeof answer === "function"
      ? answer
      : (request, response) => {
          const chunks: Buffer[] = [];
          request.on("data", (chunk: Buffer) => chunks.push(chunk));
          request.on("end", () => {
            const body: { text: string } = JSON.parse(Buffer.concat(chunks).toString());
            bodies.push(body);
            const found = Object.entries(answer).flatMap(([word, kind]) => {
              const at = body.text.indexOf(word);
              const start = pointsOf(body.text.slice(0, at));
              return at < 0 ? [] : [{ entity_type: kind, start, end: start + pointsOf(word), score: 0.85, analysis_explanation: null }];
            });
            response.setHeader("content-type", "application/json").end(JSON.stringify(found));
          });
        };
  const server = createServer(listener).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a server that listens on a port has such an address
    await run(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`, bodies);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
const detector = (url: string, onFailure: SecondDetector["onFailure"] = REFUSE, timeoutMs = 5000): SecondDetector => ({
  find: createPresidio(systemFetch, { url, apiKey: undefined, language: "en", scoreMin: 0.5, timeoutMs }),
  onFailure,
});
const left = (checked: Checked): string => JSON.stringify(checked.leave(external, "off", []).chat.messages);

test("what Presidio finds is masked beside what was found here, also behind characters of two units", async () => {
  await withAnalyzer({ "Zoë Quux": "PERSON", "17-B": "UK_NHS", yesterday: "DATE_TIME" }, async (url, bodies) => {
    const call = guardCall({
      messages: [
        { role: "user", content: "🙂🙂 from Zoë Quux" },
        { role: "user", content: "yesterday 17-B <email:a@b.example>" },
      ],
    });
    const checked = await testGuard({}, { second: [detector(url)] }).check(call);
    assert.equal(bodies.length, 1);
    assert.match(left(checked), /🙂🙂 from \[PERSON_[0-9a-f]{8}\]"/u);
    assert.match(left(checked), /yesterday \[NATIONAL_ID_[0-9a-f]{8}\] \[EMAIL_[0-9a-f]{8}\]"/);
    assert.deepEqual(checked.guarded?.found, { PERSON: 1, NATIONAL_ID: 1, EMAIL: 1 });
  });
});

test("a detector that answers with an error, nonsense or nothing lets no call leave", async () => {
  const answers: readonly RequestListener[] = [
    (_, response) => void response.writeHead(500).end("down"),
    (_, response) => void response.end("not json"),
    (_, response) => void response.end('{"error":"busy"}'),
    (_, response) => void response.end('[{"entity_type":"PERSON"}]'),
    (_, response) => void response.socket?.destroy(),
    (_, response) => void response.writeHead(302, { location: "http://127.0.0.1:1/" }).end(),
  ];
  for (const answer of answers)
    await withAnalyzer(answer, async (url) => {
      await assert.rejects(async () => await testGuard({}, { second: [detector(url)] }).check(guardCall()), { code: "guard_failed" });
      const kept = await testGuard({}, { second: [detector(url, "private-only")] }).check(guardCall());
      assert.equal(kept.standing.unread, "mask");
      assert.equal(kept.leave(own, "off", []).chat, kept.chat);
    });
  console.log(`# second detector: ${String(answers.length)} ways to fail, 0 calls left`);
});

test("a detector that hangs is one that failed", async () => {
  await withAnalyzer(
    () => undefined,
    async (url) => {
      await assert.rejects(async () => await testGuard({}, { second: [detector(url, REFUSE, 20)] }).check(guardCall()), {
        code: "guard_failed",
      });
    },
  );
});

test("nobody is asked where nothing is to be found", async () => {
  const second: SecondDetector = { find: () => Promise.reject(new Error("asked")), onFailure: REFUSE };
  await testGuard({ pii: "off", outputPii: "off" }, { second: [second] }).check(guardCall());
});
