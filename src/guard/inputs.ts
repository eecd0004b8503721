import type { CallHead } from "../domain/chat.ts";
import type { EmbeddingInput } from "../domain/embedding.ts";
import type { Finding } from "../domain/finding.ts";
import { atLeast, stricter, type ContentField } from "../domain/guard-policy.ts";
import type { CheckedInputs } from "../domain/guard.ts";
import type { KnownPassage } from "../domain/rerank.ts";
import { Fault } from "../kernel/fault.ts";
import { hmacKey } from "../kernel/hash.ts";
import { closed } from "./closed.ts";
import type { GuardDeps, GuardOptions } from "./guard.ts";
import { createLooked } from "./look.ts";
import { MARK_BYTES_MAX, maskText } from "./mask/mask-text.ts";
import { createPseudonyms } from "./mask/pseudonyms.ts";
import { createPlaces, lookElsewhere } from "./places.ts";
import { looksForNothing, modeOf, policyOf } from "./policy.ts";

/** Texts that are read and not answered. `passages`: the first is a user's question, the others passages with what ingestion found in them. */
export type InputsCall = CallHead & {
  readonly wish: {
    readonly inputs: readonly EmbeddingInput[];
    readonly passages?: readonly KnownPassage[] | undefined;
  };
};

/**
 * The same rules for texts that become vectors, or are put in order. There is no answer to put originals back into, and vectors of different calls are compared, so a
 * value has one pseudonym in the whole tenant. Tokens of a model's vocabulary cannot be read here, and stay on own hardware where texts would be masked.
 */
export function createInputGuard(
  deps: Pick<GuardDeps, "find" | "second" | "pseudonymKey" | "refused">,
  { policy: base, routesLook }: GuardOptions,
): (call: InputsCall) => CheckedInputs | Promise<CheckedInputs> {
  const find = closed(deps.find);
  return (call) => {
    const { inputs, passages } = call.wish;
    const policy = policyOf(base, call.who.tenant.guard);
    const own = passages === undefined ? modeOf(policy, "inputs") : stricter(modeOf(policy, "user"), modeOf(policy, "documents"));
    const looked = createLooked(find, (field) => modeOf(policy, field));
    const places = createPlaces(looked);
    const looks = routesLook() || !looksForNothing(policy);
    // Tokens are no text: their place stays empty, so that places and inputs keep one order.
    if (looks) {
      for (const [at, input] of inputs.entries()) {
        const text = typeof input === "string" ? input : "";
        const known = at === 0 ? undefined : passages?.[at - 1];
        const field = passages === undefined ? "inputs" : fieldOf(at);
        if (known?.found === undefined) places.look(text, field, undefined);
        else places.know(text, field, [...find(text.slice(0, known.at)), ...moved(known.found, known.at)]);
      }
    }
    let unread = inputs.some((input) => typeof input !== "string") ? own : undefined;
    let masked: readonly EmbeddingInput[] | undefined;
    const mask = (): readonly EmbeddingInput[] => {
      places.spread(looked.values);
      const pseudonyms = createPseudonyms(hmacKey(deps.pseudonymKey, `${call.who.tenant.id}\ninputs`));
      return inputs.map((input, at) => (typeof input === "string" ? maskText(input, places.findings[at] ?? [], pseudonyms) : input));
    };
    const checked: CheckedInputs = {
      get standing() {
        return { personal: looked.personal, mode: looked.mode, unread, ...(looks ? {} : ({ looked: false } as const)) };
      },
      get bytesAdded() {
        return looked.personal ? places.spread(looked.values) * MARK_BYTES_MAX : 0;
      },
      leave(target, route) {
        const mode = stricter(looked.mode, looked.personal ? route : "off");
        if (target.trust === "private" || !looked.personal || !atLeast(mode, "mask")) return inputs;
        // Routing has dropped such a target already; it must not come this far whatever routing does.
        if (atLeast(mode, "private-only")) throw new Fault("guard_failed");
        return (masked ??= mask());
      },
      get guarded() {
        const { counts } = looked;
        return counts === undefined ? undefined : { found: counts, ...(masked === undefined ? {} : { masked: true as const }) };
      },
    };
    const hold = (): CheckedInputs => {
      if (looked.mode !== "block") return checked;
      deps.refused(call, "personal_data_blocked", []);
      throw new Fault("personal_data_blocked");
    };
    if (!looks || deps.second.length === 0) return hold();
    return lookElsewhere(deps.second, [places]).then((failed) => {
      if (failed) unread = own;
      return hold();
    });
  };
}

const moved = (found: readonly Finding[], by: number): readonly Finding[] =>
  found.map((each) => ({ ...each, start: each.start + by, end: each.end + by }));

const fieldOf = (at: number): ContentField => (at === 0 ? "user" : "documents");
