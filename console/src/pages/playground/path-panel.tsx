import { Link } from "@tanstack/react-router";
import { playgroundText as text } from "#text/playground.ts";
import { callsText } from "#text/calls.ts";
import { Button } from "../../ui/button.tsx";
import { EmptyState, Loaded } from "../../ui/states.tsx";
import { PathView } from "../calls/path-view.tsx";
import { useCall } from "../calls/use-call.ts";
import { Inspector } from "./inspector.tsx";

/** The path of one answer's call. */
export function PathPanel({ requestId, onClose }: { readonly requestId: string; onClose(): void }) {
  const call = useCall(requestId);
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
      <Loaded of={call}>
        {({ event }) =>
          event?.type === "call" ? (
            <PathView event={event} compact />
          ) : (
            <EmptyState title={callsText.notFound}>{callsText.notFoundSay}</EmptyState>
          )
        }
      </Loaded>
    </Inspector>
  );
}
