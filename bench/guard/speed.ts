import type { PiiFinder } from "../../src/guard/index.ts";

const PROSE =
  "Hello team, please prepare the quarterly report for the meeting on 2026-03-12. The revenue grew by 12.4 % to $1,234,567 and we shipped version 4.18.2 " +
  "of the product. Ticket ABC-1234 is still open; see https://example.com/docs/guide?page=2 for the details. Our customer John Smith " +
  "(john.smith@example.com, +1 212-555-0199) asked about order 100200300. ";
const CODE =
  "export function readLines(path: string): readonly Entry[] {\n  const items = new Map<string, number>();\n  for (const [key, value] of Object.entries(input)) " +
  'items.set(key, value * 42 + 0x1f);\n  return items.get("user_id") ?? DEFAULT_TIMEOUT_MS;\n}\n';
const GERMAN =
  "Sehr geehrte Damen und Herren, bitte fassen Sie den folgenden Vertrag zusammen und übersetzen Sie ihn ins Französische. Die Kündigungsfrist beträgt drei " +
  "Monate zum Ende des Quartals; die Größe der Fläche ist 240,5 m². Rechnung Nr. 2025-00817 über 1.234,56 €. ";
const JAPANESE =
  "来週の会議までに、添付の資料を三つの要点にまとめてください。売上は前年比で12.4%増加し、合計は1,234,567円でした。電話番号は03-1234-5678です。";
const DIGITS = "4111 1111 1111 1112 2345 6789 0123 4567 8901 2345 ";
const TABLE = "2026-03-12,10234,Widget A,12.50,4,Berlin\n2026-03-13,10235,Widget B,8.75,12,Paris\n";

const repeat = (piece: string, characters: number): string => piece.repeat(Math.ceil(characters / piece.length)).slice(0, characters);

/** Printed in microseconds: the median and the 99th percentile of single calls, and the median per 2,048 characters. */
export function printSpeed(finder: PiiFinder): void {
  console.log("text       characters   p50 us   p99 us   p50 us/2048");
  const cases = { prose: PROSE, code: CODE, german: GERMAN, japanese: JAPANESE, table: TABLE, digits: DIGITS };
  for (const [name, piece] of Object.entries(cases)) {
    for (const characters of [2048, 102_400, 1_048_576]) {
      const text = repeat(piece, characters);
      const rounds = characters === 2048 ? 5000 : characters === 102_400 ? 100 : 10;
      for (let round = 0; round < rounds / 5; round++) finder.find(text);
      const times = Array.from({ length: rounds }, () => {
        const start = performance.now();
        finder.find(text);
        return (performance.now() - start) * 1000;
      }).toSorted((one, other) => one - other);
      const median = times[rounds >> 1] ?? 0;
      const cells = [median, times[Math.floor(rounds * 0.99)] ?? 0, (median * 2048) / characters];
      console.log(`${name.padEnd(10)} ${String(characters).padStart(10)} ${cells.map((cell) => cell.toFixed(1).padStart(8)).join(" ")}`);
    }
  }
}
