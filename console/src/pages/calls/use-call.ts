import { useQuery } from "@tanstack/react-query";
import type { z } from "zod";
import type { receipt } from "../../../../src/contract/answer-admin.ts";
import type { WireExplanation, WireLedgerEvent } from "../../../../src/contract/call-event.ts";
import { get } from "../../api/client.ts";
import { may, useMe } from "../../app/me.ts";

export type KnownCall = {
  readonly event: WireLedgerEvent | undefined;
  /** What happened, in sentences; only for who may read usage. */
  readonly sentences: readonly string[];
  readonly tenant: string | undefined;
};

/** The record of one call: of one's own tenant by its receipt, of any as the platform explains it. */
export function useCall(requestId: string | undefined) {
  const { data: me } = useMe();
  const explains = may(me, "usage.read");
  return useQuery({
    queryKey: ["call", requestId, explains],
    enabled: requestId !== undefined && me !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }): Promise<KnownCall> => {
      const id = encodeURIComponent(requestId ?? "");
      if (explains) {
        const { event, sentences, tenant } = await get<WireExplanation>(`/admin/v1/explain/${id}`, undefined, signal);
        return { event, sentences, tenant };
      }
      const { event } = await get<z.infer<typeof receipt>>(`/v1/receipts/${id}`, undefined, signal);
      return { event, sentences: [], tenant: undefined };
    },
  });
}
