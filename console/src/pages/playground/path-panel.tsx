import { Link } from "@tanstack/react-router";
import { playgroundText as text } from "#text/playground.ts";
import { callsText } from "#text/calls.ts";
import { Button } from "../../ui/button.tsx";
import { ApiError } from "../../api/client.ts";
import { EmptyState, Loaded } from "../../ui/states.tsx";
import { PathView } from "../calls/path-view.tsx";
import { useCall, type KnownCall } from "../calls/use-call.ts";
import { Inspector } from "./inspector.tsx";

/** The path of one answer's call. */
export function PathPanel({ requestId, onClose }: { readonly requestId: string; onClose(): void }) {
  const call = useCall(requestId);
  const isUnknown = call.error instanceof ApiError && call.error.status === 404;
  return (
    <Inspector
      wide
      title={callsText.title}
      onClose={onClose}
      actions={
        <Button size="small" asChild>
          <Link to="/calls/$requestId" params={{ requestId }}>
            {text.openCall}
          </Link>
        </Button>
      }
    >
      {isUnknown ? <NoRecord /> : <Loaded of={call}>{(known) => <Path call={known} />}</Loaded>}
    </Inspector>
  );
}

const NoRecord = () => <EmptyState title={callsText.notFound}>{callsText.notFoundSay}</EmptyState>;

function Path({ call: { event, sentences } }: { readonly call: KnownCall }) {
  if (event?.type === "call") return <PathView event={event} compact />;
  if (sentences.length === 0) return <NoRecord />;
  return (
    <div className="foreign grid gap-2 text-sm leading-6">
      {sentences.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
    </div>
  );
}
