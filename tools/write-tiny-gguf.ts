/** Writes the tiny seeded model of the tests, a ranking one and an adapter: bun tools/write-tiny-gguf.ts FOLDER */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeTinyAdapter, writeTinyModel } from "../test/gguf/index.ts";

const [folder = "tmp/tiny-gguf"] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const files = {
  "tiny.gguf": writeTinyModel(),
  "tiny-rank.gguf": writeTinyModel({ head: "rank" }),
  "tiny-adapter.gguf": writeTinyAdapter(),
};
for (const [name, bytes] of Object.entries(files)) {
  await writeFile(join(folder, name), bytes);
  console.log(`${join(folder, name)}: ${String(bytes.length)} bytes`);
}
