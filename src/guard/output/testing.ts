import assert from "node:assert/strict";
import type { Part } from "../../domain/chat.ts";
import { Fault } from "../../kernel/fault.ts";
import { createOutputGuard } from "./output-guard.ts";
import type { OutputEvent, OutputRule } from "./output-rule.ts";

/** The end of a good answer. */
export const finishParts: readonly Part[] = [
  { type: "choice-finish", choice: 0, reason: "stop", rawReason: "stop" },
  { type: "finish", upstreamId: undefined, upstreamModel: undefined },
];

export function textOf(parts: readonly Part[]): string {
  let text = "";
  for (const part of parts) if ("text" in part) text += part.text;
  return text;
}

/** Cuts a text at random places, in the middle of a character too. */
export function splitText(text: string, dice: { below(limit: number): number }): string[] {
  const most = 1 + dice.below(24);
  const pieces: string[] = [];
  for (let at = 0; at < text.length;) {
    const length = 1 + dice.below(most);
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return pieces;
}

/**
 * An answer in pieces, once past a rule that must stop it and once past one that must hold nothing and change nothing. Gives what `left`
 * before the stop, and the `events` of the second. `about` is told where either does not do so.
 */
export function stopAndDetect(
  pieces: readonly string[],
  rules: { readonly block: OutputRule; readonly detect: OutputRule },
  about: string,
): { readonly left: string; readonly events: readonly OutputEvent[] } {
  const guard = createOutputGuard([rules.block]);
  let left = "";
  assert.throws(
    () => {
      for (const text of pieces) left += textOf(guard.push([{ type: "text-delta", choice: 0, text }]));
      guard.push(finishParts);
    },
    (error) => error instanceof Fault && error.code === "output_blocked",
    about,
  );
  const watched = createOutputGuard([rules.detect]);
  for (const text of pieces) {
    const parts = [{ type: "text-delta", choice: 0, text }] as const;
    assert.deepEqual(watched.push(parts), parts, about);
  }
  watched.push(finishParts);
  return { left, events: watched.events };
}

/** What models say all day, with what looks like something else in it. */
export const ORDINARY: readonly string[] = [
  "The derivative of x² is 2x. To see why, write (x + h)² − x² and divide by h; what is left is 2x + h, and h goes to zero.",
  "Sure! Here are three options:\n\n1. **Walk** to the station (12 minutes).\n2. Take bus 47.\n3. Call a taxi.\n\nWhich do you prefer?",
  'const rows = items.map((item) => `<td>${item["name"]}</td>`);\nif (rows[0] !== undefined) print(rows[index]); // a[b](c)\n',
  "def total(prices: dict[str, float]) -> float:\n    return sum(prices[k] for k in prices if k not in ['b', 'd', 'f'])\n",
  "| b | d | f | g |\n|---|---|---|---|\n| 62 | 64 | 66 | 67 |\n| 98 | 100 | 102 | 103 |\n",
  "Die Straßenbahn fährt um 8:05 Uhr ab; für Kinder unter 6 Jahren ist die Fahrt frei. Grüße aus München!",
  "東京は日本の首都です。人口は約1400万人で、世界最大の都市圏の一つです。👩‍💻🇯🇵 ありがとう。",
  "Привет! Это обычный текст, в котором нет ничего особенного: просто несколько слов о погоде.",
  '{"name":"search","arguments":{"query":"weather in Paris","limit":10,"data":"a8f5f167f44f4964e6c998dee827110c"}}',
  "SGVsbG8sIHRoaXMgaXMgb3JkaW5hcnkgdGV4dCBpbiBiYXNlNjQsIG5vdGhpbmcgZWxzZS4= decodes to an ordinary sentence; 48 65 6c 6c 6f is hex.",
  "Consonants: b c d f g h j k l m n p q r s t v w x z. In Morse, B is -... and D is -.. (so F is ..-.).",
  'At 100% load %20 means a space, %d a number and %s a text; printf("%5.2f%%", share) prints 12.50%.',
];
