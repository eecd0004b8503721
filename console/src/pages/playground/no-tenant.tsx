import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { playgroundText as text } from "#text/playground.ts";
import { post } from "../../api/client.ts";
import { usePaged } from "../../api/paged.ts";
import { may, ME_KEY, type Me } from "../../app/me.ts";
import { Button } from "../../ui/button.tsx";
import { SelectField } from "../../ui/field.tsx";
import { EmptyState } from "../../ui/states.tsx";
import { toastError } from "../../ui/toast.tsx";

const DAY_MS = 86_400_000;

/** Chat is a tenant's: who is signed in without one makes or adds a key of one. */
export function NoTenant({ me }: { readonly me: Me }) {
  const manages = may(me, "keys.manage") && may(me, "tenants.read");
  return (
    <EmptyState
      title={text.noTenantTitle}
      action={
        <div className="grid justify-items-center gap-4">
          {manages && <MakeKey />}
          <Button asChild>
            <Link to="/login" search={{ next: "/playground" }}>
              {text.addKey}
            </Link>
          </Button>
        </div>
      }
    >
      {manages ? text.noTenantSay : text.noTenantPlain}
    </EmptyState>
  );
}

/** A key that only this browser's session ever holds. */
function MakeKey() {
  const { rows } = usePaged<{ readonly slug: string; readonly name: string }>("/admin/v1/tenants", { limit: 100 });
  const [chosen, setChosen] = useState<string>();
  const [busy, setBusy] = useState(false);
  const queries = useQueryClient();
  const slug = chosen ?? rows.find((row) => row.slug === "demo")?.slug ?? rows[0]?.slug;
  const make = async (): Promise<void> => {
    if (slug === undefined) return;
    setBusy(true);
    try {
      const expiresAt = new Date(Date.now() + DAY_MS).toISOString();
      const { key } = await post<{ key: string }>(`/admin/v1/tenants/${encodeURIComponent(slug)}/keys`, {
        name: "playground",
        role: "member",
        expiresAt,
      });
      await post("/console/session", { key });
      await queries.invalidateQueries({ queryKey: ME_KEY });
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  };
  if (rows.length === 0) return null;
  return (
    <form
      className="grid w-72 gap-2 text-left"
      onSubmit={(event) => {
        event.preventDefault();
        void make();
      }}
    >
      <SelectField label={text.chooseTenant} value={slug} onChange={(event) => setChosen(event.target.value)}>
        {rows.map((row) => (
          <option key={row.slug} value={row.slug}>
            {row.name}
          </option>
        ))}
      </SelectField>
      <Button kind="primary" type="submit" busy={busy}>
        {text.makeKey}
      </Button>
      <p className="text-xs text-ink-faint">{text.makeKeyHint}</p>
    </form>
  );
}
