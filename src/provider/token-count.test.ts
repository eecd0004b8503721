import { test } from "bun:test";
import assert from "node:assert/strict";
import { prose } from "../../test/upstream/index.ts";
import { countTokens, weighTokens } from "./token-count.ts";

/** Texts of our own with their tokens by two public tokenisers, o200k and Llama 3. */
const SAMPLES: readonly (readonly [about: string, tokens: readonly [o200k: number, llama3: number], off: number, text: string])[] = [
  ["prose", [247, 244], 0.05, prose(247).join("")],
  [
    "markdown",
    [110, 107],
    0.05,
    "## Opening hours\n\n- **Monday to Friday**: 08:00–18:00\n- **Saturday**: 09:00–13:00\n\nPlease call us at +47 22 33 44 55, or write to support@example.com. We answer within two working days; urgent matters are handled first.\n\n| Item | Price | In stock |\n|------|------:|----------|\n| Gate valve 40 mm | 129.90 | yes |\n| Level sensor | 349.00 | no |\n",
  ],
  [
    "TypeScript",
    [137, 136],
    0.05,
    'export async function readLevel(sensor: Sensor, options: ReadOptions = {}): Promise<number> {\n  const { retries = 3, timeoutMs = 1000 } = options;\n  for (let attempt = 0; attempt < retries; attempt++) {\n    try {\n      const reading = await sensor.read({ timeoutMs });\n      if (reading.value !== undefined && !Number.isNaN(reading.value)) return reading.value;\n    } catch (error) {\n      if (attempt === retries - 1) throw new Error(`sensor ${sensor.id} failed`, { cause: error });\n    }\n  }\n  throw new RangeError("no valid reading");\n}\n',
  ],
  [
    "Python",
    [95, 94],
    0.05,
    'def moving_average(values, window=5):\n    """Return the moving average of a list of numbers."""\n    if window <= 0:\n        raise ValueError("window must be positive")\n    result = []\n    total = 0.0\n    for i, value in enumerate(values):\n        total += value\n        if i >= window:\n            total -= values[i - window]\n        result.append(total / min(i + 1, window))\n    return result\n',
  ],
  [
    "JSON full of numbers, where it is known to be off by a tenth",
    [112, 114],
    0.12,
    '{"station":"north-weir","readings":[{"at":"2026-11-21T04:15:00Z","levelMm":1243,"flow":12.75,"ok":true},{"at":"2026-11-21T04:30:00Z","levelMm":1251,"flow":13.02,"ok":true},{"at":"2026-11-21T04:45:00Z","levelMm":1260,"flow":13.44,"ok":false}],"operator":null}',
  ],
  [
    "German, where the tokenisers themselves differ by a fifth",
    [114, 140],
    0.05,
    "Ein Wehr ist ein niedriger Damm, der den Fluss nicht aufhält, sondern seine Höhe regelt. Das Wasser fließt weiter, aber es wird gemessen, was darüber läuft. Die Verwaltung der Gemeinde prüft jeden Monat, ob die Grenzwerte eingehalten werden. Wenn der Pegel nach starkem Regen steigt, öffnen die Mitarbeiter die Schleusen und benachrichtigen die Anwohner rechtzeitig. Für die Abrechnung ist es wichtig, dass alle Messungen vollständig gespeichert werden, weil sonst die Behörden keine Genehmigung erteilen können.",
  ],
];

test("a count is within 5 % of what tokenisers say for prose, markdown and code", () => {
  for (const [about, tokens, off, text] of SAMPLES) {
    const counted = countTokens(text);
    const [low, high] = [Math.min(...tokens) * (1 - off), Math.max(...tokens) * (1 + off)];
    assert.ok(counted >= low && counted <= high, `${about}: counted ${counted}, tokenisers ${tokens.join(" and ")}`);
  }
});

test("planted: a quarter of the characters, which many count by, is off by more on half of these", () => {
  const off = SAMPLES.filter(([, tokens, allowed, text]) => {
    const counted = text.length / 4;
    return counted < Math.min(...tokens) * (1 - allowed) || counted > Math.max(...tokens) * (1 + allowed);
  });
  assert.ok(off.length >= 3, off.map(([about]) => about).join());
});

test("nothing costs nothing, anything costs at least one token, and never more tokens than bytes", () => {
  assert.equal(countTokens(""), 0);
  for (const text of ["a", " ", "\n", ".", "水", "🌊", "é", "0", "\u0000", "\uD800"])
    assert.ok(countTokens(text) >= 1, JSON.stringify(text));
  for (const [, , , text] of SAMPLES) assert.ok(countTokens(text) <= Buffer.byteLength(text));
  for (const each of [
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "((((()))))[[[]]]{}",
    "ééééé",
    "1a2b3c4d5e6f",
    "A B C D",
    "🌊🌊🌊",
  ]) {
    assert.ok(countTokens(each) <= Buffer.byteLength(each), each);
  }
});

test("a long text is counted in time that grows with its length", () => {
  const text = prose(247).join("").repeat(100);
  const perText = weighTokens(prose(247).join(""));
  assert.ok(Math.abs(weighTokens(text) - perText * 100) < perText);
});
