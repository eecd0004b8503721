import { CommandError, EXIT } from "./command.ts";

/** One way of cutting documents, as a collection takes it. */
export type Variant = { readonly name: string; readonly settings: Readonly<Record<string, unknown>> };

export const VARIANTS_DEFAULT = "fixed:512/128,sentence:512/128,window:128,parent-child:192/768,structural:512,structural:512+structure";
const VARIANTS_MAX = 20;
const FORM = "STRATEGY:TOKENS, STRATEGY:TOKENS/OVERLAP or parent-child:TOKENS/PARENT, each with +structure for a line of context";

/** `fixed:400/200`, `sentence:512/128`, `parent-child:192/768`, `structural:512+structure`, with commas. */
export function parseVariants(text: string): readonly Variant[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.length > VARIANTS_MAX) throw new CommandError(`--strategies takes at most ${String(VARIANTS_MAX)}.`, EXIT.usage);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) throw new CommandError(`--strategies names ${twice} twice.`, EXIT.usage);
  return names.map(parseVariant);
}

function parseVariant(name: string): Variant {
  const match = /^(fixed|sentence|window|parent-child|structural):(\d{2,5})(?:\/(\d{1,5}))?(?:\+(structure|model))?$/.exec(name);
  const [, strategy, first, second, context] = match ?? [];
  if (strategy === undefined) throw new CommandError(`--strategies: "${name}" is not ${FORM}.`, EXIT.usage);
  const tokens = Number(first);
  const other = second === undefined ? undefined : Number(second);
  if (strategy === "parent-child" && other === undefined)
    throw new CommandError(`--strategies: "${name}" needs the parent's size, such as parent-child:192/768.`, EXIT.usage);
  if ((strategy === "structural" || strategy === "window") && other !== undefined)
    throw new CommandError(`--strategies: "${name}": ${strategy} chunks do not overlap, write ${strategy}:${String(tokens)}.`, EXIT.usage);
  const chunking =
    strategy === "parent-child"
      ? { strategy, tokens, parentTokens: other }
      : strategy === "structural" || strategy === "window"
        ? { strategy, tokens }
        : { strategy, tokens, overlap: other ?? 0 };
  return { name, settings: { chunking, context: context ?? "none" } };
}
