import type { ErrorBody } from "../contract/chat-completions.ts";
import { HOW_TO_REPORT, isReportable } from "../domain/guard-report.ts";
import type { Fault, FaultCode } from "../kernel/fault.ts";

/** The words that OpenAI's clients match on, where OpenAI has one for the case. */
const OPENAI_CODE: Partial<Record<FaultCode, string>> = {
  key_missing: "invalid_api_key",
  key_unknown: "invalid_api_key",
  token_invalid: "invalid_api_key",
  model_unknown: "model_not_found",
  context_too_long: "context_length_exceeded",
  rate_limited: "rate_limit_exceeded",
  budget_spent: "insufficient_quota",
  budget_reserved: "insufficient_quota",
};

function typeOf(fault: Fault): string {
  if (fault.code === "budget_spent" || fault.code === "budget_reserved") return "insufficient_quota";
  switch (fault.status) {
    case 401:
      return "authentication_error";
    case 403:
      return "permission_error";
    case 404:
      return "not_found_error";
    case 429:
      return "rate_limit_error";
    default:
      return fault.status < 500 ? "invalid_request_error" : fault.blame === "provider" ? "upstream_error" : "server_error";
  }
}

/**
 * OpenAI's error envelope. A fault's cause and an upstream's own text never enter it, and no id: what belongs to another tenant gets
 * the same bytes as what never existed.
 */
export function toErrorBody(fault: Fault): ErrorBody {
  return {
    error: {
      message: isReportable(fault.code) ? `${fault.message} ${HOW_TO_REPORT}` : fault.message,
      type: typeOf(fault),
      param: fault.detail.param ?? null,
      code: OPENAI_CODE[fault.code] ?? fault.code,
    },
  };
}

export function faultHeaders(fault: Fault): Record<string, string> {
  const headers: Record<string, string> = { ...fault.detail.rateHeaders };
  const { retryAfterMs, spent } = fault.detail;
  if (retryAfterMs !== undefined) headers["retry-after"] = String(Math.max(1, Math.ceil(retryAfterMs / 1000)));
  // Both SDKs repeat 408, 409, 429 and 5xx twice by themselves: not where that costs again, and not where it cannot help.
  if (spent === true || fault.retry === "never" || fault.code === "budget_spent") headers["x-should-retry"] = "false";
  return headers;
}

/** Where Cohere's protocol is spoken, its clients look for a message beside the envelope. */
const bodyAt = (fault: Fault, path: string | undefined): ErrorBody & { readonly message?: string } => {
  const body = toErrorBody(fault);
  return path?.startsWith("/v2/") === true ? { message: body.error.message, ...body } : body;
};

export function toFaultResponse(fault: Fault, requestId: string, extra?: Readonly<Record<string, string>>, path?: string): Response {
  return Response.json(bodyAt(fault, path), {
    status: fault.status,
    headers: {
      "x-content-type-options": "nosniff",
      ...extra,
      ...faultHeaders(fault),
      "x-weir-request-id": requestId,
      "x-request-id": requestId,
    },
  });
}
