type Row = {
  readonly status: number;
  readonly blame: "caller" | "provider" | "server";
  /** never: the same call fails again. later: the same call may pass after `retryAfterMs`. elsewhere: another target may answer now. */
  readonly retry: "never" | "later" | "elsewhere";
  readonly message: string;
};

/** Every way this server says no. The key is permanent: clients match on it, docs are generated from it. */
export const FAULTS = {
  key_missing: { status: 401, blame: "caller", retry: "never", message: "No API key was sent. Send `Authorization: Bearer <key>`." },
  key_unknown: { status: 401, blame: "caller", retry: "never", message: "The API key is not known, was revoked, or has expired." },
  token_invalid: { status: 401, blame: "caller", retry: "never", message: "The token is not valid here." },
  session_ended: { status: 401, blame: "caller", retry: "never", message: "Nobody is signed in here any more. Sign in again." },
  forbidden: { status: 403, blame: "caller", retry: "never", message: "This key may not do that." },
  tenant_mismatch: {
    status: 403,
    blame: "caller",
    retry: "never",
    message: "The key does not belong to the tenant that the OpenAI-Tenant header names.",
  },
  not_found: { status: 404, blame: "caller", retry: "never", message: "There is nothing at this address." },
  method_not_allowed: { status: 405, blame: "caller", retry: "never", message: "This address does not answer to that method." },
  model_unknown: { status: 404, blame: "caller", retry: "never", message: "The model does not exist, or this key may not use it." },
  collection_unknown: { status: 404, blame: "caller", retry: "never", message: "The collection does not exist." },
  conflict: { status: 409, blame: "caller", retry: "never", message: "That exists already." },
  body_unreadable: { status: 400, blame: "caller", retry: "never", message: "The body is not valid JSON." },
  body_invalid: { status: 400, blame: "caller", retry: "never", message: "The body does not have the expected form." },
  body_too_large: { status: 413, blame: "caller", retry: "never", message: "The body is larger than this server accepts." },
  media_type_unknown: { status: 415, blame: "caller", retry: "never", message: "The content type is not one that this address reads." },
  context_too_long: { status: 400, blame: "caller", retry: "elsewhere", message: "The request is longer than the model's context." },
  rate_limited: { status: 429, blame: "caller", retry: "later", message: "The limit of requests or tokens per minute is reached." },
  budget_spent: { status: 429, blame: "caller", retry: "later", message: "The budget of this period is spent." },
  budget_reserved: { status: 429, blame: "caller", retry: "later", message: "Calls under way have reserved what is left of the budget." },
  busy: { status: 503, blame: "server", retry: "later", message: "The server is at its limit of calls under way." },
  draining: { status: 503, blame: "server", retry: "later", message: "The server is shutting down." },
  journal_unavailable: { status: 503, blame: "server", retry: "later", message: "The journal cannot be written, so no call is accepted." },
  store_unavailable: { status: 503, blame: "server", retry: "later", message: "The database does not answer." },
  issuer_unavailable: {
    status: 503,
    blame: "server",
    retry: "later",
    message: "The token's issuer does not answer, so it cannot be checked.",
  },
  retrieval_failed: { status: 503, blame: "server", retry: "later", message: "The documents could not be searched." },
  no_target: { status: 503, blame: "server", retry: "later", message: "No model is eligible for this call." },
  personal_data_blocked: {
    status: 400,
    blame: "caller",
    retry: "never",
    message: "The request holds personal data, which the policy of this tenant refuses.",
  },
  injection_blocked: {
    status: 400,
    blame: "caller",
    retry: "never",
    message: "The request was taken for an attempt to override the model's instructions.",
  },
  guard_failed: { status: 503, blame: "server", retry: "later", message: "The content could not be checked, so it was not sent." },
  canary_leaked: { status: 502, blame: "provider", retry: "never", message: "The answer gave away its instructions and was stopped." },
  output_blocked: { status: 502, blame: "provider", retry: "never", message: "The answer broke a content rule and was stopped." },
  key_suspended: { status: 403, blame: "caller", retry: "never", message: "This key is suspended because of how it was used." },
  client_gone: { status: 499, blame: "caller", retry: "never", message: "The client went away." },
  target_busy: { status: 429, blame: "provider", retry: "elsewhere", message: "The provider is limiting its rate." },
  target_down: { status: 502, blame: "provider", retry: "elsewhere", message: "The provider did not answer." },
  target_failed: { status: 502, blame: "provider", retry: "elsewhere", message: "The provider answered with an error." },
  target_timeout: { status: 504, blame: "provider", retry: "elsewhere", message: "The provider took too long." },
  target_broken: { status: 502, blame: "provider", retry: "elsewhere", message: "The provider's answer broke off or could not be read." },
  target_denied: { status: 502, blame: "provider", retry: "elsewhere", message: "The provider refused this server's credentials." },
  target_missing: { status: 502, blame: "provider", retry: "elsewhere", message: "The provider does not have the configured model." },
  answer_invalid: {
    status: 502,
    blame: "provider",
    retry: "elsewhere",
    message: "The model's answer does not have the form that was asked for, and neither had a second one.",
  },
  target_refused: { status: 400, blame: "caller", retry: "never", message: "The provider refused the request." },
  object_damaged: {
    status: 500,
    blame: "server",
    retry: "never",
    message: "A stored file does not open: it was changed since it was stored.",
  },
  bug: { status: 500, blame: "server", retry: "never", message: "The server failed." },
} as const satisfies Record<string, Row>;

export type FaultCode = keyof typeof FAULTS;

/** What an error may tell its caller. Ids, counts, names of fields: never content, keys or an upstream's text. */
export type FaultDetail = {
  /** One plain sentence that replaces the table's message. */
  readonly say?: string;
  /** The field at fault, as a path: `messages[2].role`. */
  readonly param?: string;
  readonly retryAfterMs?: number;
  /** The upstream has been paid for something: clients must not repeat by themselves. */
  readonly spent?: boolean;
  /** `x-ratelimit-*`, where a rate was the reason. */
  readonly rateHeaders?: Readonly<Record<string, string>>;
  /** The status that the provider answered with. */
  readonly upstreamStatus?: number;
};

export class Fault extends Error {
  override readonly name = "Fault";
  readonly code: FaultCode;
  readonly detail: FaultDetail;

  constructor(code: FaultCode, detail: FaultDetail = {}, options?: ErrorOptions) {
    super(detail.say ?? FAULTS[code].message, options);
    this.code = code;
    this.detail = detail;
  }

  get status(): number {
    return FAULTS[this.code].status;
  }

  get retry(): Row["retry"] {
    return FAULTS[this.code].retry;
  }

  get blame(): Row["blame"] {
    return FAULTS[this.code].blame;
  }

  /** The same fault, with more said about it. */
  with(detail: FaultDetail): Fault {
    return new Fault(this.code, { ...this.detail, ...detail }, { cause: this.cause });
  }

  /** Whoever aborts says why with a Fault; a plain abort is the caller's leaving. */
  static ofAbort(signal: AbortSignal): Fault {
    return signal.reason instanceof Fault ? signal.reason : new Fault("client_gone");
  }

  static from(error: unknown): Fault {
    return error instanceof Fault ? error : new Fault("bug", {}, { cause: error });
  }
}
