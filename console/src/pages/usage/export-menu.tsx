import { Download } from "lucide-react";
import { useState } from "react";
import { usageText as text } from "#text/usage.ts";
import { ask } from "../../api/client.ts";
import { Button } from "../../ui/button.tsx";
import { Menu } from "../../ui/menu.tsx";
import { toast, toastError } from "../../ui/toast.tsx";
import { queryOf, type UsageState } from "./state.ts";

/** The server tells hours of so many days at most. */
const HOURLY_MS = 8 * 86_400_000;

export function ExportMenu({ view, span }: UsageState) {
  const [busy, setBusy] = useState(false);
  const save = async (rows: "sums" | "calls", by: "day" | "hour"): Promise<void> => {
    setBusy(true);
    try {
      const costMin = rows === "calls" && /^\d+(\.\d+)?$/.test(view.costMin) ? { costMinUsd: view.costMin } : {};
      const query = queryOf(view, span, { rows, by, group: view.group, bom: "true", ...costMin });
      await download(`/admin/v1/usage/export?${query}`, `usage-${rows}-${span.from.slice(0, 10)}-${span.to.slice(0, 10)}.csv`);
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  };
  const isShort = Date.parse(span.to) - Date.parse(span.from) <= HOURLY_MS;
  return (
    <Menu
      header={text.exportHint}
      trigger={
        <Button busy={busy}>
          <Download className="size-4" aria-hidden />
          {text.export}
        </Button>
      }
      items={[
        { id: "sums", label: text.exportSums, onSelect: () => void save("sums", "day") },
        { id: "hours", label: text.exportHours, disabled: !isShort, onSelect: () => void save("sums", "hour") },
        { id: "calls", label: text.exportCalls, onSelect: () => void save("calls", "day") },
      ]}
    />
  );
}

/** A plain link would not do: the session counts only with the console's header. */
async function download(path: string, name: string): Promise<void> {
  const address = URL.createObjectURL(await (await ask(path)).blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
  toast(text.exported(name));
}
