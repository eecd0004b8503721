import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { uiText as text } from "#text/ui.ts";
import { Button } from "./button.tsx";
import { classNames } from "./class-names.ts";
import { toastError } from "./toast.tsx";

export function CopyButton({ value, label = text.copy }: { readonly value: string; readonly label?: string }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return undefined;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => navigator.clipboard.writeText(value).then(() => setCopied(true), toastError);
  return (
    <Button size="small" kind="ghost" onClick={() => void copy()}>
      {copied ? <Check className="size-3.5" aria-hidden /> : <Copy className="size-3.5" aria-hidden />}
      {copied ? text.copied : label}
    </Button>
  );
}

/** Code or JSON as it is, to read and to copy. */
export function CodeBlock({ code, label, className }: { readonly code: string; readonly label: string; readonly className?: string }) {
  return (
    <div className={classNames("min-w-0 overflow-hidden rounded-md border border-line bg-sunken", className)}>
      <div className="flex items-center gap-2 border-b border-line py-0.5 pr-1 pl-3">
        <span className="min-w-0 flex-1 truncate text-xs text-ink-faint">{label}</span>
        <CopyButton value={code} />
      </div>
      <pre tabIndex={0} aria-label={label} className="max-h-96 overflow-auto p-3 font-mono text-xs leading-5">
        <code>{code}</code>
      </pre>
    </div>
  );
}
export const JsonBlock = ({
  value,
  label,
  className,
}: {
  readonly value: unknown;
  readonly label: string;
  readonly className?: string;
}) => <CodeBlock code={JSON.stringify(value, null, 2)} label={label} className={className ?? ""} />;
