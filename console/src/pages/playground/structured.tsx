import { useState } from "react";
import { playgroundText as text } from "#text/playground.ts";
import { Badge, type Tone } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { CodeBlock } from "../../ui/code.tsx";
import { JsonTree } from "./json-tree.tsx";
import type { Step } from "./types.ts";

function readJson(source: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(source) };
  } catch {
    return undefined;
  }
}

/** An answer that was asked for in a form: whether it has it, as a tree and as it is. */
export function Structured({ step }: { readonly step: Step }) {
  const [asTree, setAsTree] = useState(true);
  const read = readJson(step.text);
  const form = step.weir?.form;
  const [tone, say]: readonly [Tone, string] =
    read === undefined
      ? ["bad", text.notJson]
      : form === undefined
        ? ["neutral", text.formUnknown]
        : [form === "misfit" ? "bad" : "good", text[form]];
  return (
    <div className="grid gap-2">
      <div className="flex flex-wrap items-center gap-2">
        <Badge tone={tone}>{say}</Badge>
        {read !== undefined && (
          <Button size="small" kind="ghost" aria-pressed={!asTree} onClick={() => setAsTree(!asTree)}>
            {asTree ? text.asJson : text.asTree}
          </Button>
        )}
      </div>
      {read !== undefined && asTree ? (
        <div
          className="max-h-96 overflow-auto rounded-md border border-line bg-sunken p-3"
          tabIndex={0}
          role="region"
          aria-label={text.asTree}
        >
          <JsonTree value={read.value} />
        </div>
      ) : (
        <CodeBlock code={step.text} label={text.asJson} />
      )}
    </div>
  );
}
