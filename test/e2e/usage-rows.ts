import { ADMIN_KEY } from "./server.ts";

/** A row of the ledger as `/admin/v1/usage` gives it. */
export type UsageRow = {
  readonly requestId: string;
  readonly tenant: string;
  readonly feature: string | null;
  readonly outcome: "finished" | "failed" | "aborted" | "refused";
  readonly code: string | null;
  readonly count: number;
  readonly stream: boolean;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly costMicroUsd: number;
  readonly usageSource: "reported" | "counted" | "none";
  readonly firstPartMs: number | null;
  readonly attempts: readonly {
    readonly model: string;
    readonly outcome: string;
    readonly code?: string;
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly costMicroUsd: number;
  }[];
};
export type UsageRows = {
  readonly rows: readonly UsageRow[];
  readonly totals: { readonly calls: number; readonly refused: number; readonly costMicroUsd: number };
};

/** Every row, page by page. */
export async function listRows(url: string, tenant?: string): Promise<UsageRows> {
  const rows: UsageRow[] = [];
  for (let cursor: string | undefined; ;) {
    const query = new URLSearchParams({ limit: "1000" });
    if (tenant !== undefined) query.set("tenant", tenant);
    if (cursor !== undefined) query.set("cursor", cursor);
    const response = await fetch(`${url}/admin/v1/usage?${query}`, { headers: { authorization: `Bearer ${ADMIN_KEY}` } });
    if (!response.ok) throw new Error(`usage answered ${response.status}: ${await response.text()}`);
    const page = (await response.json()) as { data: UsageRow[]; totals: UsageRows["totals"]; nextCursor?: string };
    rows.push(...page.data);
    if (page.nextCursor === undefined) return { rows, totals: page.totals };
    cursor = page.nextCursor;
  }
}
