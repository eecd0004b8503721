import { useNavigate, useParams } from "@tanstack/react-router";
import { useState, type FormEvent } from "react";
import { callsText as text } from "#text/calls.ts";
import { ApiError } from "../../api/client.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { JsonBlock } from "../../ui/code.tsx";
import { InputField } from "../../ui/field.tsx";
import { Page } from "../../ui/page.tsx";
import { EmptyState, Loaded } from "../../ui/states.tsx";
import { PathView } from "./path-view.tsx";
import { useCall, type KnownCall } from "./use-call.ts";

/** The path of any call that the signed-in may see, by its id. */
export function CallPage() {
  const { requestId = "" } = useParams({ strict: false });
  const call = useCall(requestId);
  const unknown = call.error instanceof ApiError && call.error.status === 404;
  return (
    <Page title={text.title} lead={text.lead} actions={<Finder key={requestId} requestId={requestId} />}>
      {unknown ? <Unknown /> : <Loaded of={call}>{(data) => <Known call={data} />}</Loaded>}
    </Page>
  );
}

const Unknown = () => (
  <Card>
    <EmptyState title={text.notFound}>{text.notFoundSay}</EmptyState>
  </Card>
);

function Known({ call: { event, sentences } }: { readonly call: KnownCall }) {
  if (event?.type === "call")
    return (
      <>
        <PathView event={event} />
        {sentences.length > 0 && <Sentences title={text.words} sentences={sentences} />}
        <JsonBlock value={event} label={text.raw} />
      </>
    );
  if (event === undefined && sentences.length === 0) return <Unknown />;
  return (
    <>
      <Sentences title={event === undefined ? text.notFound : text.refusalsTitle} sentences={sentences} />
      {event !== undefined && <JsonBlock value={event} label={text.raw} />}
    </>
  );
}

const Sentences = ({ title, sentences }: { readonly title: string; readonly sentences: readonly string[] }) => (
  <Card title={title}>
    <div className="foreign grid max-w-4xl gap-1 text-sm leading-6">
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </div>
  </Card>
);

/** Another call, by its id. */
function Finder({ requestId }: { readonly requestId: string }) {
  const [id, setId] = useState(requestId);
  const navigate = useNavigate();
  const open = (event: FormEvent) => {
    event.preventDefault();
    if (id.trim() !== "") void navigate({ to: "/calls/$requestId", params: { requestId: id.trim() } });
  };
  return (
    <form onSubmit={open} className="flex items-end gap-2">
      <InputField
        label={text.find}
        hideLabel
        placeholder={text.find}
        title={text.findHint}
        value={id}
        onChange={(event) => setId(event.target.value)}
        className="w-72 max-sm:w-56"
        spellCheck={false}
      />
      <Button type="submit">{text.open}</Button>
    </form>
  );
}
