import type { Owner } from "../store/engine.ts";
import { entryHash, firstPrevHash } from "./chain.ts";
import { sha256Hex } from "../kernel/hash.ts";

/** Numbers that look random and are the same in every run. */
export function createDice(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export type Tampering = {
  readonly name: string;
  /** As the superuser of the database, who has everything that is in it, and nothing else. */
  run(owner: Owner, about: Scene): Promise<void>;
};
export type Scene = { readonly tenants: readonly string[]; readonly entries: number; readonly roll: (below: number) => number };

const row = "tenant_id = $1 AND seq = $2";
type Pick = { readonly tenant: string; readonly seq: number };
function pick({ tenants, entries, roll }: Scene): Pick {
  return { tenant: tenants[roll(tenants.length)] ?? "", seq: 1 + roll(entries) };
}
const set = (name: string, assignment: string): Tampering => ({
  name: `edit ${name}`,
  async run(owner, scene) {
    const { tenant, seq } = pick(scene);
    await owner.query(`UPDATE events SET ${assignment} WHERE ${row}`, [tenant, seq]);
  },
});

/** Every column of the row on its own. */
const EDITS: readonly Tampering[] = [
  set("created_at", "created_at = created_at + interval '1 microsecond'"),
  set("created_at", "created_at = created_at - interval '1 hour'"),
  set("request_id", "request_id = request_id || 'x'"),
  set("seq", "seq = seq + 1000"),
  set("seq", "seq = -seq"),
  set("key_id", "key_id = 'key_00000000000000000000000000'"),
  set("outcome", "outcome = CASE outcome WHEN 'failed' THEN 'finished' ELSE 'failed' END"),
  set("model", "model = coalesce(model, '') || '2'"),
  set("model", "model = CASE WHEN model IS NULL THEN 'x' END"),
  set("provider", "provider = 'elsewhere'"),
  set("input_tokens", "input_tokens = input_tokens + 1"),
  set("output_tokens", "output_tokens = output_tokens - 1"),
  set("cached_tokens", "cached_tokens = cached_tokens + 5"),
  set("cost", "cost_micro_usd = cost_micro_usd - 1"),
  set("cost", "cost_micro_usd = 0"),
  set("count", "count = count + 1"),
  set("event_hash", "event_hash = set_byte(event_hash, 3, (get_byte(event_hash, 3) + 1) % 256)"),
  set("chain_hash", "chain_hash = set_byte(chain_hash, 31, (get_byte(chain_hash, 31) + 1) % 256)"),
  set("suspect", "suspect = NOT suspect"),
  set("body", `body = replace(body, '"costMicroUsd":', '"costMicroUsd":1')`),
  set("body", "body = body || ' '"),
  set("body", `body = replace(body, '"prev":"', '"prev":"0')`),
  set("body and its hash", "body = body || ' ', event_hash = sha256(convert_to(body || ' ', 'UTF8'))"),
  {
    name: "edit one letter of a body",
    async run(owner, scene) {
      const { tenant, seq } = pick(scene);
      const at = 80 + scene.roll(400);
      await owner.query(
        `UPDATE events SET body = overlay(body placing chr(ascii(substr(body, $3::int, 1)) # 1) from $3::int) WHERE ${row}`,
        [tenant, seq, at],
      );
    },
  },
];

/** Makes the whole chain fit again, as far as that can be done without the key: all but the seal of its head. */
async function rechain(owner: Owner, tenant: string): Promise<void> {
  const rows = await owner.query<{ id: string; body: string; suspect: boolean }>(
    "SELECT request_id AS id, body, suspect FROM events WHERE tenant_id = $1 ORDER BY seq, request_id",
    [tenant],
  );
  let chainHash = firstPrevHash(tenant);
  for (const [at, { id, body, suspect }] of rows.entries()) {
    const eventHash = sha256Hex(body);
    chainHash = entryHash(chainHash, at + 1, eventHash, suspect);
    await owner.query(
      `UPDATE events SET seq = $3::bigint, event_hash = decode($4, 'hex'), chain_hash = decode($5, 'hex') WHERE tenant_id = $1 AND request_id = $2`,
      [tenant, id, at + 1, eventHash, chainHash],
    );
  }
  await owner.query("UPDATE audit_heads SET seq = $2::bigint, chain_hash = decode($3, 'hex') WHERE tenant_id = $1", [
    tenant,
    rows.length,
    chainHash,
  ]);
}

const insertCopy = `INSERT INTO events (tenant_id, created_at, request_id, seq, key_id, outcome, model, provider, input_tokens, output_tokens,
  cached_tokens, cost_micro_usd, count, event_hash, chain_hash, suspect, body)
  SELECT tenant_id, created_at, 'req_' || lpad('', 26, 'v'), $3::bigint, key_id, outcome, model, provider, input_tokens, output_tokens,
  cached_tokens, cost_micro_usd, count, event_hash, chain_hash, suspect, body FROM events WHERE ${row}`;

const OTHERS: readonly Tampering[] = [
  {
    name: "delete an entry",
    async run(owner, scene) {
      const { tenant, seq } = pick(scene);
      await owner.query(`DELETE FROM events WHERE ${row}`, [tenant, seq]);
    },
  },
  {
    name: "delete an entry and close the gap",
    async run(owner, scene) {
      const { tenant, seq } = pick(scene);
      await owner.query(`DELETE FROM events WHERE ${row}`, [tenant, seq]);
      await owner.query("UPDATE events SET seq = seq - 1 WHERE tenant_id = $1 AND seq > $2", [tenant, seq]);
    },
  },
  {
    name: "delete an entry and chain the rest again",
    async run(owner, scene) {
      const { tenant, seq } = pick(scene);
      await owner.query(`DELETE FROM events WHERE ${row}`, [tenant, seq]);
      await rechain(owner, tenant);
    },
  },
  {
    name: "edit an entry and chain the rest again",
    async run(owner, scene) {
      const { tenant, seq } = pick(scene);
      await owner.query(`UPDATE events SET body = replace(body, '"stream":true', '"stream":false') WHERE ${row}`, [tenant, seq]);
      await rechain(owner, tenant);
    },
  },
  {
    name: "insert an entry",
    async run(owner, scene) {
      const { tenant, seq } = pick(scene);
      await owner.query(insertCopy, [tenant, seq, 1 + scene.roll(scene.entries)]);
    },
  },
  {
    name: "append an entry",
    async run(owner, scene) {
      const { tenant, seq } = pick(scene);
      await owner.query(insertCopy, [tenant, seq, scene.entries + 1 + scene.roll(2)]);
    },
  },
  {
    name: "append an entry and chain it",
    async run(owner, scene) {
      const { tenant, seq } = pick(scene);
      await owner.query(insertCopy, [tenant, seq, scene.entries + 1]);
      await rechain(owner, tenant);
    },
  },
  {
    name: "swap two entries",
    async run(owner, scene) {
      const { tenant, seq } = pick(scene);
      const other = 1 + ((seq + scene.roll(scene.entries - 1)) % scene.entries);
      await owner.query("UPDATE events SET seq = $2::bigint + $3::bigint - seq WHERE tenant_id = $1 AND seq IN ($2::bigint, $3::bigint)", [
        tenant,
        seq,
        other,
      ]);
    },
  },
  {
    name: "cut off the end",
    async run(owner, scene) {
      const { tenant, seq } = pick(scene);
      await owner.query("DELETE FROM events WHERE tenant_id = $1 AND seq >= $2", [tenant, seq]);
    },
  },
  {
    name: "cut off the end and move the head",
    async run(owner, scene) {
      const { tenant, seq } = pick(scene);
      await owner.query("DELETE FROM events WHERE tenant_id = $1 AND seq >= $2", [tenant, seq]);
      await rechain(owner, tenant);
    },
  },
  {
    name: "delete the head",
    async run(owner, scene) {
      await owner.query("DELETE FROM audit_heads WHERE tenant_id = $1", [pick(scene).tenant]);
    },
  },
  {
    name: "edit the head's seal",
    async run(owner, scene) {
      await owner.query("UPDATE audit_heads SET mac = set_byte(mac, 0, (get_byte(mac, 0) + 1) % 256) WHERE tenant_id = $1", [
        pick(scene).tenant,
      ]);
    },
  },
  {
    name: "delete all of a tenant",
    async run(owner, scene) {
      const { tenant } = pick(scene);
      for (const table of ["events", "audit_heads", "usage_hours"])
        await owner.query(`DELETE FROM ${table} WHERE tenant_id = $1`, [tenant]);
    },
  },
  {
    name: "move an entry to another tenant",
    async run(owner, scene) {
      const { tenant, seq } = pick(scene);
      const other = scene.tenants.find((id) => id !== tenant) ?? "";
      await owner.query(`UPDATE events SET tenant_id = $3 WHERE ${row}`, [tenant, seq, other]);
    },
  },
  {
    name: "swap two entries of two tenants",
    async run(owner, scene) {
      const { tenant, seq } = pick(scene);
      const other = scene.tenants.find((id) => id !== tenant) ?? "";
      await owner.query(
        "UPDATE events SET tenant_id = CASE tenant_id WHEN $1 THEN $2 ELSE $1 END WHERE tenant_id IN ($1, $2) AND seq = $3::bigint",
        [tenant, other, seq],
      );
    },
  },
  {
    name: "edit the sums",
    async run(owner, scene) {
      await owner.query("UPDATE usage_hours SET cost_micro_usd = cost_micro_usd - 1 WHERE tenant_id = $1", [pick(scene).tenant]);
    },
  },
  {
    name: "restore yesterday's copy",
    async run(owner) {
      await restore(owner, "yesterday");
    },
  },
];

export const TAMPERINGS: readonly Tampering[] = [...EDITS, ...OTHERS];

const TABLES = ["events", "audit_heads", "usage_hours"] as const;

export async function keepCopy(owner: Owner, name: string): Promise<void> {
  await owner.script(TABLES.map((table) => `CREATE TABLE ${name}_${table} AS SELECT * FROM ${table};`).join("\n"));
}

export async function restore(owner: Owner, name: string): Promise<void> {
  await owner.script(TABLES.map((table) => `TRUNCATE ${table}; INSERT INTO ${table} SELECT * FROM ${name}_${table};`).join("\n"));
}
