import { useQuery } from "@tanstack/react-query";
import type { z } from "zod";
import { playgroundText as text } from "#text/playground.ts";
import type { modelList } from "../../../../src/contract/answer-call.ts";
import { get } from "../../api/client.ts";
import { Select } from "../../ui/field.tsx";
import type { Model } from "./types.ts";

/** What may stand as the model of a chat. */
export function useModels(enabled: boolean) {
  const asked = useQuery({
    queryKey: ["/v1/models"],
    enabled,
    queryFn: ({ signal }) => get<z.infer<typeof modelList>>("/v1/models", undefined, signal),
  });
  const models = (asked.data?.data ?? []).filter(({ weir }) => weir.kind === "route" || weir.capabilities?.chat === true);
  return { ...asked, models };
}

/** What a model costs, as far as that is known. */
function priceOf(model: Model | undefined): string | undefined {
  const price = model?.weir.price;
  return price === undefined ? undefined : text.price(price.inputPerMTok, price.outputPerMTok);
}

type Props = { readonly models: readonly Model[]; readonly value: string; readonly label: string; onChange(model: string): void };
export function ModelChoice({ models, value, label, onChange }: Props) {
  const routes = models.filter(({ weir }) => weir.kind === "route");
  const named = models.filter(({ weir }) => weir.kind === "model");
  return (
    <Select
      aria-label={label}
      title={priceOf(models.find(({ id }) => id === value)) ?? label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className="!w-44 max-sm:!w-32"
    >
      {routes.length > 0 && (
        <optgroup label={text.routes}>
          {routes.map(({ id }) => (
            <option key={id} value={id}>
              {id}
            </option>
          ))}
        </optgroup>
      )}
      <optgroup label={text.models}>
        {named.map((model) => (
          <option key={model.id} value={model.id}>
            {model.weir.trust === undefined ? model.id : `${model.id} (${model.weir.trust})`}
          </option>
        ))}
      </optgroup>
    </Select>
  );
}

/** What the chosen models cannot do with what is asked of them; a route finds one that can. */
export function warningsOf(
  chosen: readonly (Model | undefined)[],
  asks: { readonly pictures: boolean; readonly tools: boolean; readonly form: boolean },
) {
  return chosen.flatMap((model) => {
    const can = model?.weir.capabilities;
    if (model === undefined || can === undefined) return [];
    return [
      ...(asks.pictures && !can.images ? [text.noImages(model.id)] : []),
      ...(asks.tools && !can.tools ? [text.noTools(model.id)] : []),
      ...(asks.form && !can.jsonSchema ? [text.noSchema(model.id)] : []),
    ];
  });
}
