import type { Message } from "../domain/chat.ts";
import type { ContentPolicy } from "../domain/principal.ts";
import { toIso } from "../kernel/clock.ts";
import type { RequestId, TenantId } from "../kernel/ids.ts";
import { scrubJson } from "./scrub-json.ts";

/** What one call said and was told. */
export type CallContent = {
  readonly requestId: RequestId;
  readonly tenantId: TenantId;
  readonly atMs: number;
  /** By which it may be kept: as it is under `full`, else scrubbed. */
  readonly policy: Exclude<ContentPolicy, "none">;
  /** Digest of the caller's end user, where one was named: by it the line is found again. */
  readonly endUser: string | undefined;
  readonly messages: readonly Message[];
  readonly answer: string;
  /** The answer was longer than what is kept of one. */
  readonly cut: boolean;
};

/** A line of a chat log, as far as others than people read it. */
export type ContentLine = {
  readonly requestId: string;
  readonly policy: string;
  readonly endUser: string | undefined;
  readonly messages: unknown;
  readonly answer: unknown;
};

const DAY_MS = 86_400_000;

export type Scrub = (text: string) => string;

/** JSON with a line's end. What is not to be kept as it is goes through `scrub`, which may throw. */
export function toContentLine(content: CallContent, keptDays: number, scrub: Scrub | undefined): string {
  const { requestId, atMs, policy, endUser, messages, answer, cut } = content;
  const said = policy === "full" ? { messages, answer } : scrubSaid({ messages, answer }, scrub);
  return `${JSON.stringify({ requestId, at: toIso(atMs), keepUntil: toIso(atMs + keptDays * DAY_MS), policy, endUser, ...said, cut })}\n`;
}

/** About the bytes of its line, without making one: of every text in it. */
export const textBytesOf = ({ messages, answer }: Pick<CallContent, "messages" | "answer">): number => textBytes([messages, answer]);

function textBytes(value: unknown): number {
  if (typeof value === "string") return Buffer.byteLength(value);
  if (typeof value !== "object" || value === null) return 0;
  let bytes = 0;
  for (const inner of Object.values(value)) bytes += textBytes(inner);
  return bytes;
}

function scrubSaid({ messages, answer }: Pick<CallContent, "messages" | "answer">, scrub: Scrub | undefined) {
  if (scrub === undefined) throw new TypeError("content that is to be scrubbed, and no scrubber");
  return { messages: messages.map((message) => scrubMessage(message, scrub)), answer: scrubJson(answer, scrub) };
}

/** A role is one of a few words that Weir chose; everything else may be anything. */
function scrubMessage({ role, ...rest }: Message, scrub: Scrub): unknown {
  return { role, ...Object(scrubJson(rest, scrub)) };
}

/** undefined for a line that is none. Lines of before `policy` were kept as they were. */
export function parseContentLine(line: string): ContentLine | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== "object" || value === null || !("requestId" in value) || typeof value.requestId !== "string") return undefined;
    const { requestId } = value;
    const policy = "policy" in value && typeof value.policy === "string" ? value.policy : "full";
    const endUser = "endUser" in value && typeof value.endUser === "string" ? value.endUser : undefined;
    const messages = "messages" in value ? value.messages : undefined;
    const answer = "answer" in value ? value.answer : undefined;
    return { requestId, policy, endUser, messages, answer };
  } catch {
    return undefined;
  }
}
