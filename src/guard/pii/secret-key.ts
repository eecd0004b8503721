import type { Finding } from "../../domain/finding.ts";
import type { PiiRule } from "./rule.ts";
import { HAS_DIGIT, type Scan } from "./scan.ts";
import { SECRET_SHAPES, type SecretShape } from "./secret-shapes.ts";

type Prefixed = { readonly prefix: string; readonly reason: string; readonly pattern: RegExp };

/** Two ASCII characters as an index: of all words, few begin like a key. */
const pair = (first: number, second: number): number => (first < 128 && second < 128 ? first * 128 + second : 0);

const reasonOf = (name: string): string => `shape:${name}`;

function byPair(): ReadonlyMap<number, readonly Prefixed[]> {
  const map = new Map<number, Prefixed[]>();
  const add = (key: number, prefixed: Prefixed): void => void map.set(key, [...(map.get(key) ?? []), prefixed]);
  for (const { name, prefixes, pattern } of SECRET_SHAPES) {
    for (const prefix of prefixes) {
      const prefixed = { prefix, reason: reasonOf(name), pattern };
      if (prefix.length > 1) add(pair(prefix.charCodeAt(0), prefix.charCodeAt(1)), prefixed);
      else for (let second = 48; second < 123; second++) add(pair(prefix.charCodeAt(0), second), prefixed);
    }
  }
  return map;
}

const shapeNamed = (wanted: string): SecretShape | undefined => SECRET_SHAPES.find(({ name }) => name === wanted);

/** Shapes that are known by what follows a token of a certain length, not by how they begin. */
const FOLLOWED = [
  { shape: shapeNamed("mailchimp-key"), sizes: [32], next: "-us" },
  { shape: shapeNamed("terraform-token"), sizes: [14], next: ".atlasv1." },
  { shape: shapeNamed("telegram-token"), sizes: [8, 9, 10], next: ":AA" },
] as const;

const DASH = 45;
const UNDERSCORE = 95;
const TILDE = 126;

/** Shorter ones are words; the shortest key has sixteen characters after its prefix, some of them beyond a dot. */
const TOKEN_MIN = 2;

const match = (scan: Scan, start: number, pattern: RegExp, reason: string, out: Finding[]): boolean => {
  pattern.lastIndex = start;
  if (!pattern.test(scan.text)) return false;
  out.push({ type: "SECRET", start, end: pattern.lastIndex, score: 0.97, reason });
  return true;
};

export function createSecretKeyRule(): PiiRule {
  const prefixed = byPair();
  const azure = shapeNamed("azure-client-secret")?.pattern;
  const occupied = new Uint8Array(128 * 128);
  for (const key of prefixed.keys()) occupied[key] = 1;

  const matchFollowed = (scan: Scan, start: number, end: number, out: Finding[]): void => {
    for (const { shape, sizes, next } of FOLLOWED) {
      if (shape !== undefined && (sizes as readonly number[]).includes(end - start) && scan.text.startsWith(next, end)) {
        match(scan, start, shape.pattern, reasonOf(shape.name), out);
      }
    }
    if (azure !== undefined && scan.text.charCodeAt(end) === TILDE && scan.text.startsWith("8Q", end - 2)) {
      match(scan, end - 5, azure, reasonOf("azure-client-secret"), out);
    }
  };

  return {
    name: "secret-key",
    types: ["SECRET"],
    run: (scan, out) => {
      const { text } = scan;
      let searched = 0;
      for (let token = 0; token < scan.tokens; token++) {
        const start = scan.start[token] ?? 0;
        const end = scan.end[token] ?? 0;
        if (start < searched || end - start < TOKEN_MIN) continue;
        if (((scan.flags[token] ?? 0) & HAS_DIGIT) !== 0) matchFollowed(scan, start, end, out);
        const key = pair(text.charCodeAt(start), text.charCodeAt(start + 1));
        if (occupied[key] === 0) continue;
        // A key does not begin inside a longer run, and trying each of its parts would cost their square.
        const before = start === 0 ? 32 : text.charCodeAt(start - 1);
        if (before === DASH || before === UNDERSCORE) continue;
        for (const { prefix, pattern, reason } of prefixed.get(key) ?? []) {
          if (!text.startsWith(prefix, start) || !match(scan, start, pattern, reason, out)) continue;
          searched = out.at(-1)?.end ?? 0;
          break;
        }
      }
    },
  };
}
