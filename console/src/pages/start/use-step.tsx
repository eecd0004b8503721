import { useState } from "react";
import { startText as text } from "#text/start.ts";
import { post } from "../../api/client.ts";
import { useMay } from "../../app/me.ts";
import { useSearchText } from "../../app/search-text.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { CodeBlock } from "../../ui/code.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { toastError } from "../../ui/toast.tsx";
import { SNIPPETS, toSnippet } from "../playground/snippet.ts";
import { toBody, type Chosen } from "./question.ts";

type UseProps = { readonly number: number; readonly tenant: string; readonly collection: Chosen | undefined };

export function UseStep({ number, tenant, collection }: UseProps) {
  const mayMake = useMay("keys.manage");
  const [language, setLanguage] = useSearchText("language", "curl");
  const [key, setKey] = useState<string>();
  const [busy, setBusy] = useState(false);
  const make = async (): Promise<void> => {
    setBusy(true);
    try {
      const made = await post<{ readonly key: string }>(`/admin/v1/tenants/${encodeURIComponent(tenant)}/keys`, { name: text.keyName });
      setKey(made.key);
    } catch (error) {
      toastError(error);
    } finally {
      setBusy(false);
    }
  };
  const body = { ...toBody(text.demoQuestion, collection), stream: true };
  return (
    <Card title={text.step(number, text.use)}>
      <div className="grid gap-3">
        <p className="text-sm text-ink-soft">{text.useSay}</p>
        {key !== undefined && <CodeBlock label={text.keyMade} code={`export WEIR_API_KEY=${key}`} />}
        {key === undefined && mayMake && (
          <div>
            <Button kind="primary" busy={busy} onClick={() => void make()}>
              {text.makeKey}
            </Button>
          </div>
        )}
        {!mayMake && <p className="text-sm text-ink-soft">{text.keyElsewhere}</p>}
        <Tabs
          label={text.language}
          value={language}
          onChange={setLanguage}
          tabs={SNIPPETS.map((id) => ({
            id,
            label: text.languages[id],
            content: <CodeBlock label={text.languages[id]} code={toSnippet(id, globalThis.location.origin, body)} />,
          }))}
        />
      </div>
    </Card>
  );
}
