import { useQuery } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { useState } from "react";
import { startText as text } from "#text/start.ts";
import { get } from "../../api/client.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { CodeBlock } from "../../ui/code.tsx";
import { Loaded, Skeleton } from "../../ui/states.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { PROVIDERS, YAML, type ProviderKind } from "./providers.ts";

type Model = { readonly id: string; readonly owned_by: string; readonly weir?: { readonly kind: string } };

export function ModelsStep({ number }: { readonly number: number }) {
  const [kind, setKind] = useState<string>("none");
  const models = useQuery({
    queryKey: ["/v1/models"],
    queryFn: ({ signal }) => get<{ readonly data: readonly Model[] }>("/v1/models", undefined, signal),
  });
  return (
    <Card title={text.step(number, text.models)}>
      <div className="grid gap-4 lg:grid-cols-[minmax(0,1fr)_18rem] [&>*]:min-w-0">
        <div className="grid content-start gap-3">
          <p className="text-sm text-ink-soft">{text.modelsSay}</p>
          <Tabs
            label={text.providers}
            value={kind}
            onChange={setKind}
            tabs={PROVIDERS.map((id) => ({ id, label: text.provider[id], content: <Lines kind={id} /> }))}
          />
        </div>
        <section aria-labelledby="live-models" className="grid content-start gap-2 rounded-md border border-line bg-sunken p-3">
          <div className="flex items-center gap-2">
            <h3 id="live-models" className="min-w-0 flex-1 text-xs font-medium text-ink-soft">
              {text.live}
            </h3>
            <Button size="small" kind="ghost" busy={models.isFetching} onClick={() => void models.refetch()}>
              <RefreshCw className="size-3.5" aria-hidden />
              {text.liveRefresh}
            </Button>
          </div>
          <Loaded of={models} skeleton={<Skeleton className="h-20 w-full" />}>
            {({ data }) => (
              <ul className="grid gap-1.5">
                {data.slice(0, 12).map((model) => (
                  <li key={model.id} className="flex flex-wrap items-center gap-2 text-sm">
                    <code className="foreign font-mono text-xs">{model.id}</code>
                    <Badge>{noteOf(model)}</Badge>
                  </li>
                ))}
              </ul>
            )}
          </Loaded>
        </section>
      </div>
    </Card>
  );
}

const noteOf = ({ id, owned_by: provider, weir }: Model): string => {
  if (id === "extractive") return text.liveDocuments;
  return weir?.kind === "route" ? text.liveRoute : provider;
};

const Lines = ({ kind }: { readonly kind: ProviderKind }) => (
  <>
    <p className="text-sm text-ink-soft">{text.providerSay[kind]}</p>
    {kind !== "none" && <CodeBlock code={YAML[kind]} label={text.yamlLabel} />}
  </>
);
