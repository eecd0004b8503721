import type { LlamaContext, LlamaContextSequence, LlamaModel } from "node-llama-cpp";

/** Prompt tokens of one step. A cancelled call ends between two steps, so a step must stay short. */
export const STEP_TOKENS = 128;

type Slot = {
  adapter: string | undefined;
  owner: string;
  context: LlamaContext;
  sequence: LlamaContextSequence;
  usedAt: number;
};

export type Held = { readonly sequence: LlamaContextSequence; release(): void };
export type Contexts = {
  /** A context of its own until released. The server never asks for more than there are. */
  take(adapter: string | undefined, owner: string): Promise<Held>;
};

type Options = {
  readonly adapters: Readonly<Record<string, string>>;
  readonly contexts: number;
  readonly contextTokens: number;
  readonly threads: number;
};

/**
 * A bounded pool. An adapter is a property of a context, so a call goes to a free context that has its adapter, best one that still holds
 * an earlier prompt of the same owner; else the one longest unused is made anew. What a context holds of another owner is dropped
 * first: the time to read a prompt would tell whether somebody else had sent the same beginning.
 */
export function createContexts(model: LlamaModel, options: Options): Contexts {
  const free: Slot[] = [];
  let made = 0;
  let uses = 0;

  const make = async (adapter: string | undefined, owner: string): Promise<Slot> => {
    const file = adapter === undefined ? undefined : options.adapters[adapter];
    const context = await model.createContext({
      sequences: 1,
      contextSize: options.contextTokens,
      batchSize: Math.min(STEP_TOKENS, options.contextTokens),
      threads: options.threads,
      ...(file === undefined ? {} : { lora: { adapters: [{ filePath: file }] } }),
    });
    return { adapter, owner, context, sequence: context.getSequence(), usedAt: 0 };
  };

  const pick = (adapter: string | undefined, owner: string): Slot | undefined => {
    const fitting = free.filter((slot) => slot.adapter === adapter);
    return fitting.find((slot) => slot.owner === owner) ?? fitting[0];
  };

  const drop = async (slot: Slot): Promise<void> => {
    free.splice(free.indexOf(slot), 1);
    made--;
    await slot.context.dispose();
  };

  const takeSlot = async (adapter: string | undefined, owner: string): Promise<Slot> => {
    const found = pick(adapter, owner);
    if (found !== undefined) {
      free.splice(free.indexOf(found), 1);
      if (found.owner !== owner) await found.sequence.clearHistory();
      found.owner = owner;
      return found;
    }
    const oldest = free.toSorted((a, b) => a.usedAt - b.usedAt)[0];
    if (made >= options.contexts && oldest !== undefined) await drop(oldest);
    made++;
    try {
      return await make(adapter, owner);
    } catch (error) {
      made--;
      throw error;
    }
  };

  return {
    async take(adapter, owner) {
      const slot = await takeSlot(adapter, owner);
      return {
        sequence: slot.sequence,
        release() {
          slot.usedAt = ++uses;
          free.push(slot);
        },
      };
    },
  };
}
