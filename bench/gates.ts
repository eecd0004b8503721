/**
 * False alarms and finds of the gates for documents: `bun bench/gates.ts`. Every text of ../shared/data/retrieval and of this repository, as it is and as if
 * it stood in a PDF, where more is asked of it; and prose with its alphabet shifted and shuffled, as a broken font shows it.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inspectChunks } from "../src/ingest/gates/contract.ts";
import { checkText } from "../src/ingest/gates/door.ts";
import { suspectOf } from "../src/ingest/gates/suspect.ts";
import { chunk } from "../src/ingest/chunk.ts";
import { createSeededRandom } from "../src/kernel/seeded-random.ts";

const ROOT = join(import.meta.dirname, "..");
const DATA = join(ROOT, "../shared/data/retrieval");

type Named = { readonly name: string; readonly text: string };

function readData(): readonly Named[] {
  if (!existsSync(DATA)) return [];
  const read = (path: string): string => readFileSync(join(DATA, path), "utf8");
  const corpora = readdirSync(join(DATA, "chunking-eval/corpora")).map((name) => ({ name, text: read(`chunking-eval/corpora/${name}`) }));
  const lines = read("cranfield/corpus.jsonl").trim().split("\n");
  const abstracts = lines.map((line): Named => {
    const { title, text }: { title: string; text: string } = JSON.parse(line);
    return { name: "cranfield", text: `${title}\n\n${text}` };
  });
  const docs: readonly { text: string }[] = JSON.parse(read("anthropic-docs/anthropic_docs.json"));
  const code: readonly { content: string; chunks: readonly { content: string }[] }[] = JSON.parse(
    read("anthropic-contextual/codebase_chunks.json"),
  );
  return [
    ...corpora,
    ...abstracts,
    ...docs.map(({ text }) => ({ name: "anthropic-docs", text })),
    ...code.flatMap(({ content, chunks }) => [content, ...chunks.map((one) => one.content)].map((text) => ({ name: "code", text }))),
  ].filter(({ text }) => text.trim() !== "");
}

const readOwn = (): readonly Named[] =>
  ["docs", "src", "test", "tools"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(?:ts|md|sql|ya?ml|mjs)$/.test(entry.name) && entry.name !== "gates.test.ts")
      .map((entry) => ({ name: folder, text: readFileSync(join(entry.parentPath, entry.name), "utf8") }))
      .filter(({ text }) => text.trim() !== ""),
  );

async function count(texts: readonly Named[], drawn: boolean): Promise<string> {
  const pages = drawn ? [{ offset: 0, page: 1 }] : undefined;
  let [refused, chunks, suspect] = [0, 0, 0];
  for (const { text } of texts) {
    const cut = chunk(text);
    if ((await checkText(text, pages)) !== undefined || (await inspectChunks(cut)).refusal !== undefined) refused += 1;
    for (const one of cut) {
      chunks += 1;
      if ((await suspectOf(one.text, drawn)) !== undefined) suspect += 1;
    }
  }
  return `${texts.length} texts, ${refused} refused; ${chunks} chunks, ${suspect} suspect`;
}

const data = readData();
for (const [name, texts] of [
  ["data", data],
  ["own", readOwn()],
] as const) {
  console.log(`${name} as it is: ${await count(texts, false)}`);
  console.log(`${name} as of a PDF: ${await count(texts, true)}`);
}

const dice = createSeededRandom(5);
function shuffled(): readonly string[] {
  const letters = "abcdefghijklmnopqrstuvwxyz".split("");
  for (let at = letters.length - 1; at > 0; at--) {
    const other = Math.floor(dice() * (at + 1));
    [letters[at], letters[other]] = [letters[other] ?? "", letters[at] ?? ""];
  }
  return letters;
}
const withAlphabet = (text: string, letters: readonly string[]): string =>
  text.replace(/[a-z]/g, (letter) => letters[letter.charCodeAt(0) - 97] ?? letter);

for (const { name, text } of data.filter((one) => one.name.endsWith(".md") && one.text.length > 20_000)) {
  const prose = text.slice(9000, 11_000);
  let found = 0;
  for (let no = 0; no < 100; no++) if ((await suspectOf(withAlphabet(prose, shuffled()), true)) !== undefined) found += 1;
  console.log(
    `${name}, 2,000 characters with a shuffled alphabet: ${found} of 100 told; as it is: ${(await suspectOf(prose, true)) ?? "text"}`,
  );
}
