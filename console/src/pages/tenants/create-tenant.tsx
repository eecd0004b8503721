import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { tenantsText as text } from "#text/tenants.ts";
import { uiText } from "#text/ui.ts";
import { post } from "../../api/client.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { InputField } from "../../ui/field.tsx";
import { ErrorState } from "../../ui/states.tsx";
import { toast } from "../../ui/toast.tsx";
import { errorOf, textOrNull } from "./form-values.ts";
import type { Tenant } from "./types.ts";

/** Made from a name until somebody writes it themselves. */
const toSlug = (name: string): string =>
  name
    .toLowerCase()
    .normalize("NFD")
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "")
    .slice(0, 63);

const FORM = "tenant-new";
const SHOWN = ["slug", "name", "tier", "region"];

export function CreateTenant({ onClose }: { onClose(): void }) {
  const [name, setName] = useState("");
  const [ownSlug, setOwnSlug] = useState<string>();
  const [tier, setTier] = useState("");
  const [region, setRegion] = useState("");
  const slug = ownSlug ?? toSlug(name);
  const client = useQueryClient();
  const navigate = useNavigate();
  const create = useMutation({
    mutationFn: () => post<Tenant>("/admin/v1/tenants", { slug, name: name.trim(), tier: textOrNull(tier), region: textOrNull(region) }),
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: ["/admin/v1/tenants"] });
      toast(text.made(made.name));
      void navigate({ to: "/tenants/$slug", params: { slug: made.slug }, search: { tab: "keys" } });
    },
  });
  const isElsewhere = create.error !== null && errorOf(create.error, ...SHOWN) === undefined;
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={text.new}
      footer={
        <>
          <Button onClick={onClose}>{uiText.cancel}</Button>
          <Button kind="primary" type="submit" form={FORM} busy={create.isPending} disabled={name.trim() === "" || slug === ""}>
            {text.create}
          </Button>
        </>
      }
    >
      <form
        id={FORM}
        className="grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <InputField
          label={text.name}
          value={name}
          onChange={(event) => setName(event.target.value)}
          error={errorOf(create.error, "name")}
          maxLength={200}
          required
          autoFocus
        />
        <InputField
          label={text.slug}
          hint={text.slugHint}
          value={slug}
          onChange={(event) => setOwnSlug(event.target.value)}
          error={errorOf(create.error, "slug")}
          className="[&_input]:font-mono"
          spellCheck={false}
          required
        />
        <PlaceFields draft={{ tier, region }} error={create.error} onTier={setTier} onRegion={setRegion} />
        {isElsewhere && <ErrorState error={create.error} />}
      </form>
    </Dialog>
  );
}

type PlaceProps = {
  readonly draft: { readonly tier: string; readonly region: string };
  readonly error: unknown;
  onTier(tier: string): void;
  onRegion(region: string): void;
};
function PlaceFields({ draft, error, onTier, onRegion }: PlaceProps) {
  return (
    <>
      <InputField
        label={text.tier}
        hint={text.tierHint}
        value={draft.tier}
        onChange={(event) => onTier(event.target.value)}
        error={errorOf(error, "tier")}
      />
      <InputField
        label={text.region}
        hint={text.regionHint}
        value={draft.region}
        onChange={(event) => onRegion(event.target.value)}
        error={errorOf(error, "region")}
      />
    </>
  );
}
