import { auditText as text } from "#text/audit.ts";
import { ask } from "../../api/client.ts";
import { toast } from "../../ui/toast.tsx";

/** Saves a chain as a file. A plain link would not do: the session counts only with the console's header. */
export async function exportChain(tenant: string | undefined, chain: "calls" | "decisions"): Promise<void> {
  const response = await ask("/admin/v1/audit/export", { query: { tenant, chain } });
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = `audit-${tenant ?? "platform"}-${chain}.ndjson`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
  toast(text.exported(link.download));
}
