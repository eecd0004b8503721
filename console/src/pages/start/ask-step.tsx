import { useMutation } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { startText as text } from "#text/start.ts";
import { post } from "../../api/client.ts";
import { useMay } from "../../app/me.ts";
import { useSettings } from "../../app/settings.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { InputField } from "../../ui/field.tsx";
import { Markdown } from "../../ui/markdown.tsx";
import { ErrorState, Skeleton } from "../../ui/states.tsx";
import { Citations } from "../playground/citations.tsx";
import type { Citation } from "../playground/types.ts";
import { toBody, type Chosen } from "./question.ts";

type Answer = {
  readonly choices: readonly { readonly message: { readonly content: string | null } }[];
  readonly weir: { readonly model: string; readonly requestId: string; readonly citations?: readonly Citation[] };
};

export function AskStep({ number, collection }: { readonly number: number; readonly collection: Chosen | undefined }) {
  const { data: settings } = useSettings();
  const [typed, setTyped] = useState<string>();
  const question = typed ?? (settings?.demo === true ? text.demoQuestion : "");
  const asked = useMutation({ mutationFn: () => post<Answer>("/v1/chat/completions", toBody(question, collection)) });
  return (
    <Card title={text.step(number, text.ask)}>
      <div className="grid gap-3">
        <p className="text-sm text-ink-soft">{text.askSay}</p>
        <form
          className="flex flex-wrap items-end gap-2"
          onSubmit={(event) => {
            event.preventDefault();
            asked.mutate();
          }}
        >
          <InputField
            label={text.question}
            value={question}
            onChange={(event) => setTyped(event.target.value)}
            maxLength={4000}
            className="min-w-0 flex-1 basis-72"
          />
          <Button kind="primary" type="submit" busy={asked.isPending} disabled={question.trim() === ""}>
            {text.askNow}
          </Button>
        </form>
        <div aria-live="polite" className="grid gap-3">
          {asked.isPending && (
            <div role="status" aria-label={text.asked}>
              <Skeleton className="h-16 w-full" />
            </div>
          )}
          {asked.error !== null && <ErrorState error={asked.error} />}
          {asked.data !== undefined && !asked.isPending && <Answered answer={asked.data} />}
        </div>
      </div>
    </Card>
  );
}

function Answered({ answer }: { readonly answer: Answer }) {
  const navigate = useNavigate();
  const maySee = useMay("usage.read");
  const content = answer.choices[0]?.message.content ?? "";
  const { model, requestId, citations = [] } = answer.weir;
  const open = ({ collection, fileId, chunkId }: Citation): void =>
    void navigate({ to: "/collections/$store/files/$file", params: { store: collection, file: fileId }, search: { chunk: chunkId } });
  return (
    <section aria-label={text.answer} className="grid gap-3 rounded-md border border-line p-4">
      <Markdown>{content === "" ? text.noAnswer : content}</Markdown>
      {citations.length > 0 && <Citations citations={citations} onOpen={open} />}
      <p className="flex flex-wrap gap-x-3 text-xs text-ink-faint">
        <span className="foreign">{text.answeredBy(model)}</span>
        {maySee && (
          <Link to="/calls/$requestId" params={{ requestId }} className="rounded text-accent underline underline-offset-2">
            {text.path}
          </Link>
        )}
      </p>
    </section>
  );
}
