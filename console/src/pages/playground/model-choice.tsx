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

/** Price and context, as far as they are known, behind a model's name. */
function aboutOf({ weir: { trust, price } }: Model): string {
  const cost =
    price === undefined
      ? ""
      : price.inputPerMTok === 0 && price.outputPerMTok === 0
        ? ""
        : `$${price.inputPerMTok} / $${price.outputPerMTok}`;
  return [trust, cost].filter((part) => part !== undefined && part !== "").join(", ");
}

type Props = { readonly models: readonly Model[]; readonly value: string; readonly label: string; onChange(model: string): void };
export function ModelChoice({ models, value, label, onChange }: Props) {
  const routes = models.filter(({ weir }) => weir.kind === "route");
  const named = models.filter(({ weir }) => weir.kind === "model");
  return (
    <Select
      aria-label={label}
      title={label}
      value={value}
      onChange={(event) => onChange(event.target.value)}
      className="!w-auto max-w-52 min-w-0"
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
            {aboutOf(model) === "" ? model.id : `${model.id} (${aboutOf(model)})`}
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
