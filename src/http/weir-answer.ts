import type { WeirAnswer, WeirCitation } from "../contract/chat-completions.ts";
import type { Passage } from "../domain/chat.ts";
import { isDegraded } from "../domain/event.ts";
import { placeOf } from "../domain/page.ts";
import { toWireFileId } from "../ingest/index.ts";
import type { Finish } from "../chat/index.ts";

/** A place in an answer's text that rests on a passage. `start` and `end` are UTF-16 positions in the text. */
export type Cited = {
  readonly choice: number;
  readonly passage: number;
  readonly start: number;
  readonly end: number;
  readonly quote: string;
  /** Where the quote stands in the passage's text. */
  readonly at?: { readonly start: number; readonly end: number } | undefined;
};

/** What of an answer's end is told. */
type Told = Pick<Finish, "event" | "target" | "retrieved" | "receipt"> & { readonly usage: Pick<Finish["usage"], "source"> };

export function toWeirAnswer(finish: Told, cited: readonly Cited[]): WeirAnswer {
  const { event, target, retrieved, usage } = finish;
  // A judge that failed has failed nobody's answer.
  const failed = new Map(event.attempts.filter(({ as }) => as === undefined).map((attempt) => [attempt.model, attempt.code]));
  return {
    requestId: event.requestId,
    model: target.model,
    provider: target.provider,
    trust: target.trust,
    tier: event.tier,
    degraded: isDegraded(event),
    ...(event.service === undefined ? {} : { service: event.service }),
    cache: "off",
    ...(event.form === undefined ? {} : { form: event.form }),
    ...(event.trimmed === undefined ? {} : { trimmed: event.trimmed }),
    costMicroUsd: event.costMicroUsd,
    usageSource: usage.source,
    receipt: finish.receipt,
    candidates: event.candidates.map(({ model, provider, fell }) => ({ model, provider, fell, failed: failed.get(model) })),
    ...(event.guard === undefined ? {} : { guard: event.guard }),
    ...(retrieved === undefined
      ? {}
      : { citations: toCitations(retrieved.passages, cited), ...toGrounding(event), ...toReranked(retrieved) }),
  };
}

function toGrounding({ grounding }: Pick<Told["event"], "grounding">): Pick<WeirAnswer, "grounded" | "answerable" | "citationsRemoved"> {
  if (grounding === undefined) return {};
  const { grounded, removed, notHeld } = grounding;
  return { grounded, ...(notHeld === true ? { answerable: false } : {}), ...(removed === 0 ? {} : { citationsRemoved: removed }) };
}

const toReranked = ({ reranked, degraded }: NonNullable<Finish["retrieved"]>): Pick<WeirAnswer, "reranked" | "searchDegraded"> => ({
  ...(reranked === undefined ? {} : { reranked }),
  ...(degraded === undefined ? {} : { searchDegraded: degraded }),
});

function toCitations(passages: NonNullable<Finish["retrieved"]>["passages"], cited: readonly Cited[]): WeirCitation[] {
  return passages.map((passage, at) => {
    const place = cited.find((each) => each.passage === at);
    const quoted = placeOfQuote(passage, place);
    const page = placeOf(passage.pages, quoted ?? passage);
    return {
      index: at + 1,
      fileId: toWireFileId(passage.fileId),
      filename: passage.filename,
      title: passage.title,
      collection: passage.collectionName,
      chunkId: passage.chunkId,
      headings: passage.headings,
      quote: place?.quote ?? passage.text.slice(0, 240),
      ...(page === undefined ? {} : { place: page }),
      start: passage.start,
      end: passage.end,
      ...(quoted === undefined ? {} : { quoteStart: quoted.start, quoteEnd: quoted.end }),
      score: passage.score,
      cited: place !== undefined,
    };
  });
}

/** In the document. undefined: the quote does not stand there word for word. */
function placeOfQuote(passage: Passage, cited: Cited | undefined): { readonly start: number; readonly end: number } | undefined {
  if (cited === undefined) return undefined;
  const from = passage.text.indexOf(cited.quote);
  const at = cited.at ?? (from < 0 ? undefined : { start: from, end: from + cited.quote.length });
  return at === undefined ? undefined : { start: passage.start + at.start, end: passage.start + at.end };
}

/** The answer's `weir` as headers, on JSON answers. */
export function weirHeaders(weir: WeirAnswer): Record<string, string> {
  return {
    "x-weir-request-id": weir.requestId,
    "x-weir-model": weir.model,
    "x-weir-provider": weir.provider,
    "x-weir-trust": weir.trust,
    "x-weir-tier": weir.tier,
    "x-weir-cache": weir.cache,
    "x-weir-cost-micro-usd": String(weir.costMicroUsd),
    "x-weir-receipt": weir.receipt,
    ...(weir.trimmed === undefined ? {} : { "x-weir-trimmed": sayTrimmed(weir.trimmed) }),
  };
}

/** `messages=4`, or `messages=4, passages=2`. */
const sayTrimmed = (trimmed: NonNullable<WeirAnswer["trimmed"]>): string =>
  Object.entries(trimmed)
    .map(([what, count]) => `${what}=${String(count)}`)
    .join(", ");

/** OpenAI's `url_citation` annotations. The address is this server's own, relative. */
export function toAnnotations(weir: WeirAnswer, cited: readonly Cited[], ofChoice: number) {
  return cited.flatMap(({ choice, passage, start, end }) => {
    const source = weir.citations?.[passage];
    if (source === undefined || choice !== ofChoice) return [];
    const url = `/v1/files/${source.fileId}/content`;
    const title = source.place === undefined ? source.title : `${source.title}, ${source.place}`;
    return [{ type: "url_citation" as const, url_citation: { start_index: start, end_index: end, title, url } }];
  });
}
