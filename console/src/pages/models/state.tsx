import { modelsText as text } from "#text/models.ts";
import { StateDot, type Tone } from "../../ui/badge.tsx";
import { windowOf, type ModelStatus, type ProviderStatus, type Seen, type Switched } from "./types.ts";

type State = { readonly tone: Tone; readonly word: string };

/** The worst that is known of it, in a word. */
export function stateOfModel(model: ModelStatus): State {
  const out = outState(model, model.inFlight);
  if (out !== undefined) return out;
  if (model.breaker.state === "open") return { tone: "bad", word: text.states.open };
  if (model.breaker.state === "half-open") return { tone: "warn", word: text.states.halfOpen };
  if (model.ejected) return { tone: "warn", word: text.states.ejected };
  return servedState(model);
}

export function stateOfProvider(provider: ProviderStatus): State {
  const out = outState(provider, provider.inFlight);
  if (out !== undefined) return out;
  if (provider.probe === null) return { tone: "neutral", word: text.states.notAsked };
  if (!provider.probe.ok) return { tone: "bad", word: text.states.away };
  return servedState(provider);
}

function outState({ state }: Switched, inFlight: number): State | undefined {
  if (state === "on") return undefined;
  if (state === "disabled") return { tone: "neutral", word: text.states.disabled };
  return { tone: "warn", word: inFlight > 0 ? text.states.drainingBusy(inFlight) : text.states.draining };
}

function servedState(seen: Seen): State {
  const window = windowOf(seen);
  if (window === undefined || window.calls === 0) return { tone: "good", word: text.states.idle };
  return window.failed > 0 ? { tone: "warn", word: text.states.failing } : { tone: "good", word: text.states.ok };
}

export const StateWord = ({ of: { tone, word } }: { readonly of: State }) => <StateDot tone={tone}>{word}</StateDot>;
