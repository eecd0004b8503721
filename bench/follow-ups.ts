/**
 * Follow-up questions, made to stand alone: `bun bench/follow-ups.ts [pglite|postgres]`. Of 89 conversations about the demo documents, whose last
 * question leans on what was said (or only sounds like it), in how many the passage that answers is among the five best by words, with Weir's own
 * documentation beside them in the collection.
 */
import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Message } from "../src/domain/chat.ts";
import { textOf, toQuery } from "../src/retrieve/index.ts";
import { readConversations } from "../test/follow-ups/conversations.ts";
import { openBench, type Bench } from "./knowledge/engine.ts";

const ROOT = join(import.meta.dirname, "..");
const TOP = 5;
const usersOf = (messages: readonly Message[]): string[] =>
  messages.flatMap(({ role, content }) => (role === "user" ? [textOf(content)] : []));

const WAYS: Readonly<Record<string, (messages: readonly Message[]) => string>> = {
  "the last question alone": (messages) => usersOf(messages).at(-1) ?? "",
  "with the question before, always": (messages) => usersOf(messages).slice(-2).join("\n"),
  "all questions": (messages) => usersOf(messages).join("\n"),
  "everything said": (messages) => messages.map(({ content }) => textOf(content)).join("\n"),
  "as Weir makes it stand alone": toQuery,
};

async function fill({ ingest, tenantId }: Bench): Promise<void> {
  const chunking = { strategy: "sentence", tokens: 128, overlap: 0 } as const;
  await ingest.createCollection(tenantId, { name: "house", settings: { chunking } });
  for (const folder of ["demo/documents", "docs"])
    for (const name of (await readdir(join(ROOT, folder))).toSorted()) {
      if (!/\.(?:md|txt|html)$/.test(name)) continue;
      const file = await ingest.createFile(tenantId, {
        filename: name,
        purpose: "user_data",
        bytes: readFileSync(join(ROOT, folder, name)),
      });
      await ingest.addFileToCollection(tenantId, "house", file.id);
    }
}

const bench = await openBench(process.argv[2] ?? "pglite");
await fill(bench);
const conversations = readConversations();
console.log(`${conversations.length} conversations, recall@${TOP} and share at the first place, by kind`);
for (const [way, toAsk] of Object.entries(WAYS)) {
  const counts = new Map<string, { all: number; found: number; first: number }>();
  for (const { wanted, messages, kind } of conversations) {
    const { passages } = await bench.retrieve(bench.tenantId, { collection: "house", topK: TOP, query: toAsk(messages) });
    const rank = passages.findIndex(({ text }) => text.replace(/\s+/g, " ").includes(wanted));
    for (const key of [kind, "all"]) {
      const count = counts.get(key) ?? { all: 0, found: 0, first: 0 };
      counts.set(key, { all: count.all + 1, found: count.found + Number(rank >= 0), first: count.first + Number(rank === 0) });
    }
    if (process.argv.includes("misses") && way.startsWith("as Weir") && rank < 0)
      console.log("  missed:", JSON.stringify(toAsk(messages)), "=", wanted);
  }
  const cells = [...counts].map(
    ([kind, { all, found, first }]) => `${kind} ${((100 * found) / all).toFixed(1)} / ${((100 * first) / all).toFixed(1)} (${all})`,
  );
  console.log(`${way.padEnd(34)} ${cells.join(" · ")}`);
}
await bench.close();
