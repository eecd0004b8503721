import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PiiFinder } from "../../src/guard/index.ts";

/** Prompts, exam questions, papers, filings and source code: hardly anybody's data in them, and plenty of numbers. */
const FOLDERS = ["injection", "mcq", "retrieval", "routing", "toxicity", "finetune", "plan"];
const isText = (name: string): boolean => /\.(?:jsonl?|txt|md|csv|tsv)$/.test(name);

/** How often each type is found in texts that are nearly free of it: most of it is over-flagging, and e-mail addresses that are there. */
export function printOrdinary(finder: PiiFinder, data: string): void {
  const counts = new Map<string, number>();
  let characters = 0;
  for (const folder of FOLDERS.map((name) => join(data, name)).filter((path) => existsSync(path))) {
    for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(isText)) {
      const text = readFileSync(join(folder, name), "utf8");
      characters += text.length;
      for (const { type } of finder.find(text)) counts.set(type, (counts.get(type) ?? 0) + 1);
    }
  }
  const found = [...counts].map(([type, count]) => `${type} ${count}`).join(", ");
  console.log(`ordinary texts: ${(characters / 1e6).toFixed(1)} million characters, found ${found}`);
}
