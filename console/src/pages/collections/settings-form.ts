import type { Collection, CollectionSettings } from "./types.ts";

export type Strategy = NonNullable<CollectionSettings["chunking"]>["strategy"];

/** Settings as they stand in a form: "" is the configuration's choice. */
export type SettingsForm = {
  readonly strategy: Strategy | "";
  readonly tokens: string;
  readonly overlap: string;
  readonly parentTokens: string;
  readonly context: "none" | "structure" | "model" | "";
  readonly embedding: string;
  readonly languages: string;
  readonly fusion: "rank" | "score" | "";
  readonly questionWeight: string;
  readonly keywordWeight: string;
  readonly days: string;
  readonly trust: boolean;
  readonly highStakes: boolean;
  readonly compress: boolean;
};

export const NO_SETTINGS: SettingsForm = {
  strategy: "",
  tokens: "",
  overlap: "",
  parentTokens: "",
  context: "",
  embedding: "",
  languages: "",
  fusion: "",
  questionWeight: "",
  keywordWeight: "",
  days: "",
  trust: false,
  highStakes: false,
  compress: false,
};

/** What each way of cutting starts with in the form: values that the measurements in the documentation speak for. */
export const STRATEGY_SIZES: Readonly<Record<Strategy, Pick<SettingsForm, "tokens" | "overlap" | "parentTokens">>> = {
  window: { tokens: "128", overlap: "", parentTokens: "" },
  sentence: { tokens: "512", overlap: "128", parentTokens: "" },
  fixed: { tokens: "512", overlap: "128", parentTokens: "" },
  structural: { tokens: "512", overlap: "", parentTokens: "" },
  "parent-child": { tokens: "192", overlap: "", parentTokens: "768" },
};
export const STRATEGIES = ["window", "sentence", "fixed", "structural", "parent-child"] as const satisfies readonly Strategy[];

export function toForm({ weir = {}, expires_after: expires }: Pick<Collection, "weir" | "expires_after">): SettingsForm {
  const { chunking, fusion } = weir;
  return {
    strategy: chunking?.strategy ?? "",
    tokens: chunking === undefined || chunking === null ? "" : String(chunking.tokens),
    overlap: chunking !== undefined && chunking !== null && "overlap" in chunking ? String(chunking.overlap) : "",
    parentTokens: chunking !== undefined && chunking !== null && "parentTokens" in chunking ? String(chunking.parentTokens) : "",
    context: weir.context ?? "",
    embedding: weir.embedding ?? "",
    languages: (weir.languages ?? []).join(", "),
    fusion: fusion?.method ?? "",
    questionWeight: fusion === undefined || fusion === null ? "" : String(fusion.questionWeight),
    keywordWeight: fusion === undefined || fusion === null ? "" : String(fusion.keywordWeight),
    days: expires === undefined ? "" : String(expires.days),
    trust: weir.trust === "private",
    highStakes: weir.highStakes === true,
    compress: weir.compress === true,
  };
}

/** "1,  2" is ["1", "2"]. */
export const toList = (text: string): string[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

function toChunking({ strategy, tokens, overlap, parentTokens }: SettingsForm): CollectionSettings["chunking"] {
  switch (strategy) {
    case "":
      return null;
    case "fixed":
    case "sentence":
      return { strategy, tokens: Number(tokens), overlap: Number(overlap) };
    case "parent-child":
      return { strategy, tokens: Number(tokens), parentTokens: Number(parentTokens) };
    case "window":
    case "structural":
      return { strategy, tokens: Number(tokens) };
  }
}

/** All choices of a form, in the API's words; null is the configuration's. */
export function toSettings(form: SettingsForm) {
  const languages = toList(form.languages);
  const days = form.days.trim();
  const weir = {
    chunking: toChunking(form),
    context: form.context === "" ? null : form.context,
    embedding: form.embedding === "" ? null : form.embedding,
    languages: languages.length === 0 ? null : languages,
    fusion:
      form.fusion === ""
        ? null
        : { method: form.fusion, questionWeight: Number(form.questionWeight), keywordWeight: Number(form.keywordWeight) },
    trust: form.trust ? "private" : null,
    highStakes: form.highStakes ? true : null,
    compress: form.compress ? true : null,
  } satisfies CollectionSettings;
  return { weir, expires_after: days === "" ? null : { anchor: "last_active_at", days: Number(days) } };
}

const differs = (one: unknown, other: unknown): boolean => JSON.stringify(one) !== JSON.stringify(other);

/** Only what differs: saving one choice takes no other back. undefined: nothing does. */
export function changedSettings(before: SettingsForm, after: SettingsForm): Record<string, unknown> | undefined {
  const [old, now] = [toSettings(before), toSettings(after)];
  const was: Readonly<Record<string, unknown>> = old.weir;
  const weir = Object.fromEntries(Object.entries(now.weir).filter(([name, value]) => differs(was[name], value)));
  const body = {
    ...(Object.keys(weir).length === 0 ? {} : { weir }),
    ...(differs(old.expires_after, now.expires_after) ? { expires_after: now.expires_after } : {}),
  };
  return Object.keys(body).length === 0 ? undefined : body;
}
