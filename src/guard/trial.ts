import type { Call, Passage } from "../domain/chat.ts";
import type { Finding } from "../domain/finding.ts";
import { QUASI_TYPES } from "../domain/finding.ts";
import { atLeast, type ContentField, type GuardPolicy, type PiiMode } from "../domain/guard-policy.ts";
import type { Checked } from "../domain/guard.ts";
import type { TenantPrincipal } from "../domain/principal.ts";
import { Fault, type FaultCode } from "../kernel/fault.ts";
import { toRules } from "./answer-rules.ts";
import { closed } from "./closed.ts";
import { createGuard, type GuardDeps } from "./guard.ts";
import { BLOCK_ABOVE, type InjectionScore, WITHHOLD_ABOVE } from "./injection.ts";
import { createLooked } from "./look.ts";
import { spread } from "./mask/spread.ts";
import { createOutputGuard } from "./output/output-guard.ts";
import type { OutputEvent } from "./output/output-rule.ts";
import { modeOf, policyOf } from "./policy.ts";

/** A place in the text; `counts`: it is somebody's, alone or beside something that names a person. */
export type TrialFinding = Finding & { readonly counts: boolean };

/** What would become of the text for a kind of target, or of an answer for the caller. */
export type TrialOutcome = {
  readonly for: "private" | "external" | "caller";
  readonly outcome: "allow" | "mask" | "withhold" | "private-only" | "refuse" | "change" | "stop";
  readonly code: FaultCode | undefined;
  /** What would arrive there; undefined: nothing. */
  readonly text: string | undefined;
};

export type TriedText = {
  /** Of the place where the text stands; undefined of an answer, which has modes of its own. */
  readonly mode: PiiMode | undefined;
  /** Ascending, without overlaps. */
  readonly findings: readonly TrialFinding[];
  /** undefined: nobody looks for attacks there. */
  readonly injection: (InjectionScore & { readonly limit: number }) | undefined;
  /** Of an answer: what its rules saw, in the order in which they saw it. */
  readonly rules: readonly Pick<OutputEvent, "rule" | "action" | "what">[];
  readonly outcomes: readonly TrialOutcome[];
};

/** Where in a call a text is tried. `document`: as a passage of the tenant's documents. */
export type TrialPlace = "user" | "document";

/** The tenant's rules over one text, which is sent nowhere and kept nowhere. */
export type TextTrial = {
  /** As it would go in. */
  incoming(who: TenantPrincipal, text: string, place: TrialPlace): Promise<TriedText>;
  /** As a model's answer to a call that held nothing of it. */
  outgoing(who: TenantPrincipal, text: string): TriedText;
};

export type TrialDeps = Pick<GuardDeps, "find" | "scoreInjection" | "scoreToxicity" | "pseudonymKey" | "canaryKey"> & {
  /** A chat in which the user says this. */
  callOf(who: TenantPrincipal, text: string): Call;
  /** The same text as a passage. */
  passageOf(text: string): Passage;
};

const PRIVATE = { trust: "private" } as const;
const EXTERNAL = { trust: "external" } as const;

/**
 * The very rules that calls pass, without what reaches out of the process: other detectors and opinions are not asked, nothing is told, no pseudonym
 * is kept. What is the tenant's own prompt is left out, so that only the text counts.
 */
