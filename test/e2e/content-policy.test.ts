import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "bun:test";
import { createFakeUpstream } from "../upstream/index.ts";
import { oneModel, startWeir } from "./server.ts";
import { readStoredObjects } from "./stored-objects.ts";

const SECRET = "5".repeat(64);
const CANARY = "kept-canary-7261";
const MAIL = "ada.lovelace@analytical.example";
const CARD = "4111 1111 1111 1111";

test("content is kept as the tenant's policy has it: not at all, scrubbed, or as it was; encrypted, with a date until which it may stay", async () => {
  const upstream = await createFakeUpstream({ say: () => [`Write to ${MAIL}.`] });
  const yaml = `${oneModel(upstream.openaiBaseUrl).replace("upstream-secret", "k")}\nchatLogs: { sampleShare: 1 }\n`;
  const weir = await startWeir({ yaml, env: { WEIR_SECRET: SECRET } });
  try {
    const ids = new Map<string, string>();
    for (const policy of ["none", "scrubbed", "scrubbed-sample", "full"]) {
      const { key } = await weir.tenant(policy, { contentPolicy: policy });
      ids.set(policy, (await weir.call<{ id: string }>("GET", `/admin/v1/tenants/${policy}`)).id);
      for (const stream of [true, false]) {
        const content = `${CANARY}: I am at ${MAIL}, my card is ${CARD}.`;
        const response = await weir.chat(key, { model: "m", stream, user: "ada", messages: [{ role: "user", content }] });
        assert.equal(response.status, 200);
        await response.text();
      }
    }
    await weir.stop();
    const kept = async (policy: string): Promise<readonly string[]> => {
      const objects = await readStoredObjects({ dataDir: weir.dataDir, secret: SECRET }, ids.get(policy) ?? "", "chat-logs/");
      return objects.map(({ text }) => text);
    };
    assert.deepEqual(await kept("none"), []);
    for (const policy of ["scrubbed", "scrubbed-sample", "full"]) {
      const files = await kept(policy);
      assert.equal(files.length, 1, "both calls in one file");
      const lines = (files[0] ?? "").trimEnd().split("\n");
      assert.equal(lines.length, 2);
      for (const line of lines) {
        const { at, keepUntil, endUser } = JSON.parse(line) as { at: string; keepUntil: string; endUser: string };
        assert.ok(line.includes(CANARY) && /^[0-9a-f]{32}$/.test(endUser) && !line.includes('"ada"'));
        assert.equal(Date.parse(keepUntil) - Date.parse(at), 30 * 86_400_000);
        for (const personal of [MAIL, CARD]) assert.equal(line.includes(personal), policy === "full", `${policy}: ${line}`);
        if (policy !== "full") assert.ok(line.includes("[EMAIL]") && line.includes("[CARD]"));
      }
    }
    const files = readdirSync(weir.dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const entry of files)
      for (const text of [CANARY, MAIL, CARD])
        assert.ok(!readFileSync(join(entry.parentPath, entry.name)).includes(text), `${entry.name} holds it as it is`);
  } finally {
    await weir.close().catch(() => undefined);
    await upstream.close();
  }
});
