import assert from "node:assert/strict";
import { test } from "bun:test";
import { startWeir } from "./server.ts";

test("the demo answers from its documents with citations, says what they do not hold, and accounts for both", async () => {
  const weir = await startWeir({ demo: true });
  try {
    const { key } = await weir.call<{ key: string }>("POST", "/admin/v1/tenants/demo/keys", { name: "test" });
    const ask = async (content: string) => {
      const response = await weir.chat(key, {
        model: "auto",
        messages: [{ role: "user", content }],
        rag: { enabled: true, collection: "handbook" },
      });
      return (await response.json()) as {
        choices: { message: { content: string; annotations: unknown[] } }[];
        weir: { citations: { cited: boolean }[] };
      };
    };
    const held = await ask("How many vacation days do full-time employees have a year?");
    assert.match(held.choices[0]?.message.content ?? "", /30 vacation days.*\[1\]/);
    assert.ok(held.weir.citations.some((citation) => citation.cited));
    assert.ok((held.choices[0]?.message.annotations.length ?? 0) > 0);
    const absent = await ask("What is the capital of Mongolia?");
    assert.match(absent.choices[0]?.message.content ?? "", /do not hold the answer/);
    const usage = await weir.call<{ totals: { calls: number } }>("GET", "/admin/v1/usage?tenant=demo");
    assert.equal(usage.totals.calls, 2);
    const verdict = await weir.call<{ ok: boolean; entries: number }>("POST", "/admin/v1/audit/verify", { tenant: "demo" });
    assert.deepEqual([verdict.ok, verdict.entries], [true, 2]);
  } finally {
    await weir.close();
  }
});
