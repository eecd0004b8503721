import type { ChatCall, Content } from "../domain/chat.ts";
import type { Standing } from "../domain/guard-policy.ts";
import type { TenantPrincipal } from "../domain/principal.ts";
import type { Ahead } from "../domain/rollout.ts";
import type { Shorten } from "../domain/shorten.ts";
import { textsOf } from "./content-text.ts";
import { estimateInputTokens } from "./context.ts";
import { hasImages, type Wanted, type WantedOrder, type WantedVectors } from "./eligible.ts";
import type { About } from "./signals.ts";

/** What a call may be asked about besides what decides where it may go. */
export type Facts = {
  /** undefined: nothing was looked for. */
  readonly content?: Standing | undefined;
  readonly findingTypes?: (() => readonly string[]) | undefined;
  readonly feature?: string | undefined;
  /** Of the budgets that count, the smallest share that is left; undefined: all of it. */
  readonly budgetLeft?: number | undefined;
  /** Nobody is to answer it: it counts nowhere. */
  readonly dry?: boolean | undefined;
  /** What the caller itself sent, where `chat` has more in it by now. */
  readonly said?: ChatCall | undefined;
  /** Models that stand before those of the rule that takes it. */
  readonly ahead?: readonly Ahead[] | undefined;
  /** Makes the prompt shorter, where its policy lets it. Absent: nothing can be left out. */
  readonly shorten?: Shorten | undefined;
};

const none = (): readonly string[] => [];

type Common = Facts & { readonly who: TenantPrincipal };
const common = ({ who, content, findingTypes = none, feature, budgetLeft = 1, dry = false }: Common) => ({
  who,
  content,
  findingTypes,
  feature,
  budgetLeft,
  dry,
});

export function aboutChat(wanted: Omit<Wanted, "trust" | "keptIn"> & Facts): About {
  const { chat, said = chat, inputBytes } = wanted;
  return {
    ...common(wanted),
    texts: () => userTexts(said),
    inputTokens: estimateInputTokens(inputBytes),
    outputTokens: chat.maxOutputTokens,
    tools: chat.tools.length > 0,
    schema: chat.responseFormat !== undefined && chat.responseFormat.type !== "text",
    images: () => hasImages(chat),
    stream: chat.stream,
    rag: chat.rag?.enabled === true,
  };
}

/** Of texts that are read and not answered: for vectors, or for a ranking. */
export function aboutInputs(wanted: Omit<WantedVectors | WantedOrder, "trust" | "keptIn"> & Facts): About {
  const { inputs, inputBytes } = wanted.wish;
  return {
    ...common(wanted),
    texts: () => inputs.flatMap((input) => (typeof input === "string" ? [input] : [])),
    inputTokens: estimateInputTokens(inputBytes),
    outputTokens: 0,
    tools: false,
    schema: false,
    images: () => false,
    stream: false,
    rag: false,
  };
}

function userTexts({ messages }: ChatCall): readonly string[] {
  return messages.flatMap(({ role, content }) => (role === "user" ? [textOf(content)] : []));
}

const textOf = (content: Content): string => textsOf(content).join("\n");
