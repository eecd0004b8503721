import { randomBytes } from "node:crypto";

/** W3C Trace Context, level 1: https://www.w3.org/TR/trace-context/ */
export type TraceContext = {
  /** 32 hex digits, not all zero. */
  readonly traceId: string;
  /** 16 hex digits: the span that asks. */
  readonly spanId: string;
  readonly sampled: boolean;
};

const HEADER = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const SAMPLED = 1;

/** undefined: there is none, or it is not one. Later versions are read as far as they are known; version 00 ends after its flags. */
export function parseTraceparent(header: string | undefined): TraceContext | undefined {
  const [, traceId = "", spanId = "", flags = "", rest] = HEADER.exec(header?.trim() ?? "") ?? [];
  const isNone = traceId === "" || /^0+$/.test(traceId) || /^0+$/.test(spanId);
  if (isNone || (rest !== undefined && header?.trim().startsWith("00") === true)) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & SAMPLED) === SAMPLED };
}

export const toTraceparent = ({ traceId, spanId, sampled }: TraceContext): string => `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`;

export type MakeId = (bytes: 8 | 16) => string;

export const randomId: MakeId = (bytes) => {
  for (;;) {
    const id = randomBytes(bytes).toString("hex");
    if (!/^0+$/.test(id)) return id;
  }
};

/** By the id's last 56 bits, so that every service with the same ratio takes the same traces. */
export function isInRatio(traceId: string, ratio: number): boolean {
  return Number.parseInt(traceId.slice(18), 16) < ratio * 2 ** 56;
}
