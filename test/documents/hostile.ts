import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createDice, type Dice } from "./dice.ts";
import { writeDocx } from "./docx-writer.ts";
import { DOCX_FAMILIES } from "./hostile-docx.ts";
import { PACKED_FAMILIES } from "./hostile-packed.ts";
import { PDF_FAMILIES, type Family, type Hostile } from "./hostile-pdf.ts";
import { column } from "./pdf-pages.ts";
import { writePdf } from "./pdf-writer.ts";

export type { Hostile } from "./hostile-pdf.ts";

const PARAGRAPHS = Array.from(
  { length: 12 },
  (_, at) => `Paragraph ${at} of a good document tells of warranty, calibration and delivery within ${at + 3} days.`,
);
const goodPdf = (compress: boolean): Buffer =>
  writePdf(
    Array.from({ length: 4 }, () => column(PARAGRAPHS, { left: 72, width: 400 })),
    { compress, title: "Good" },
  );
const goodDocx = (): Buffer =>
  writeDocx([...PARAGRAPHS.map((text) => ({ text, note: `About ${text}` })), { table: [PARAGRAPHS, PARAGRAPHS] }], { title: "Good" });

const fixture = (name: string): readonly [string, () => Buffer] => [name, () => readFileSync(join(import.meta.dirname, "fixtures", name))];

const GOOD: readonly (readonly [name: string, make: () => Buffer])[] = [
  ["packed.pdf", () => goodPdf(true)],
  ["plain.pdf", () => goodPdf(false)],
  ["good.docx", goodDocx],
  fixture("openpyxl.xlsx"),
  fixture("python-pptx.pptx"),
  fixture("python-email.eml"),
  fixture("zipfile.zip"),
  fixture("gnu-tar.tar.gz"),
];

/** Ways in which a disk, a network or a fuzzer spoils a good file. */
export const DAMAGE: Readonly<Record<string, (bytes: Buffer, dice: Dice) => Buffer>> = {
  "cut-off": (bytes, dice) => bytes.subarray(0, dice.below(bytes.length)),
  "bits-turned": (bytes, dice) => {
    for (let count = 1 + dice.below(64); count > 0; count--) {
      const at = dice.below(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << dice.below(8));
    }
    return bytes;
  },
  overwritten: (bytes, dice) => {
    const at = dice.below(bytes.length);
    dice.bytes(Math.min(1 + dice.below(2000), bytes.length - at)).copy(bytes, at);
    return bytes;
  },
  "a-piece-missing": (bytes, dice) => {
    const at = dice.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + dice.below(3000))]);
  },
  "a-piece-twice": (bytes, dice) => {
    const [at, length] = [dice.below(bytes.length), dice.below(5000)];
    return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
  },
  zeroed: (bytes, dice) => bytes.fill(0, dice.below(bytes.length)),
};

const damaged: readonly Family[] = GOOD.flatMap(([file, make]) =>
  Object.entries(DAMAGE).map(([name, damage]) => ({
    name: `${name}-${file}`,
    make: (dice: Dice): Hostile => ({ bytes: damage(make(), dice), filename: `${name}-${file}`, outcome: "either" }),
  })),
);

const named = (filename: string, outcome: Hostile["outcome"], bytes: () => Buffer, reason?: RegExp): Family => ({
  name: filename,
  make: () => ({ bytes: bytes(), filename, outcome, ...(reason === undefined ? {} : { reason }) }),
});

const misnamed: readonly Family[] = [
  named("text-named.pdf", "failed", () => Buffer.from("Plain words in a file that is named otherwise."), /no PDF/),
  named("text-named.docx", "failed", () => Buffer.from("Plain words in a file that is named otherwise."), /no Word document/),
  named("picture-named.pdf", "failed", () => Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0]), /PNG/),
  named("docx-named.pdf", "completed", goodDocx),
  named("pdf-named.docx", "completed", () => goodPdf(true)),
  named("pdf-named.txt", "completed", () => goodPdf(true)),
  named("empty.pdf", "failed", () => Buffer.alloc(0), /empty/),
  named("empty.docx", "failed", () => Buffer.alloc(0), /empty/),
  named("blank.pdf", "failed", () => Buffer.from(" \n\n "), /no PDF/),
  named("nul.docx", "failed", () => Buffer.alloc(4096), /no Word document/),
];

/** A few files are to be of kinds far apart; a prime that does not divide the number of kinds, so that every kind comes. */
const STRIDE = 41;

const FAMILIES: readonly Family[] = [...PDF_FAMILIES, ...DOCX_FAMILIES, ...PACKED_FAMILIES, ...misnamed, ...damaged];

export type NamedHostile = Hostile & { readonly family: string };

/** So many files, every kind of evil in turn: always the same ones for a seed. Heavy kinds come once, at the end, where they are asked for. */
export function* hostileFiles(count: number, seed: number, heavy = false): Generator<NamedHostile> {
  const light = FAMILIES.filter((one) => one.heavy !== true);
  const last = heavy ? FAMILIES.filter((one) => one.heavy === true) : [];
  const order = Array.from({ length: count - last.length }, (_, at) => light[(at * STRIDE) % light.length]).concat(last);
  for (const [at, family] of order.entries()) {
    if (family === undefined) continue;
    const made = family.make(createDice(seed * 100_003 + at));
    yield { ...made, family: family.name, filename: made.filename.replace(/(\.\w+)$/, `-${at}$1`) };
  }
}

export const FAMILY_COUNT: number = FAMILIES.length;
