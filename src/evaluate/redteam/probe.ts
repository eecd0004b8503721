import type { Reply } from "./reply.ts";

/** What is tried against a server, by suite. `prompts` are prompt files that changed; `corpora` are published collections, given by folder. */
export const SUITES = ["direct", "indirect", "leakage", "cross-tenant", "pii", "abuse", "corpora", "prompts"] as const;
export type SuiteName = (typeof SUITES)[number];

export const SEVERITIES = ["critical", "high", "medium", "low"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** `inconclusive`: nothing can be said, such as when the model did not answer, or nobody can tell whether it complied. */
export type Outcome = "passed" | "failed" | "inconclusive";

export type Verdict = {
  readonly outcome: Outcome;
  /** The server itself refused or cut it, whatever the model would have done. */
  readonly blocked: boolean;
  /** One sentence, without content. */
  readonly why: string;
};

export type AskBody =
  | { readonly kind: "json"; readonly value: unknown }
  | { readonly kind: "raw"; readonly bytes: string | Uint8Array<ArrayBuffer>; readonly contentType: string }
  | { readonly kind: "file"; readonly filename: string; readonly text: string };

/** One request as an ordinary client sends it. */
export type Ask = {
  readonly method: string;
  /** From the target's root: `/v1/chat/completions`. */
  readonly path: string;
  /** Undefined: the attacker's own. */
  readonly key?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: AskBody;
};

export type Probe = {
  /** The same in every run, so that two reports compare. */
  readonly id: string;
  readonly suite: SuiteName;
  readonly family: string;
  readonly severity: Severity;
  /** An attack should fail; a control is an ordinary request, which should be answered. */
  readonly kind: "attack" | "control";
  readonly ask: Ask;
  /** A second request, to which the first answer is compared. */
  readonly twin?: Ask;
  /** Judged when the whole suite has been asked. */
  readonly late?: true;
  /** What the attacker wants, for a model that judges. Undefined: no model can help. */
  readonly goal?: string;
  /** Answers may hold what belongs to others, and are never kept. */
  readonly secret?: true;
  /** What takes away again what the request made, where it made something. */
  undo?(reply: Reply): { readonly name: string; readonly ask: Ask } | undefined;
  judge(reply: Reply, twin: Reply | undefined): Verdict | Promise<Verdict>;
};

export const passed = (why: string): Verdict => ({ outcome: "passed", blocked: false, why });
export const blocked = (why: string): Verdict => ({ outcome: "passed", blocked: true, why });
export const failed = (why: string): Verdict => ({ outcome: "failed", blocked: false, why });
export const inconclusive = (why: string): Verdict => ({ outcome: "inconclusive", blocked: false, why });

/** One probe after it was asked. */
export type Finding = Verdict & {
  readonly id: string;
  readonly suite: SuiteName;
  readonly family: string;
  readonly severity: Severity;
  readonly kind: Probe["kind"];
  /** 0: there was no answer. */
  readonly status: number;
  readonly code?: string | undefined;
  readonly latencyMs: number;
  readonly tries: number;
  /** The first characters of what was asked and answered, where the probe failed. */
  readonly asked?: string;
  readonly answered?: string;
};
