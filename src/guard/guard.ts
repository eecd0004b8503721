import type { Call, CallHead, ChatCall } from "../domain/chat.ts";
import type { GuardPolicy } from "../domain/guard-policy.ts";
import type { Checked, Found } from "../domain/guard.ts";
import type { Trial } from "../domain/rollout.ts";
import { Fault, type FaultCode } from "../kernel/fault.ts";
import { createAnswerRules } from "./answer-rules.ts";
import { canaryInstruction, makeCanary } from "./output/canary.ts";
import { conversationOf } from "./conversation.ts";
import { createCallLook } from "./call-look.ts";
import { closed } from "./closed.ts";
import { createInjectionWatch, type InjectionWatch, type ScoreInjection } from "./injection.ts";
import { HIERARCHY } from "./hierarchy.ts";
import type { Opinion } from "./opinion.ts";
import { createLeave } from "./leave.ts";
import type { Find, Known } from "./look.ts";
import type { PseudonymBook } from "./mask/pseudonym-book.ts";
import { namesIn } from "./mask/unmask-text.ts";
import { hmacHex } from "../kernel/hash.ts";
import { MARK_BYTES_MAX } from "./mask/mask-text.ts";
import type { ScoreToxicity } from "./toxicity/score-toxicity.ts";
import { once, onceInCall } from "./once.ts";
import { looksForNothing, policyOf, strictestOf } from "./policy.ts";
import type { SecondDetector } from "./second-detector.ts";
import { toGuarded } from "./guarded.ts";

export type GuardDeps = {
  readonly find: Find;
  readonly scoreInjection: ScoreInjection;
  readonly scoreToxicity: ScoreToxicity;
  /** Asked for every call beside `find`. */
  readonly second: readonly SecondDetector[];
  /** 32 bytes, under which pseudonyms are made. */
  readonly pseudonymKey: Uint8Array;
  /** The same for canaries. */
  readonly canaryKey: Uint8Array;
  /** Asked about what users say, beside `scoreInjection`. */
  readonly opinions: readonly Opinion[];
  /** Where pseudonyms that outlive their call are. */
  readonly book: Pick<PseudonymBook, "remember" | "recall">;
  /** A rule refused the call; `saw` are the classifier's words, never the text. */
  refused(call: CallHead, code: FaultCode, saw: readonly string[]): void;
};
export type GuardOptions = {
  readonly policy: GuardPolicy;
  /** A route that may take the call asks whether personal data was found, so it is looked for even where no mode asks. */
  routesLook(trial?: Trial): boolean;
};

/**
 * The rules on what goes in. Looks at a call once; what was found decides where it may go, and how it leaves. Whatever a detector throws, the call
 * is refused: nothing that was not looked at is sent. A call that is made `about` another one may quote any of its fields, so the strictest mode
 * of a field holds for all of it, and what is somebody's there is so here.
 */
export function createGuard(
  deps: GuardDeps,
  { policy: base, routesLook }: GuardOptions,
): (call: Call, about?: Found) => Checked | Promise<Checked> {
  const find = closed(deps.find);
  const secret = hmacHex(deps.pseudonymKey, "texts that were looked at");
  const safe: Detecting = { ...deps, find, findIn: once(find, secret), scoreInjection: once(closed(deps.scoreInjection), secret) };
  return (call, about) => {
    const own = policyOf(base, call.who.tenant.guard);
    const policy = about === undefined ? own : { ...own, pii: strictestOf(own), fields: {} };
    const known = about && { values: about.values, personal: about.standing.personal, mode: policy.pii };
    return checkCall(safe, { call, policy, looks: routesLook(call.trial) || !looksForNothing(policy), known });
  };
}

/** `findIn` is for what comes in, which comes again with the next turn; `find` for pieces of answers, which do not. */
const NOT_LOOKED = { looked: false } as const;
type Detecting = GuardDeps & { readonly findIn: Find };

