import { useState } from "react";
import { playgroundText as text } from "#text/playground.ts";
import { CodeBlock } from "../../ui/code.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { SNIPPETS, toSnippet } from "./snippet.ts";
import type { Step } from "./types.ts";

export function SnippetDialog({ request, onClose }: { readonly request: Step["request"]; onClose(): void }) {
  const [kind, setKind] = useState<string>("curl");
  const tabs = SNIPPETS.map((id) => ({
    id,
    label: text.snippets[id],
    content: <CodeBlock code={toSnippet(id, location.origin, request)} label={text.snippets[id]} />,
  }));
  return (
    <Dialog open wide onOpenChange={(open) => !open && onClose()} title={text.codeTitle} description={text.codeSay}>
      <Tabs tabs={tabs} value={kind} onChange={setKind} label={text.codeTitle} />
    </Dialog>
  );
}
