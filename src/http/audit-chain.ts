import { chainEntry, chainNamed, chainPage, chainQuery, checkpointList, checkpointQuery } from "../contract/audit.ts";
import type { Principal } from "../domain/principal.ts";
import { Fault } from "../kernel/fault.ts";
import { paramOf, platformEndpoint, tenantNamed, type Endpoint } from "./endpoint.ts";
import { readQuery } from "./query.ts";
import { noted } from "./route-note.ts";

/** A chain: of a tenant by its slug, or the decisions that belong to none. */
export type ChainNamed = { readonly slug: string | undefined; readonly chain: "calls" | "decisions" };
type Page = { readonly data: readonly object[]; readonly nextCursor: string | undefined; readonly head?: object | undefined };
export type AuditChainDeps = {
  readPage(of: ChainNamed, page: { readonly after: number; readonly limit?: number | undefined }): Promise<Page>;
  /** undefined where there is no entry of this number. */
  readEntry(of: ChainNamed, seq: number): Promise<object | undefined>;
  readCheckpoints(slug: string): Promise<{ readonly data: readonly object[]; readonly publicKey: string; readonly keyId: string }>;
};

/** The bytes behind the audit trail: pages, one entry, signed ends, and all of it as a file. */
export function auditChain(deps: AuditChainDeps): Endpoint[] {
  return [
    noted(
      platformEndpoint("GET", "/admin/v1/audit/chain", "audit.read", async ({ query, who }) => {
        const { tenant, chain, after, limit } = readQuery(query, chainQuery);
        const page = await deps.readPage(chainOf(who, tenant, chain), { after, limit });
        return Response.json({ ...page, nextCursor: page.nextCursor ?? null });
      }),
      {
        summary: "A tenant's audit chain with the bytes that were hashed",
        description: "Oldest first, up to 1,000 entries a page: all that is needed to compute every hash again.",
        query: chainQuery,
        answer: chainPage,
      },
    ),
    noted(
      platformEndpoint("GET", "/admin/v1/audit/checkpoints", "audit.read", async ({ query, who }) =>
        Response.json(await deps.readCheckpoints(tenantNamed(who, readQuery(query, checkpointQuery).tenant))),
      ),
      {
        summary: "Signed ends of a tenant's chain of calls",
        description: "Written outside the database at least every minute in which the chain grew. The chain of decisions has none.",
        query: checkpointQuery,
        answer: checkpointList,
      },
    ),
    noted(
      platformEndpoint("GET", "/admin/v1/audit/export", "audit.read", async ({ query, who }) => {
        const { tenant, chain } = readQuery(query, chainNamed);
        return await exportChain(deps, chainOf(who, tenant, chain));
      }),
      {
        summary: "A tenant's audit chain as a file, one JSON object a line",
        description:
          '`{type: "chain"}` first, then an `entry` a line as `/admin/v1/audit/chain` has them, then each `checkpoint`, and `{type: "end"}` last: a file without it was cut off. `examples/verify-audit.mjs` checks it.',
        query: chainNamed,
        answerType: NDJSON,
      },
    ),
    noted(
      platformEndpoint("GET", "/admin/v1/audit/:seq", "audit.read", async (asked) => {
        const { tenant, chain } = readQuery(asked.query, chainNamed);
        const seq = paramOf(asked, "seq");
        const of = chainOf(asked.who, tenant, chain);
        const found = /^[1-9]\d{0,14}$/.test(seq) ? await deps.readEntry(of, Number(seq)) : undefined;
        if (found === undefined) throw new Fault("not_found", { say: "The chain has no entry of this number." });
        return Response.json(found);
      }),
      { summary: "One entry of an audit chain, with its receipt", query: chainNamed, answer: chainEntry },
    ),
  ];
}

const NDJSON = "application/x-ndjson";

function chainOf(who: Principal, named: string | undefined, chain: ChainNamed["chain"]): ChainNamed {
  if (chain === "decisions" && who.kind === "admin" && named === undefined) return { slug: undefined, chain };
  return { slug: tenantNamed(who, named), chain };
}

/** Pages are read as the client takes them; what goes wrong before the first is an answer of its own. */
async function exportChain(deps: AuditChainDeps, of: ChainNamed): Promise<Response> {
  // Before the entries: each must then be found among them.
  const told = of.chain === "calls" && of.slug !== undefined ? await deps.readCheckpoints(of.slug) : undefined;
  let page = await deps.readPage(of, { after: 0 });
  const { data: _data, nextCursor: _next, head: _head, ...about } = page;
  const lines = async function* (): AsyncGenerator<object> {
    yield { type: "chain", ...about };
    for (let entries = 0; ;) {
      for (const entry of page.data) yield { type: "entry", ...entry };
      entries += page.data.length;
      if (page.nextCursor === undefined) {
        for (const checkpoint of told?.data ?? []) yield { type: "checkpoint", ...checkpoint };
        const keys = told === undefined ? {} : { publicKey: told.publicKey, keyId: told.keyId };
        yield { type: "end", entries, head: page.head ?? null, ...keys };
        return;
      }
      page = await deps.readPage(of, { after: Number(page.nextCursor) });
    }
  };
  const name = `audit-${of.slug ?? "platform"}-${of.chain}.ndjson`;
  return new Response(toStream(lines()), {
    headers: { "content-type": NDJSON, "content-disposition": `attachment; filename="${name}"`, "cache-control": "no-store" },
  });
}

/** Lines that leave together: fewer, larger pieces. */
const LINES = 100;

function toStream(lines: AsyncGenerator<object>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      let text = "";
      for (let count = 0; count < LINES; count++) {
        const next = await lines.next();
        if (next.done === true) {
          if (text !== "") controller.enqueue(encoder.encode(text));
          controller.close();
          return;
        }
        text += `${JSON.stringify(next.value)}\n`;
      }
      controller.enqueue(encoder.encode(text));
    },
    async cancel() {
      await lines.return(undefined);
    },
  });
}
