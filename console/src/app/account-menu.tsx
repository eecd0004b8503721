import { useNavigate } from "@tanstack/react-router";
import { useQueryClient } from "@tanstack/react-query";
import { UserRound } from "lucide-react";
import { useMemo } from "react";
import { shellText as text } from "#text/shell.ts";
import { IconButton } from "../ui/button.tsx";
import { Menu } from "../ui/menu.tsx";
import { toastError } from "../ui/toast.tsx";
import { useCommands } from "./commands.ts";
import type { Me } from "./me.ts";
import { signOut } from "./sign-out.ts";
import { startOver } from "./start-over.ts";

export function AccountMenu({ me }: { readonly me: Me }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const leave = async () => {
    if ((await signOut()) === "leaving") return;
    await navigate({ to: "/login" });
    await startOver(queries);
  };
  const items = [
    { id: "account.keys", label: text.addKey, run: () => void navigate({ to: "/login" }) },
    { id: "account.out", label: text.signOut, run: () => void leave().catch(toastError) },
  ];
  // The two do the same however often this is rendered.
  useCommands(useMemo(() => items, []));
  return (
    <Menu
      trigger={
        <IconButton label={text.account}>
          <UserRound className="size-4" aria-hidden />
        </IconButton>
      }
      header={
        <span className="grid gap-1">
          {me.platform !== undefined && <span>{text.platformAs(me.platform.role)}</span>}
          {me.tenant !== undefined && <span className="foreign">{text.tenantAs(me.tenant.slug, me.tenant.role)}</span>}
        </span>
      }
      items={items.map(({ id, label, run }) => ({ id, label, onSelect: run }))}
    />
  );
}
