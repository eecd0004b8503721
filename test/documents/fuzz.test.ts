import { test } from "bun:test";
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PageStart } from "../../src/domain/page.ts";
import { createPrepareApart } from "../../src/ingest/prepare-apart.ts";
import { parse } from "../../src/ingest/parse.ts";
import { createDice } from "./dice.ts";
import { DAMAGE } from "./hostile.ts";
import { openZip } from "../../src/ingest/zip.ts";
import { writeZip } from "./zip-writer.ts";

const IS_LONG = process.env["WEIR_TEST_LONG"] === "1";
const FILES = IS_LONG ? 20_000 : 2000;
const SEED = 11;

const folder = join(import.meta.dirname, "fixtures");
const TEXTS: readonly (readonly [string, string])[] = [
  ["a.csv", 'name;note\n"Ann; B";"said ""yes"""\nBo;5\n'.repeat(40)],
  [
    "a.json",
    JSON.stringify({
      a: [1, { b: "x", c: [null, true] }],
      rows: [
        { id: 1, n: "a" },
        { id: 2, n: "b" },
      ],
    }).repeat(1),
  ],
  ["a.jsonl", '{"a":1,"b":"x"}\n'.repeat(30)],
  ["a.py", "# comment\ndef f(x):\n    '''```'''\n    return x\n".repeat(20)],
  ["a.md", "# T\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```js\nx\n```\n".repeat(10)],
  ["a.html", "<html><body><h1>T</h1><table><tr><td>a<td>b</table><p>Words.</body></html>".repeat(5)],
];

type Outcome =
  | { readonly ok: true; readonly text: string; readonly pages?: readonly PageStart[] | undefined }
  | { readonly ok: false; readonly refusal: { readonly message: string } };

/** Damage that leaves a container whole: its parts are spoiled as texts, so that what reads them is reached. */
const SWAPS = [
  ["<", ""],
  [">", ""],
  ['"', ""],
  ["0", "-1e999"],
  ["1", "99999999999"],
  ["t=", "x="],
  ["r:id", "id"],
  ["/", ""],
  ["\n", ""],
  ["a:t", "a:tbl"],
] as const;

test(
  `${FILES} files of all formats, each spoiled from a seed, are read or refused with a sentence, and none breaks a reader`,
  async () => {
    const good: readonly (readonly [string, Buffer])[] = [
      ...readdirSync(folder)
        .filter((name) => !name.startsWith("scan"))
        .map((name) => [name, readFileSync(join(folder, name))] as const),
      ...TEXTS.map(([name, text]) => [name, Buffer.from(text)] as const),
    ];
    const ways = Object.values(DAMAGE);
    const apart = createPrepareApart();
    // pdf.js is not ours: where it goes wrong, its process ends and not the server's.
    const read = async (name: string, bytes: Uint8Array): Promise<Outcome> => {
      if (!name.endsWith(".pdf")) return await parse(name, bytes);
      const made = await apart.prepare(name, bytes);
      return made.ok ? { ok: true, text: made.prepared.chunks.map((chunk) => chunk.text).join("") } : made;
    };
    const counts = { read: 0, refused: 0 };
    const reasons = new Set<string>();
    let slowestMs = 0;
    for (let no = 0; no < FILES; no++) {
      const dice = createDice(SEED * 1_000_003 + no);
      const [name, bytes] = good[no % good.length] ?? good[0] ?? assert.fail();
      const spoiled = spoil(Buffer.from(bytes), dice.below(ways.length + 2), dice);
      const startedMs = performance.now();
      const parsed = await read(name, new Uint8Array(spoiled)).catch((error: unknown) => assert.fail(`${name} (${no}): ${String(error)}`));
      slowestMs = Math.max(slowestMs, performance.now() - startedMs);
      if (parsed.ok) {
        counts.read += 1;
        assert.ok(parsed.text.trim() !== "", `${name} (${no}) is indexed empty`);
        const starts = parsed.pages ?? [];
        assert.ok(
          starts.every(
            ({ offset, page }, at) =>
              offset < parsed.text.length && offset >= (starts[at - 1]?.offset ?? 0) && page > (starts[at - 1]?.page ?? 0),
          ),
          `${name} (${no}): pages`,
        );
      } else {
        counts.refused += 1;
        reasons.add(parsed.refusal.message.replace(/\d+/g, "N"));
        assert.match(parsed.refusal.message, /^[A-Z0-9].{10,}\.$/s, `${name} (${no})`);
      }
    }
    apart.close();
    assert.ok(counts.read > FILES / 20 && counts.refused > FILES / 5, JSON.stringify(counts));
    console.log(
      `# fuzz: ${FILES} files of ${good.length} kinds, ${counts.read} read, ${counts.refused} refused with ${reasons.size} different reasons, 0 broken; slowest ${Math.round(slowestMs)} ms`,
    );
  },
  IS_LONG ? 3_600_000 : 900_000,
);

function spoil(bytes: Buffer, way: number, dice: ReturnType<typeof createDice>): Buffer {
  const damage = Object.values(DAMAGE)[way];
  if (damage !== undefined) return damage(bytes, dice);
  const parts = bytes[0] === 0x50 && bytes[1] === 0x4b ? unpackAll(bytes) : undefined;
  if (parts === undefined) return swapped(bytes, dice);
  const spoiled = dice.below(parts.length);
  return writeZip(parts.map(({ name, content }, at) => ({ name, content: at === spoiled ? swapped(content, dice) : content })));
}

function swapped(content: Buffer, dice: ReturnType<typeof createDice>): Buffer {
  const [from, to] = dice.pick(SWAPS);
  const pieces = content.toString("latin1").split(from);
  const at = dice.below(Math.max(1, pieces.length - 1));
  const all = dice.below(3) === 0;
  return Buffer.from(
    pieces.map((piece, no) => (no === pieces.length - 1 ? piece : piece + (all || no === at ? to : from))).join(""),
    "latin1",
  );
}

function unpackAll(bytes: Buffer): { name: string; content: Buffer }[] | undefined {
  try {
    const zip = openZip(bytes);
    return [...zip.names].map((name) => ({ name, content: Buffer.from(zip.read(name) ?? []) }));
  } catch {
    return undefined;
  }
}
