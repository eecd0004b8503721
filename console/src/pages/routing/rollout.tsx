import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { routingText as text } from "#text/routing.ts";
import { get, post } from "../../api/client.ts";
import { ownTenant, useMe } from "../../app/me.ts";
import { useSearchText } from "../../app/search-text.ts";
import { StateDot } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { InputField } from "../../ui/field.tsx";
import { Page } from "../../ui/page.tsx";
import { Loaded } from "../../ui/states.tsx";
import { toast } from "../../ui/toast.tsx";
import { FiguresCard, GatesCard, HistoryCard, StepsCard } from "./rollout-cards.tsx";
import { ROLLOUT_TONES, sayChange, type RolloutDetail } from "./types.ts";

/** Gates are looked at by the server every two seconds. */
const REFETCH_MS = 3_000;
type Act = keyof RolloutDetail["may"];

export function RolloutPage() {
  const { id = "" } = useParams({ strict: false });
  const { data: me } = useMe();
  const [named] = useSearchText("tenant");
  const own = ownTenant(me);
  const tenant = named === "" ? own : named;
  const asked = useQuery<RolloutDetail>({
    queryKey: ["/admin/v1/rollouts", id, tenant],
    enabled: me !== undefined,
    refetchInterval: (query) => (query.state.data?.now === undefined && query.state.data !== undefined ? false : REFETCH_MS),
    queryFn: ({ signal }) => get(`/admin/v1/rollouts/${encodeURIComponent(id)}`, { tenant }, signal),
  });
  if (asked.data !== undefined) return <RolloutView rollout={asked.data} tenant={tenant} />;
  return (
    <Page title={text.tabs.rollouts}>
      <Loaded of={asked}>{() => null}</Loaded>
    </Page>
  );
}

function RolloutView({ rollout, tenant }: { readonly rollout: RolloutDetail; readonly tenant: string | undefined }) {
  const { state, kind, version } = rollout;
  return (
    <Page
      title={text.rolloutTitle(sayChange(rollout))}
      lead={
        <span className="inline-flex flex-wrap items-center gap-x-4 gap-y-1">
          <StateDot tone={ROLLOUT_TONES[state]}>{text.rolloutStates[state]}</StateDot>
          <span className="foreign">
            {text.rolloutKinds[kind]}, {text.policyOf(tenant ?? text.platform)}
          </span>
          {kind === "policy" && typeof version === "string" && (
            <Link to="/routing/policies/$id" params={{ id: version }} className="text-accent underline-offset-2 hover:underline">
              {text.versionLabel}
            </Link>
          )}
          <Link
            to="/routing"
            search={{ tab: "rollouts", ...(tenant === undefined ? {} : { scope: tenant }) }}
            className="text-accent underline-offset-2 hover:underline"
          >
            {text.backToRouting}
          </Link>
        </span>
      }
      actions={<Acts rollout={rollout} tenant={tenant} />}
    >
      <StepsCard rollout={rollout} />
      {rollout.now !== undefined && <GatesCard rollout={rollout} now={rollout.now} />}
      <FiguresCard rollout={rollout} />
      <HistoryCard rollout={rollout} />
    </Page>
  );
}

const ACTS: readonly Act[] = ["pause", "resume", "promote", "rollback"];

/** What this person may do with it now. What its state or the role does not allow is not shown. */
function Acts({ rollout: { id, may }, tenant }: { readonly rollout: RolloutDetail; readonly tenant: string | undefined }) {
  const queries = useQueryClient();
  const [act, setAct] = useState<Act>();
  const [reason, setReason] = useState("");
  const [asking, setAsking] = useState(false);
  const move = async () => {
    if (act === undefined) return;
    await post(`/admin/v1/rollouts/${id}/${act}`, { tenant, ...(reason === "" ? {} : { reason }) });
    toast(text.moved[act]);
    setReason("");
    await queries.invalidateQueries({ queryKey: ["/admin/v1/rollouts"] });
  };
  const open = (chosen: Act) => {
    setAct(chosen);
    setAsking(true);
  };
  return (
    <>
      {ACTS.filter((each) => may[each].allowed).map((each) => (
        <Button key={each} kind={each === "rollback" ? "danger" : each === "promote" ? "primary" : "secondary"} onClick={() => open(each)}>
          {text[each]}
        </Button>
      ))}
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={act === undefined ? "" : text.confirm[act].title}
        description={act === undefined ? "" : text.confirm[act].say}
        action={act === undefined ? "" : text[act]}
        danger={act === "rollback"}
        onConfirm={move}
      >
        <InputField
          label={text.reason}
          hint={text.reasonHint}
          value={reason}
          maxLength={200}
          onChange={(event) => setReason(event.target.value)}
          autoComplete="off"
        />
      </ConfirmDialog>
    </>
  );
}
