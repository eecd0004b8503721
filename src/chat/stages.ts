import type { Call, ChatCall, Form, Part, Passage, Retrieved } from "../domain/chat.ts";
import type { CallEvent, Reservation } from "../domain/event.ts";
import type { Standing } from "../domain/guard-policy.ts";
import type { Checked, Found } from "../domain/guard.ts";
import type { Trial } from "../domain/rollout.ts";
import type { CitationWatch } from "../domain/grounding.ts";
import type { Shorten } from "../domain/shorten.ts";
import type { Plan, Target } from "../domain/target.ts";
import type { Course } from "../domain/course.ts";
import type { FaultCode } from "../kernel/fault.ts";
import type { Trying } from "./trying.ts";

export type { Admitted } from "./admitted.ts";

/** One attempt. */
export type Asked = {
  readonly call: Call;
  readonly chat: ChatCall;
  readonly target: Target;
  readonly passages: readonly Passage[];
  /** Set by whoever traces the call. */
  readonly traceparent?: string | undefined;
};

/** What `answer` needs, and nothing more. Each stage folder satisfies a line or two of this; none knows the others. */
export type Stages = {
  /** What may go in, and where to. Throws where the content is refused, or could not be looked at. */
  check(call: Call): Checked | Promise<Checked>;
  retrieve(call: Call, signal: AbortSignal, checked: Pick<Checked, "standing">): Promise<Retrieved>;
  /** The messages as they go upstream: the tenant's system prompt, passages fenced as data, then the caller's. */
  ground(
    chat: ChatCall,
    systemPrompt: string | undefined,
    passages: readonly Passage[] | undefined,
    closing: string | undefined,
  ): { readonly chat: ChatCall; readonly inputBytes: number };
  /** Of passages, what a model is to read: all of it, or the sentences about the question. Sources and checks go by the passages themselves. */
  readonly shown?:
    | ((chat: ChatCall, retrieved: Omit<Retrieved, "passages">, passages: readonly Passage[]) => readonly Passage[])
    | undefined;
  plan(wanted: {
    readonly chat: ChatCall;
    readonly who: Call["who"];
    readonly inputBytes: number;
    readonly passages: number;
    readonly budgeted: boolean;
    readonly content: Standing;
    /** Types of the personal data in it. */
    readonly findingTypes: () => readonly string[];
    readonly feature: string | undefined;
    readonly budgetLeft: number | undefined;
    /** As the caller sent it, without documents and the tenant's instruction. */
    readonly said: ChatCall;
    /** The rollout that it takes part in. */
    readonly trial?: Trial | undefined;
    readonly shorten?: Shorten | undefined;
    /** Narrower than any rule: where its passages may go. */
    readonly trust?: "private" | undefined;
  }): Plan;
  /** A model that is asked beside the plan's, under what its rule narrows; undefined: this content may not go there. */
  beside(model: string, wanted: Parameters<Stages["plan"]>[0], plan: Plan): Target | undefined;
  /** `check` for content that is asked about beside a call: nobody is told, and personal data is looked for in any case. `about`: that call. */
  checkBeside(call: Call, about: Found): Checked | Promise<Checked>;
  /** Which attempts are made, one after the other. `isBeside`: for a judge or a copy, whose failures are no caller's. */
  course(plan: Plan, call: Pick<Call, "startedAtMs" | "timeoutMs"> & { readonly stream: boolean; readonly isBeside?: boolean }): Course;
  /** Told of a call whose answer has ended and whose plan has a shadow. Returns at once. */
  readonly copy?: ((of: Trying, form: Form | undefined) => void) | undefined;
  /** Output tokens to ask this target for. */
  fitOutput(chat: ChatCall, inputBytes: number, target: Target): number | undefined;
  /** Parts in the lists that they came in, `finish` last of all. */
  ask(asked: Asked, signal: AbortSignal): AsyncIterable<readonly Part[]>;
  /** Who reads the marks of an answer from documents, as its caller gets it. */
  readonly cite?: ((call: Call, retrieved: Retrieved, target: Target) => CitationWatch) | undefined;
  /** Written before the first upstream call. */
  open(reservation: Reservation): Promise<void>;
  /** Written before the last byte of the answer. */
  close(event: CallEvent): Promise<{ readonly hash: string }>;
  refuse(call: Call, code: FaultCode): void;
  /** Whether the tenant's policy lets this call's content be kept. */
  keepsContent(call: Call): boolean;
  /** After the record; what becomes of it changes nothing for the caller. */
  keepContent(call: Call, answer: string, cut: boolean, endUserDigest: string | undefined): void;
  countTokens(text: string): number;
  /** Digest of an instruction text; never reversible to it. */
  digest(text: string): string;
  /** The caller's end user under its tenant's salt; undefined where that cannot be had. */
  endUserDigest(call: Call, endUser: string): Promise<string | undefined>;
  readonly configHash: string;
  nowMs(): number;
  monotonicMs(): number;
};
