import type { Models } from "./models.ts";
import { didYouMean } from "./nearest.ts";
import type { Providers } from "./providers.ts";
import type { Source } from "./source.ts";
import type { PathPart } from "./yaml-file.ts";

/** What a rule can name. */
export type Known = { readonly models: Models; readonly providers: Providers; readonly routes: readonly string[] };

/** A name that a rule uses; a wrong one is noted as a problem. */
export function isUsable(name: string, path: readonly PathPart[], source: Source, known: Known): boolean {
  const message = whyUnknown(name, source, known);
  if (message !== undefined) source.findings.problems.push({ place: source.placeOf(path), message });
  return message === undefined && (name === "extractive" || known.models.started.some((model) => model.name === name));
}

/** undefined also of a model that is configured but wrong: it has been named already. */
export function whyUnknown(name: string, source: Source, known: Known): string | undefined {
  if (name === "extractive" || known.models.started.some((model) => model.name === name)) return undefined;
  if (Object.hasOwn(source.value.models, name)) return undefined;
  if (name === "auto" || known.routes.includes(name)) return `"${name}" is a route. A rule uses models.`;
  const models = [...new Set([...Object.keys(source.value.models), ...known.models.started.map((model) => model.name), "extractive"])];
  return `there is no model "${name}".${didYouMean(name, models) || ` Known: ${models.join(", ")}.`}`;
}
