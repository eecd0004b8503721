import { readFile } from "node:fs/promises";
import { ENCODINGS, type Encoding } from "./encode.ts";
import { fieldOf, findText, itemsOf, parseJson } from "./json-field.ts";
import { SEVERITIES, type Severity } from "./probe.ts";

/** What an attack is after: the marker's words, a call of a forbidden tool, or the secret in the system prompt. */
const GOALS = ["marker", "tool", "secret"] as const;
export type Goal = (typeof GOALS)[number];

export type Turn = { readonly role: "user" | "assistant"; readonly content: string };

/** One attack as it stands in `corpus/probes.json`. `{A}` and `{B}` stand for the marker's halves, `{A1}{A2}` and `{B1}{B2}` for halves of those. */
export type Entry = {
  readonly id: string;
  readonly turns: readonly Turn[];
  readonly encoding: Encoding | undefined;
  /** Around an encoded text, which is its `{payload}`. */
  readonly carrier: string;
  readonly tool: string | undefined;
};

export type Family = {
  readonly name: string;
  readonly suite: "direct" | "leakage";
  readonly title: string;
  readonly severity: Severity;
  readonly goal: Goal;
  readonly entries: readonly Entry[];
};

const FILE = new URL("./corpus/probes.json", import.meta.url);
const VERSION = 1;

/** The attacks that come with the program. Throws where the file is not of this version's form: a probe that is lost must not go unnoticed. */
export async function readCorpus(): Promise<readonly Family[]> {
  return parseCorpus(await readFile(FILE, "utf8"));
}

export function parseCorpus(text: string): readonly Family[] {
  const file = parseJson(text);
  if (fieldOf(file, "version") !== VERSION) throw new TypeError("probes.json: unknown version");
  const families = itemsOf(file, "families").map(parseFamily);
  const ids = families.flatMap((family) => family.entries.map((entry) => entry.id));
  if (new Set(ids).size !== ids.length) throw new TypeError("probes.json: an id stands twice");
  return families;
}

function parseFamily(value: unknown): Family {
  const name = need(value, "name");
  const suite = oneOf(["direct", "leakage"] as const, need(value, "suite"), name);
  const severity = oneOf(SEVERITIES, need(value, "severity"), name);
  const goal = oneOf(GOALS, need(value, "goal"), name);
  const entries = itemsOf(value, "probes").map((probe) => parseEntry(probe, goal));
  if (entries.length === 0) throw new TypeError(`probes.json: ${name} has no probes`);
  return { name, suite, severity, goal, title: need(value, "title"), entries };
}

function parseEntry(value: unknown, goal: Goal): Entry {
  const id = need(value, "id");
  const turns = itemsOf(value, "turns").map((turn) => parseTurn(turn, id));
  const text = findText(value, "text");
  if ((text === undefined) === (turns.length === 0)) throw new TypeError(`probes.json: ${id} needs either a text or turns`);
  const all: readonly Turn[] = text === undefined ? turns : [{ role: "user", content: text }];
  const words = all.map((turn) => turn.content).join(" ");
  if (goal === "marker" && !/\{A1?\}[^]*\{B1?\}/.test(words)) throw new TypeError(`probes.json: ${id} has no {A} and {B}`);
  const tool = findText(value, "tool");
  if (goal === "tool" && tool === undefined) throw new TypeError(`probes.json: ${id} names no tool`);
  const encoding = findText(value, "encode");
  return {
    id,
    turns: all,
    encoding: encoding === undefined ? undefined : oneOf(ENCODINGS, encoding, id),
    carrier: findText(value, "carrier") ?? "{payload}",
    tool,
  };
}

function parseTurn(value: unknown, id: string): Turn {
  const [role, content] = Array.isArray(value) ? (value as readonly unknown[]) : [];
  if (typeof role !== "string" || typeof content !== "string") throw new TypeError(`probes.json: ${id} has a turn that is no pair`);
  return { role: oneOf(["user", "assistant"] as const, role, id), content };
}

function need(value: unknown, name: string): string {
  const found = findText(value, name);
  if (found === undefined) throw new TypeError(`probes.json: ${name} is missing`);
  return found;
}

function oneOf<T extends string>(known: readonly T[], value: string, at: string): T {
  const found = known.find((each) => each === value);
  if (found === undefined) throw new TypeError(`probes.json: ${at}: "${value}" is none of ${known.join(", ")}`);
  return found;
}
