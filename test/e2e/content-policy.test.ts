import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "bun:test";
import {
  createDataKeys,
  createEncryptedObjects,
  createFolderBlobs,
  createSecretWrapper,
  createTenantObjects,
} from "../../src/object/index.ts";
import { deriveKey } from "../../src/kernel/hash.ts";
import { tenantIds } from "../../src/kernel/ids.ts";
import { createFakeUpstream } from "../upstream/index.ts";
import { oneModel, startWeir } from "./server.ts";

const SECRET = "5".repeat(64);
const CANARY = "kept-canary-7261";

test("content is kept only where the tenant's policy is full, encrypted, with a date until which it may stay", async () => {
  const upstream = await createFakeUpstream();
  const weir = await startWeir({ yaml: oneModel(upstream.openaiBaseUrl).replace("upstream-secret", "k"), env: { WEIR_SECRET: SECRET } });
  try {
    const ids = new Map<string, string>();
    for (const policy of ["none", "scrubbed", "scrubbed-sample", "full"]) {
      const { key } = await weir.tenant(policy, { contentPolicy: policy });
      ids.set(policy, (await weir.call<{ id: string }>("GET", `/admin/v1/tenants/${policy}`)).id);
      for (const stream of [true, false]) {
        const response = await weir.chat(key, { model: "m", stream, messages: [{ role: "user", content: CANARY }] });
        assert.equal(response.status, 200);
        await response.text();
      }
    }
    await weir.stop();
    const blobs = createFolderBlobs(join(weir.dataDir, "objects"));
    const wrappers = [createSecretWrapper(deriveKey(Buffer.from(SECRET, "hex"), "objects"))] as const;
    const store = createEncryptedObjects(createTenantObjects(blobs), createDataKeys({ blobs, wrappers, nowMs: Date.now }));
    const kept = async (policy: string) => {
      const tenantId = tenantIds.parse(ids.get(policy) ?? "");
      const keys = await store.listObjects(tenantId, "chat-logs/");
      return Promise.all(keys.map(async (key) => Buffer.from((await store.getObject(tenantId, key)) ?? []).toString()));
    };
    for (const policy of ["none", "scrubbed", "scrubbed-sample"]) assert.deepEqual(await kept(policy), [], policy);
    const full = await kept("full");
    assert.equal(full.length, 1, "both calls in one file");
    const lines = (full[0] ?? "").trimEnd().split("\n");
    assert.equal(lines.length, 2);
    for (const line of lines) {
      const { messages, answer, at, keepUntil } = JSON.parse(line) as { messages: unknown; answer: string; at: string; keepUntil: string };
      assert.ok(JSON.stringify(messages).includes(CANARY) && answer.length > 0);
      assert.equal(Date.parse(keepUntil) - Date.parse(at), 30 * 86_400_000);
    }
    const told = weir.logged.filter((line) => line.includes("no scrubber")).map((line) => JSON.parse(line) as { contentPolicy: string });
    assert.deepEqual(
      told.map((line) => line.contentPolicy),
      ["scrubbed", "scrubbed-sample"],
      "said once for each tenant",
    );
    const files = readdirSync(weir.dataDir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const entry of files)
      assert.ok(!readFileSync(join(entry.parentPath, entry.name)).includes(CANARY), `${entry.name} holds it as it is`);
  } finally {
    await weir.close().catch(() => undefined);
    await upstream.close();
  }
});
