import { test } from "bun:test";
import assert from "node:assert/strict";
import { APART_LIMITS, createPrepareApart } from "../../src/ingest/prepare-apart.ts";
import { createDice } from "./dice.ts";
import { PACKED_FAMILIES } from "./hostile-packed.ts";

/** Far below what a reader may take: what is refused is refused before it is unpacked. */
const MEMORY_BYTES_MAX = 384 * 1024 * 1024;

test(`${PACKED_FAMILIES.length} bombs and broken containers are refused for what they are, in ${MEMORY_BYTES_MAX / 1024 / 1024} MB`, async () => {
  const apart = createPrepareApart({ ...APART_LIMITS, memoryBytesMax: MEMORY_BYTES_MAX, memoryBytesPerByte: 0 });
  const problems: string[] = [];
  let refused = 0;
  for (const family of PACKED_FAMILIES) {
    const { filename, bytes, outcome, reason } = family.make(createDice(1));
    const startedMs = performance.now();
    const made = await apart.prepare(filename, new Uint8Array(bytes));
    const told = made.ok ? "read" : made.refusal.message;
    if (process.env["WEIR_TEST_TOLD"] === "1")
      console.log(`${filename} ${bytes.length} B ${Math.round(performance.now() - startedMs)} ms: ${told.slice(0, 150)}`);
    if (!made.ok) refused += 1;
    if (made.ok ? outcome === "failed" : outcome === "completed" || reason?.test(told) === false) problems.push(`${filename}: ${told}`);
  }
  apart.close();
  assert.deepEqual(problems, []);
  console.log(`# bombs: ${PACKED_FAMILIES.length} kinds, ${refused} refused by name, none took ${MEMORY_BYTES_MAX / 1024 / 1024} MB`);
}, 300_000);
