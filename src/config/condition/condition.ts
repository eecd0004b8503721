import type { Signals } from "../../domain/signals.ts";
import { createEnvironment, Facts, withSignals } from "./environment.ts";
import { isGroup, toTrouble, wholeGroup } from "./fault.ts";
import { walkCondition, type Trouble } from "./walk.ts";

/** Whether it holds for a call. Throws where that cannot be told: a signal failed, or something was divided by nothing. */
export type Condition = (signals: Signals) => boolean;

export type ReadCondition =
  | {
      readonly ok: true;
      readonly holds: Condition;
      /** Names of the signals that it may ask for. */
      readonly asks: ReadonlySet<string>;
      /** Models that it names, with the offset of each. */
      readonly models: readonly { readonly name: string; readonly at: number }[];
    }
  | ({ readonly ok: false } & Trouble);

let environment: ReturnType<typeof createEnvironment> | undefined;

/**
 * Reads a condition in CEL and checks it against the signals: unknown names, types that do not go together, and what is not true or false.
 * A condition that was read is evaluated as often as there are calls, without being read again.
 */
export function readCondition(text: string): ReadCondition {
  environment ??= createEnvironment();
  let parsed: ReturnType<typeof environment.parse>;
  try {
    parsed = environment.parse(text);
  } catch (error) {
    return { ok: false, ...toTrouble(asFault(error)) };
  }
  const walked = walkCondition(parsed.ast);
  const group = [...walked.asks].find((name) => isGroup(name) && ![...walked.asks].some((other) => other.startsWith(`${name}.`)));
  if (group !== undefined) return { ok: false, at: 0, message: wholeGroup(group) };
  const checked = parsed.check();
  if (!checked.valid) return { ok: false, ...toTrouble(asFault(checked.error)) };
  if (walked.trouble !== undefined) return { ok: false, ...walked.trouble };
  if (checked.type !== "bool")
    return { ok: false, at: 0, message: `gives ${checked.type ?? "nothing"}, and a condition is true or false.` };
  const asks = new Set([...walked.asks].filter((name) => !isGroup(name)));
  return { ok: true, asks, models: walked.models, holds: (signals) => holds(parsed, signals) };
}

function holds(parsed: (facts: Facts) => unknown, signals: Signals): boolean {
  const value = withSignals(signals, () => parsed(new Facts(signals)));
  if (typeof value !== "boolean") throw new TypeError("a condition is true or false");
  return value;
}

type CelFault = Parameters<typeof toTrouble>[0];

function asFault(error: unknown): CelFault {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- told by its fields
  if (error instanceof Error && "summary" in error && "code" in error) return error as CelFault;
  throw error;
}
