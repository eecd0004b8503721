import {
  MODERATION_MODEL,
  moderationAnswer,
  moderationRequest,
  OPENAI_CATEGORIES,
  type ModerationAnswer,
  type ModerationRequest,
} from "../contract/moderations.ts";
import type { Moderation, ModerationCall } from "../domain/moderation.ts";
import { JSON_BODY_BYTES_MAX } from "../kernel/limits.ts";
import type { Moderated } from "../moderate/index.ts";
import { checkBody, parseJson, readText } from "./body.ts";
import type { AdmittedCall } from "./chat-completions.ts";
import { tenantEndpoint, type Endpoint } from "./endpoint.ts";
import { underWay } from "./under-way.ts";
import { featureOf } from "./feature.ts";
import { noted } from "./route-note.ts";

export type ModerationsDeps = {
  /** Takes a place and one request of the rates, or throws `rate_limited`, `busy`, `draining`. */
  admit(call: ModerationCall, signal: AbortSignal): AdmittedCall | Promise<AdmittedCall>;
  moderate(call: ModerationCall, admitted: AdmittedCall["admitted"], signal: AbortSignal): Promise<Moderated>;
  /** Of the calls under way, as for chats. */
  readonly live: Set<AbortController>;
};

export function moderations(deps: ModerationsDeps): Endpoint {
  const endpoint = tenantEndpoint("POST", "/v1/moderations", "chat", async (asked) => {
    const body = checkBody(parseJson(await readText(asked.request, JSON_BODY_BYTES_MAX)), moderationRequest);
    const { requestId, who, startedAtMs } = asked;
    const { texts, imagesUnseen } = toTexts(body.input);
    const inputBytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    const model = body.model ?? MODERATION_MODEL;
    const call: ModerationCall = { requestId, who, model, texts, inputBytes, feature: featureOf(asked), startedAtMs };
    return underWay(deps.live, asked.request.signal, async (signal) => {
      const { admitted, headers } = await deps.admit(call, signal);
      const { results, receipt } = await deps.moderate(call, admitted, signal);
      const answer: ModerationAnswer = {
        id: `modr-${requestId}`,
        model: MODERATION_MODEL,
        results: results.map(toResult),
        weir: { requestId, receipt, imagesUnseen },
      };
      return Response.json(answer, { headers: { ...headers, "x-weir-request-id": requestId, "x-weir-receipt": receipt } });
    });
  });
  return noted(endpoint, {
    summary: "Judge texts by the content rules",
    description:
      "OpenAI's moderations, answered by this server's own rules: no model is asked, nothing is spent, and the call counts in the rates and in usage as every other. What the rules find and miss is in docs/guard-output.md.",
    body: moderationRequest,
    answer: moderationAnswer,
    asksModel: false,
    faults: ["guard_failed"],
  });
}

/** Parts of one message are judged together. */
function toTexts(input: ModerationRequest["input"]): { readonly texts: readonly string[]; readonly imagesUnseen: number } {
  if (typeof input === "string") return { texts: [input], imagesUnseen: 0 };
  const words: string[] = [];
  const said: string[] = [];
  let imagesUnseen = 0;
  for (const item of input) {
    if (typeof item === "string") words.push(item);
    else if (item.type === "text") said.push(item.text);
    else imagesUnseen++;
  }
  return words.length > 0 ? { texts: words, imagesUnseen } : { texts: [said.join("\n")], imagesUnseen };
}

const each = <T>(of: (category: string) => T): Record<string, T> =>
  Object.fromEntries(OPENAI_CATEGORIES.map((category) => [category, of(category)]));

function toResult({ flagged, scores, injection, personalData }: Moderation): ModerationAnswer["results"][number] {
  const scored: Readonly<Record<string, number | undefined>> = scores;
  const isFlagged: ReadonlySet<string> = flagged;
  return {
    flagged: flagged.size > 0,
    categories: each((category) => isFlagged.has(category)),
    category_scores: each((category) => scored[category] ?? 0),
    category_applied_input_types: each((category) => (scored[category] === undefined ? [] : ["text" as const])),
    weir: { injection: injection.score, injectionSaw: [...injection.saw], personalData },
  };
}
