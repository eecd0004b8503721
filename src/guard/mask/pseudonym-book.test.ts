import assert from "node:assert/strict";
import { test } from "bun:test";
import { tenantIds, type TenantId } from "../../kernel/ids.ts";
import { createPseudonymBook, type PseudonymBookDeps } from "./pseudonym-book.ts";

const A = tenantIds.make(1);
const B = tenantIds.make(2);
type Row = { readonly tenantId: TenantId; readonly conversation: string; readonly name: string; readonly sealed: Uint8Array };

function bookOver(rows: Row[], change: Partial<PseudonymBookDeps> = {}) {
  const lost: number[] = [];
  const book = createPseudonymBook({
    keep: async (tenantId, more) => void rows.push(...more.map((row) => ({ tenantId, ...row }))),
    find: async (tenantId, conversation, names) =>
      rows.filter((row) => row.tenantId === tenantId && row.conversation === conversation && names.includes(row.name)),
    key: new Uint8Array(32).fill(3),
    onLost: (_, count) => void lost.push(count),
    ...change,
  });
  return { book, lost };
}

test("what was remembered is recalled in its conversation, before and after it was written, and is stored sealed", async () => {
  const rows: Row[] = [];
  const { book } = bookOver(rows);
  book.remember(A, "c1", [["EMAIL_00000001", "ann@example.com"]]);
  assert.deepEqual([...(await book.recall(A, "c1", ["EMAIL_00000001"]))], [["EMAIL_00000001", "ann@example.com"]]);
  await book.close();
  assert.equal(rows.length, 1);
  assert.ok(
    !Buffer.from(rows[0]?.sealed ?? [])
      .toString("latin1")
      .includes("ann"),
  );
  const { book: later } = bookOver(rows);
  assert.deepEqual([...(await later.recall(A, "c1", ["EMAIL_00000001", "EMAIL_2"]))], [["EMAIL_00000001", "ann@example.com"]]);
  assert.equal((await later.recall(A, "c2", ["EMAIL_00000001"])).size, 0);
  assert.equal((await later.recall(B, "c1", ["EMAIL_00000001"])).size, 0);
});

test("what is being written is recalled too, and an end waits for the writing before it", async () => {
  const rows: Row[] = [];
  const { promise: written, resolve: finish } = Promise.withResolvers<undefined>();
  const { book } = bookOver(rows, {
    async keep(tenantId, more) {
      await written;
      rows.push(...more.map((row) => ({ tenantId, ...row })));
    },
  });
  book.remember(A, "c1", [["EMAIL_00000001", "ann@example.com"]]);
  const first = book.close();
  await Promise.resolve();
  assert.deepEqual([...(await book.recall(A, "c1", ["EMAIL_00000001"]))], [["EMAIL_00000001", "ann@example.com"]]);
  const second = book.close();
  finish(undefined);
  await second;
  assert.equal(rows.length, 1);
  await first;
});

test("a row that was moved to another tenant, conversation or name does not open", async () => {
  const rows: Row[] = [];
  const { book } = bookOver(rows);
  book.remember(A, "c1", [["EMAIL_00000001", "ann@example.com"]]);
  await book.close();
  const [row] = rows;
  assert.ok(row !== undefined);
  for (const moved of [
    { ...row, tenantId: B },
    { ...row, conversation: "c2" },
    { ...row, name: "EMAIL_00000002" },
  ]) {
    const { book: tricked, lost } = bookOver([moved]);
    assert.equal((await tricked.recall(moved.tenantId, moved.conversation, [moved.name])).size, 0);
    assert.deepEqual(lost, [1]);
  }
});

test("a database that is away loses pseudonyms, tells how many, and no call waits for it", async () => {
  const { book, lost } = bookOver([], { keep: () => Promise.reject(new Error("away")) });
  for (let n = 0; n < 20_002; n++) book.remember(A, "c1", [[`EMAIL_${String(n)}`, "x"]]);
  assert.deepEqual(lost, [1, 1]);
  await book.close();
  assert.deepEqual(lost, [1, 1, 20_000]);
});
