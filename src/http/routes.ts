import { effectiveRoutes, routeSignals, type EffectiveRoutes, type RouteSignals } from "../contract/routes.ts";
import { MODEL_SIGNALS, SIGNALS, type SignalKind } from "../domain/signals.ts";
import { platformEndpoint, type Endpoint } from "./endpoint.ts";
import { noted } from "./route-note.ts";

export type RoutesDeps = {
  /** The rules that count now, and the models that they may name. */
  listRoutes(): Promise<EffectiveRoutes>;
};

/** Which rules count, and the words that they are written in. */
export function routes({ listRoutes }: RoutesDeps): Endpoint[] {
  return [
    noted(
      // The platform's rules word for word, as an explanation has them.
      platformEndpoint("GET", "/admin/v1/routes", "operate", async () => Response.json(await listRoutes())),
      {
        summary: "The rules that count now",
        description:
          "Approved ones before those of weir.yaml, route by route, in the order in which they are asked, with the models that rules may name.",
        answer: effectiveRoutes,
      },
    ),
    noted(
      platformEndpoint("GET", "/admin/v1/routes/signals", "policies.read", () => Response.json(VOCABULARY)),
      {
        summary: "The words of conditions",
        description: "Signals with their types, functions and operators of `when`.",
        answer: routeSignals,
      },
    ),
  ];
}

const rowsOf = (table: Readonly<Record<string, { readonly kind: SignalKind; readonly say: string }>>) =>
  Object.entries(table).map(([name, { kind, say }]) => ({ name, kind, description: say }));

const VOCABULARY: RouteSignals = {
  signals: rowsOf(SIGNALS),
  modelSignals: rowsOf(MODEL_SIGNALS),
  functions: [
    { name: "size", example: "size(pii.types) > 1", description: "How many entries a list has, or characters a text." },
    { name: "startsWith", example: 'tenant.slug.startsWith("eu-")', description: "A text begins with another." },
    { name: "endsWith", example: 'feature.endsWith("-bot")', description: "A text ends with another." },
    { name: "contains", example: 'team.contains("sales")', description: "A text holds another." },
    { name: "exists", example: 'pii.types.exists(t, t == "IBAN")', description: "One entry of a list at least is so." },
    { name: "all", example: 'pii.types.all(t, t != "SECRET")', description: "Every entry of a list is so." },
  ],
  operators: ["&&", "||", "!", "==", "!=", "<", "<=", ">", ">=", "in", "? :", "+", "-", "*", "/", "%"],
};
