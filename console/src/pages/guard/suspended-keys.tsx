import { useMutation, useQueryClient } from "@tanstack/react-query";
import { guardText as text } from "#text/guard.ts";
import { post } from "../../api/client.ts";
import { usePaged } from "../../api/paged.ts";
import { Button } from "../../ui/button.tsx";
import { Card } from "../../ui/card.tsx";
import { formatAgo, formatMoment } from "../../ui/format.ts";
import { Loaded } from "../../ui/states.tsx";
import { toast, toastError } from "../../ui/toast.tsx";

const say = text.events;
type Key = {
  readonly id: string;
  readonly name: string;
  readonly suspendedAt?: string;
  readonly suspendedBy?: keyof typeof say.suspendedBy;
  readonly suspendedReason?: string;
};

/** Keys that attacked, or that somebody stopped: what was said about it, and a way back. */
export function SuspendedKeys({ slug }: { readonly slug: string }) {
  const path = `/admin/v1/tenants/${encodeURIComponent(slug)}/keys`;
  const listed = usePaged<Key>(path, { limit: 1000 });
  const queries = useQueryClient();
  const resume = useMutation({
    mutationFn: (id: string) => post(`${path}/${id}/resume`),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: [path] });
      toast(say.resumed);
    },
    onError: toastError,
  });
  const suspended = listed.rows.filter(({ suspendedAt }) => suspendedAt !== undefined);
  return (
    <Card title={say.suspended}>
      <Loaded of={listed}>
        {() =>
          suspended.length === 0 ? (
            <p className="text-sm text-ink-soft">{say.suspendedNone}</p>
          ) : (
            <ul className="grid gap-2">
              {suspended.map(({ id, name, suspendedAt = "", suspendedBy = "server", suspendedReason }) => (
                <li key={id} className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
                  <span className="foreign font-medium">{name}</span>
                  <span className="foreign min-w-0 flex-1 text-ink-soft">
                    {say.suspendedBy[suspendedBy]}
                    {suspendedReason === undefined ? "" : ` (${suspendedReason})`},{" "}
                    <time dateTime={suspendedAt} title={formatMoment(suspendedAt)}>
                      {formatAgo(suspendedAt)}
                    </time>
                  </span>
                  <Button size="small" busy={resume.isPending && resume.variables === id} onClick={() => resume.mutate(id)}>
                    {say.resume}
                  </Button>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Card>
  );
}
