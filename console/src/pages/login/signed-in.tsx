import { useQueryClient } from "@tanstack/react-query";
import { loginText as text } from "#text/login.ts";
import type { Me } from "../../app/me.ts";
import { signOut, type Slot } from "../../app/sign-out.ts";
import { startOver } from "../../app/start-over.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { toastError } from "../../ui/toast.tsx";

/** Both credentials of this browser, and a way out of each. */
export function SignedIn({ me, onGoOn }: { readonly me: Me; onGoOn(): void }) {
  const queries = useQueryClient();
  const { platform, tenant } = me;
  const out = async (slot: Slot): Promise<void> => {
    await signOut(slot);
    await startOver(queries);
  };
  const rows = [
    ...(platform === undefined ? [] : [{ slot: "platform" as const, name: text.platform(platform.role) }]),
    ...(tenant === undefined ? [] : [{ slot: "tenant" as const, name: text.tenant(tenant.name, tenant.role) }]),
  ];
  return (
    <Card
      title={text.signedInAs}
      actions={
        <Button size="small" onClick={onGoOn}>
          {text.goOn}
        </Button>
      }
    >
      <ul className="grid gap-2">
        {rows.map(({ slot, name }) => (
          <li key={slot} className="flex items-center gap-3">
            <span className="foreign min-w-0 flex-1 text-sm">{name}</span>
            <Button size="small" kind="ghost" aria-label={text.signOutOf(name)} onClick={() => void out(slot).catch(toastError)}>
              {text.signOut}
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}
