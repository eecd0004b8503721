/**
 * What pages of the console ask for, on a ledger of a million calls in the embedded database: `bun bench/console.ts [--events 1000000] [--rounds 20]
 * [--only usage]`. Over HTTP, from another process; cold is the first answer after the server's start, CPU the server's
 * processor time an answer, which other programs on the machine touch little. Ends with 1 where a p95 is above the limit.
 */
import { parseArgs } from "node:util";
import { asksOf } from "./console/asks.ts";
import { openLedger } from "./console/ledger.ts";
import { ADMIN_KEY, startServer } from "./console/server.ts";

const LIMIT_MS = 300;

const { values } = parseArgs({
  options: {
    events: { type: "string", default: "1000000" },
    rounds: { type: "string", default: "20" },
    only: { type: "string", default: "" },
  },
});
const ledger = await openLedger(Number(values.events), Date.now);
const server = await startServer(ledger.dataDir);
const rows: { name: string; cold: number; p50: number; p95: number; max: number; cpu: number; kb: number }[] = [];
try {
  for (const { name, path, as, method = "GET", body } of asksOf(ledger).filter((ask) => ask.name.includes(values.only))) {
    const headers = { authorization: `Bearer ${as === "tenant" ? ledger.tenantKey : ADMIN_KEY}`, "content-type": "application/json" };
    const ask = async (): Promise<{ ms: number; bytes: number }> => {
      const fromMs = performance.now();
      const answered = await fetch(server.url + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
      const bytes = (await answered.arrayBuffer()).byteLength;
      if (!answered.ok) throw new Error(`${path} answered ${String(answered.status)}`);
      return { ms: performance.now() - fromMs, bytes };
    };
    const cold = await ask();
    const times: number[] = [];
    const cpuSeconds = server.cpuSeconds();
    for (let n = 0; n < Number(values.rounds); n++) times.push((await ask()).ms);
    const cpu = ((server.cpuSeconds() - cpuSeconds) * 1000) / Number(values.rounds);
    const sorted = times.toSorted((a, b) => a - b);
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
    process.stderr.write(`${name}: ${at(0.5).toFixed(0)} ms\n`);
    rows.push({ name, cold: cold.ms, p50: at(0.5), p95: at(0.95), max: at(1), cpu, kb: cold.bytes / 1024 });
  }
} finally {
  await server.stop();
}

const cell = (value: number): string => value.toFixed(value < 10 ? 1 : 0).padStart(6);
console.log(`${String(ledger.events)} calls, milliseconds, limit ${String(LIMIT_MS)}\n`);
console.log(`| ${"asked".padEnd(58)} |   cold |    p50 |    p95 |    max |    CPU |     kB |`);
console.log(`|${"-".repeat(60)}|${"-------:|".repeat(6)}`);
for (const { name, cold, p50, p95, max, cpu, kb } of rows)
  console.log(
    `| ${name.padEnd(58)} | ${[cold, p50, p95, max, cpu, kb].map(cell).join(" | ")} |${p95 > LIMIT_MS ? " above the limit" : ""}`,
  );
if (rows.some(({ p95, cold }) => p95 > LIMIT_MS || cold > LIMIT_MS)) process.exitCode = 1;