export function createTrial(deps: TrialDeps, base: GuardPolicy): TextTrial {
  const { callOf, passageOf, ...detectors } = deps;
  const alone: GuardDeps = {
    ...detectors,
    second: [],
    opinions: [],
    refused: () => undefined,
    book: { remember: () => undefined, recall: () => Promise.resolve(new Map()) },
  };
  const check = createGuard(alone, { policy: base, routesLook: () => true });
  const find = closed(deps.find);
  const scoreInjection = closed(deps.scoreInjection);

  const findIn = (text: string, policy: GuardPolicy, field: ContentField): readonly TrialFinding[] => {
    const looked = createLooked(find, (each) => modeOf(policy, each));
    const found = spread(text, looked.look(text, field, undefined), looked.values);
    return found.map((finding) => ({ ...finding, counts: looked.personal || !QUASI_TYPES.has(finding.type) }));
  };

  return {
    async incoming(who, text, place) {
      const policy = policyOf(base, who.tenant.guard);
      const field = place === "user" ? "user" : "documents";
      const limit = place === "user" ? BLOCK_ABOVE : WITHHOLD_ABOVE;
      const passage = place === "user" ? undefined : passageOf(text);
      const call = callOf(withoutPrompt(who), passage === undefined ? text : "");
      return {
        mode: modeOf(policy, field),
        findings: findIn(text, policy, field),
        injection: policy.injection === "off" ? undefined : { ...scoreInjection(text), limit },
        rules: [],
        outcomes: await outcomesOf(() => check(call), passage),
      };
    },
    outgoing(who, text) {
      const policy = policyOf(base, who.tenant.guard);
      const rules = toRules({ ...alone, find, policy, canary: undefined, known: () => false, stopped: () => undefined });
      const { events, outcome } = judgeAnswer(rules, text);
      return {
        mode: undefined,
        findings: policy.outputPii === "off" ? [] : findIn(text, policy, "assistant"),
        injection: undefined,
        rules: events.map(({ rule, action, what }) => ({ rule, action, what })),
        outcomes: [outcome],
      };
    },
  };
}

const withoutPrompt = (who: TenantPrincipal): TenantPrincipal => ({ ...who, tenant: { ...who.tenant, systemPrompt: undefined } });

async function outcomesOf(check: () => Checked | Promise<Checked>, passage: Passage | undefined): Promise<readonly TrialOutcome[]> {
  try {
    const checked = await check();
    const passages = passage === undefined ? [] : await checked.sift([passage]);
    if (passage !== undefined && passages.length === 0) {
      const withheld = { outcome: "withhold", code: undefined, text: undefined } as const;
      return [
        { for: "private", ...withheld },
        { for: "external", ...withheld },
      ];
    }
    const near = readLeaving(checked.leave(PRIVATE, "off", passages), passage);
    const { personal, mode } = checked.standing;
    if (personal && atLeast(mode, "private-only"))
      return [
        { for: "private", outcome: "allow", code: undefined, text: near },
        { for: "external", outcome: "private-only", code: undefined, text: undefined },
      ];
    const far = readLeaving(checked.leave(EXTERNAL, "off", passages), passage);
    const masked = checked.guarded?.masked === true;
    return [
      { for: "private", outcome: "allow", code: undefined, text: near },
      { for: "external", outcome: masked ? "mask" : "allow", code: undefined, text: far },
    ];
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const refused = { outcome: "refuse", code: error.code, text: undefined } as const;
    return [
      { for: "private", ...refused },
      { for: "external", ...refused },
    ];
  }
}

/** The text as it leaves: the passage's, or what the user says. */
function readLeaving({ chat, passages }: ReturnType<Checked["leave"]>, passage: Passage | undefined): string {
  if (passage !== undefined) return passages[0]?.text ?? "";
  const content = chat.messages[0]?.content;
  if (typeof content !== "string") throw new TypeError("the text is not where it was put");
  return content;
}

function judgeAnswer(
  rules: ReturnType<typeof toRules>,
  text: string,
): { readonly events: readonly OutputEvent[]; readonly outcome: TrialOutcome } {
  const guard = createOutputGuard(rules);
  let shown = "";
  try {
    for (const part of [...guard.push([{ type: "text-delta", choice: 0, text }]), ...guard.end()])
      if (part.type === "text-delta") shown += part.text;
    return { events: guard.events, outcome: { for: "caller", outcome: shown === text ? "allow" : "change", code: undefined, text: shown } };
  } catch (error) {
    if (!(error instanceof Fault) || error.code === "guard_failed") throw error;
    return { events: guard.events, outcome: { for: "caller", outcome: "stop", code: error.code, text: undefined } };
  }
}
