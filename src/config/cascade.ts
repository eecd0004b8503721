import { isChat } from "../domain/target.ts";
import type { Known } from "./rule-models.ts";
import { whyUnknown } from "./rule-models.ts";
import type { FileRule } from "./schema.ts";
import type { Source } from "./source.ts";
import type { PathPart } from "./yaml-file.ts";

/** A cascade without a gate would be no cascade, and a gate that nothing asks would look like one. */
export function checkCascade(rule: FileRule, path: readonly PathPart[], source: Source, known: Known): void {
  const { problems, warnings } = source.findings;
  const { gate } = rule;
  if (rule.strategy !== "cascade") {
    if (gate !== undefined)
      warnings.push({ place: source.placeOf([...path, "gate"], "key"), message: "does nothing without strategy: cascade." });
    return;
  }
  if (gate === undefined) {
    const message = "cascade needs a gate, by which an answer is judged: gate: { kind: form }, logprobs or judge.";
    return void problems.push({ place: source.placeOf([...path, "strategy"]), message });
  }
  for (const name of ["explore", "warm"] as const)
    if (rule[name] !== undefined)
      warnings.push({
        place: source.placeOf([...path, name], "key"),
        message: "does nothing in a cascade, which begins with its first model.",
      });
  if (rule.use.filter((name) => name !== "extractive").length < 2)
    warnings.push({
      place: source.placeOf([...path, "use"]),
      message: "a cascade of one model has nobody to ask next: its answer is always given.",
    });
  if (gate.kind === "judge") checkModel(gate.model, [...path, "gate", "model"], source, known);
  if (gate.kind === "logprobs") warnUntold(rule.use, path, source, known);
}

/** A model that is asked beside those of the rule. */
export function checkModel(name: string, path: readonly PathPart[], source: Source, known: Known): void {
  const message =
    name === "extractive"
      ? "extractive is no model that can be asked."
      : (whyUnknown(name, source, known) ?? (isNoChat(name, known) ? "makes embeddings or rankings and does not chat." : undefined));
  if (message !== undefined) source.findings.problems.push({ place: source.placeOf(path), message });
}

const modelOf = (name: string, { models }: Known) => models.started.find((model) => model.name === name);
const isNoChat = (name: string, known: Known): boolean => {
  const model = modelOf(name, known);
  return model !== undefined && !isChat(model.capabilities);
};

/** Only OpenAI's protocol tells log probabilities. Of any other model no answer would ever pass. */
function warnUntold(use: readonly string[], path: readonly PathPart[], source: Source, known: Known): void {
  const untold = use.slice(0, -1).filter((name) => {
    const provider = modelOf(name, known)?.provider;
    const kind = known.providers.started.find((each) => each.name === provider)?.kind;
    return kind !== undefined && kind !== "openai";
  });
  if (untold.length === 0) return;
  const message = `${untold.join(", ")}: no log probabilities are told by its provider's protocol, so its answers never pass.`;
  source.findings.warnings.push({ place: source.placeOf([...path, "gate"]), message });
}
