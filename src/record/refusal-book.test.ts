import assert from "node:assert/strict";
import { test } from "bun:test";
import { keyIds, requestIds, tenantIds } from "../kernel/ids.ts";
import type { GuardRefusal } from "../store/guard-refusals.ts";
import { createRefusalBook, KEPT_A_MINUTE } from "./refusal-book.ts";

const tenantId = tenantIds.make(1);
const refusal = (keyId: string, refusedAtMs = 0): GuardRefusal => ({
  requestId: requestIds.make(1),
  keyId,
  code: "injection_blocked",
  saw: "",
  refusedAtMs,
});

test("of one key some refusals a minute are kept, and what came before a flush is written when it resolves", async () => {
  const written: GuardRefusal[] = [];
  const lost: number[] = [];
  const state = { away: false };
  const book = createRefusalBook({
    async write(_, rows) {
      await Promise.resolve();
      if (state.away) throw new Error("away");
      written.push(...rows);
    },
    onLost: (_, count) => void lost.push(count),
  });
  const [one, other] = [keyIds.make(1), keyIds.make(2)];
  for (let at = 0; at < KEPT_A_MINUTE; at++) book.keep(tenantId, refusal(one));
  const first = book.flush();
  book.keep(tenantId, refusal(one));
  book.keep(tenantId, refusal(other));
  await Promise.all([first, book.flush()]);
  assert.equal(written.filter(({ keyId }) => keyId === one).length, KEPT_A_MINUTE);
  assert.equal(written.filter(({ keyId }) => keyId === other).length, 1);
  book.keep(tenantId, refusal(one, 60_000));
  await book.flush();
  assert.equal(written.length, KEPT_A_MINUTE + 2, "the next minute");
  // A database that is away loses what was held, and says so; the next is written again.
  state.away = true;
  book.keep(tenantId, refusal(one, 60_000));
  await book.flush();
  state.away = false;
  book.keep(tenantId, refusal(one, 60_000));
  await book.close();
  assert.deepEqual([lost, written.length], [[1], KEPT_A_MINUTE + 3]);
});

test("so many wait in memory and no more, until they are written", async () => {
  let written = 0;
  const book = createRefusalBook({ write: async (_, rows) => void (written += rows.length), onLost: assert.fail }, 3);
  for (let at = 0; at < 4; at++) book.keep(tenantId, refusal(keyIds.make(at)));
  await book.flush();
  assert.equal(written, 3);
  book.keep(tenantId, refusal(keyIds.make(9)));
  await book.flush();
  assert.equal(written, 4);
});