type Checking = {
  readonly call: Call;
  readonly policy: GuardPolicy;
  /** Personal data is looked for. */
  readonly looks: boolean;
  readonly known: Known | undefined;
};

/** One call under its rules. */
function checkCall(deps: Detecting, { call, policy, looks, known }: Checking): Checked | Promise<Checked> {
  const watch = createInjectionWatch(deps.scoreInjection, policy.injection);
  const refuse = (fault: Fault, saw: readonly string[]): Fault => {
    deps.refused(call, fault.code, saw);
    return fault;
  };
  const look = createCallLook(
    { ...deps, findIn: onceInCall(deps.findIn) },
    { call, chat: checkChat(watch, call, refuse), policy, looks, known },
  );
  const { looked, inChat } = look;
  const conversation = lazily(() => hmacHex(deps.pseudonymKey, conversationOf(call)));
  const canary = policy.canary ? makeCanary(deps.canaryKey, conversation()) : undefined;
  const stopped = (fault: Fault): void => void refuse(fault, []);
  const rules = createAnswerRules({ ...deps, policy, canary, stopped, known: look.holds });
  const keeps = looks && policy.pseudonyms === "kept";
  const remember = keeps ? deps.book.remember : undefined;
  const leave = createLeave({ ...look, call, policy, pseudonymKey: deps.pseudonymKey, conversation, rules, remember });

  /** Nothing that the policy refuses goes on. */
  const hold = <Result>(result: Result): Result => {
    if (looked.mode === "block") throw refuse(new Fault("personal_data_blocked"), []);
    return result;
  };
  const named = keeps ? inChat.texts.flatMap(namesIn) : [];
  const recall = async (): Promise<void> => {
    if (named.length > 0) leave.learn(await deps.book.recall(call.who.tenant.id, conversation(), named));
  };
  const checked: Checked = {
    chat: look.shown,
    closing: closingOf(look.isGuarded, canary),
    get standing() {
      return { personal: looked.personal, mode: looked.mode, unread: look.unread, ...(looks ? {} : NOT_LOOKED) };
    },
    values: looked.values,
    get bytesAdded() {
      return look.marks() * MARK_BYTES_MAX + (watch.withheld + look.fenced) * NOTICE_BYTES;
    },
    sift(passages) {
      const kept = watch.sift(passages);
      const asked = look.take(kept);
      return asked === undefined ? hold(kept) : asked.then(() => hold(kept));
    },
    leave: leave.leave,
    outgoing: leave.outgoing,
    get guarded() {
      return toGuarded(looked, watch, leave);
    },
  };
  const asked = look.askSecond();
  const opinions = policy.injection === "off" ? [] : deps.opinions;
  const listen = async (): Promise<void> => {
    if (opinions.length === 0) return;
    const refused = await watch.listen(opinions, call.chat);
    if (refused !== undefined) throw refuse(refused, watch.highest.saw);
  };
  if (asked === undefined && named.length === 0 && opinions.length === 0) return hold(checked);
  return Promise.all([asked, recall(), listen()]).then(() => hold(checked));
}

/** The canary comes last: anything behind it would end what a provider can reuse of the prompt. */
function closingOf(isGuarded: boolean, canary: string | undefined): string | undefined {
  const said = [...(isGuarded ? [HIERARCHY] : []), ...(canary === undefined ? [] : [canaryInstruction(canary)])];
  return said.length === 0 ? undefined : said.join("\n");
}

/** What stands in the place of a withheld result, or around a fenced one, at most. */
const NOTICE_BYTES = 160;

function checkChat(watch: InjectionWatch, call: Call, refuse: (fault: Fault, saw: readonly string[]) => Fault): ChatCall {
  try {
    return watch.checkChat(call.chat);
  } catch (error) {
    throw error instanceof Fault ? refuse(error, watch.highest.saw) : error;
  }
}

function lazily<Made>(make: () => Made): () => Made {
  let made: { readonly value: Made } | undefined;
  return () => (made ??= { value: make() }).value;
}
