import { Wrench } from "lucide-react";
import { useState } from "react";
import { playgroundText as text } from "#text/playground.ts";
import { Button } from "../../ui/button.tsx";
import { CodeBlock } from "../../ui/code.tsx";
import { TextareaField } from "../../ui/field.tsx";
import { giveResults } from "./store.ts";
import type { Step, ToolCall } from "./types.ts";

/** Pretty where it is JSON, as it is where not. */
function pretty(source: string): string {
  try {
    return JSON.stringify(JSON.parse(source), null, 2);
  } catch {
    return source;
  }
}

type Props = {
  readonly step: Step;
  readonly exchangeId: string;
  readonly lane: number;
  /** Nothing came after it. */ readonly isLast: boolean;
};

/** Tools that the model calls. The page runs nothing: the user says what came of it. */
export function ToolCalls({ step, exchangeId, lane, isLast }: Props) {
  const [results, setResults] = useState<Readonly<Record<string, string>>>({});
  const isOpen = isLast && step.status === "finished" && step.toolCalls.some(({ id }) => step.results[id] === undefined);
  const give = () => giveResults(exchangeId, lane, Object.fromEntries(step.toolCalls.map(({ id }) => [id, results[id] ?? ""])));
  return (
    <div className="grid gap-2">
      {step.toolCalls.map((call, at) => (
        <div key={call.id || at} className="grid gap-2 rounded-md border border-line p-3">
          <Call call={call} />
          {isOpen ? (
            <TextareaField
              label={text.toolResult(call.name)}
              rows={3}
              className="[&_textarea]:font-mono"
              spellCheck={false}
              value={results[call.id] ?? ""}
              onChange={(event) => setResults({ ...results, [call.id]: event.target.value })}
            />
          ) : (
            step.results[call.id] !== undefined && (
              <CodeBlock code={pretty(step.results[call.id] ?? "")} label={text.toolGiven(call.name)} />
            )
          )}
        </div>
      ))}
      {isOpen && (
        <Button kind="primary" className="justify-self-start" onClick={give}>
          {text.sendResults}
        </Button>
      )}
    </div>
  );
}

const Call = ({ call }: { readonly call: ToolCall }) => (
  <>
    <p className="foreign flex items-center gap-2 text-sm font-medium">
      <Wrench className="size-4 shrink-0 text-ink-faint" aria-hidden />
      {text.toolCall(call.name)}
    </p>
    <CodeBlock code={pretty(call.arguments)} label={text.toolArguments} />
  </>
);
