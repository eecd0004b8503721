import { tenantsText } from "#text/tenants.ts";
import { Button } from "../../ui/button.tsx";
import { CodeBlock, CopyButton } from "../../ui/code.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import type { KeyMade } from "./types.ts";

const text = tenantsText.keys;

const snippetFor = (key: string): string => `curl ${location.origin}/v1/chat/completions \\
  -H "authorization: Bearer ${key}" \\
  -H "content-type: application/json" \\
  -d '{"model": "auto", "messages": [{"role": "user", "content": "Hello"}]}'`;

/** The secret, for the only time. */
export function KeyMadeDialog({ made, onClose }: { readonly made: KeyMade; onClose(): void }) {
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={text.madeTitle}
      description={text.madeLead}
      footer={
        <Button kind="primary" onClick={onClose}>
          {text.done}
        </Button>
      }
    >
      <div className="grid gap-4">
        <div className="grid gap-1">
          <span className="text-xs font-medium text-ink-soft" id="key-secret">
            {text.secret}
          </span>
          <div className="flex items-center gap-2 rounded-md border border-line bg-sunken py-1 pr-1 pl-3">
            <code aria-labelledby="key-secret" data-secret className="min-w-0 flex-1 font-mono text-sm break-all">
              {made.key}
            </code>
            <CopyButton value={made.key} label={text.copy} />
          </div>
        </div>
        <CodeBlock label={text.snippet} code={snippetFor(made.key)} />
      </div>
    </Dialog>
  );
}
