import type { ChatCall, Passage } from "../domain/chat.ts";
import type { Checked } from "../domain/guard.ts";
import type { Shorten, Shortened } from "../domain/shorten.ts";
import { findRemovable, type Removable } from "./exchanges.ts";
import { messageBytes } from "./message-bytes.ts";
import type { Stages } from "./stages.ts";

/** A prompt before it was put together. */
export type Whole = {
  readonly checked: Pick<Checked, "chat" | "closing" | "bytesAdded">;
  readonly systemPrompt: string | undefined;
  /** undefined: no documents were asked for. */
  readonly passages: readonly Passage[] | undefined;
  /** Of all of it, with what masking can add. */
  readonly inputBytes: number;
};

/** So much of it is left out: the first of the messages that may go, and all passages but the best. */
type State = { readonly removed: number; readonly removedBytes: number; readonly passages: number; readonly inputBytes: number };

/**
 * Leaves out, in this order and no more than is needed: the oldest exchanges, then the passages ranked last but never the best one, then the
 * oldest calls of tools after the last question. Exchanges go first because an answer from documents must rest on them, and because a
 * long conversation would take all passages and then its exchanges all the same.
 */
export function createShorten(ground: Stages["ground"], whole: Whole): Shorten {
  const { checked, systemPrompt, passages } = whole;
  return ({ bytesMax, bytesAimed }) => {
    const { exchanges, rounds } = findRemovable(checked.chat.messages);
    const order = [...exchanges, ...rounds].flat();
    const { bytesAdded } = checked;
    const build = ({ removed, removedBytes, passages: kept }: State): Shortened => {
      const without = new Set(order.slice(0, removed));
      const chat = withoutMessages(checked.chat, without, removedBytes);
      const grounded = ground(chat, systemPrompt, passages?.slice(0, kept), checked.closing);
      const fewer = (passages?.length ?? 0) - kept;
      const trimmed = { messages: without.size, ...(fewer > 0 ? { passages: fewer } : {}) };
      return { fits: true, chat: grounded.chat, inputBytes: grounded.inputBytes + bytesAdded, without, passages: kept, trimmed };
    };
    let least: State | undefined;
    let last = whole.inputBytes;
    for (const state of statesOf(whole, { exchanges, rounds })) {
      last = state.inputBytes;
      if (last <= bytesAimed) return build(state);
      if (last <= bytesMax) least ??= state;
    }
    return least === undefined ? { fits: false, inputBytes: last } : build(least);
  };
}

/** Ever less of the prompt, with how long it is then at most: a passage's heading and mark go with its text, and are not counted. */
function* statesOf({ checked, passages = [], inputBytes }: Whole, { exchanges, rounds }: Removable): Generator<State> {
  const { messages } = checked.chat;
  let state: State = { removed: 0, removedBytes: 0, passages: passages.length, inputBytes };
  const remove = (places: readonly number[]): State => {
    const bytes = places.reduce((sum, at) => sum + (messages[at] === undefined ? 0 : messageBytes(messages[at])), 0);
    const { removed, removedBytes } = state;
    return {
      ...state,
      removed: removed + places.length,
      removedBytes: removedBytes + bytes,
      inputBytes: state.inputBytes - bytes,
    };
  };
  for (const places of exchanges) yield (state = remove(places));
  for (const { text } of passages.slice(1).toReversed())
    yield (state = { ...state, passages: state.passages - 1, inputBytes: state.inputBytes - Buffer.byteLength(text) });
  for (const places of rounds) yield (state = remove(places));
}

/** The same call without these messages. */
export const withoutMessages = (chat: ChatCall, without: ReadonlySet<number>, removedBytes = 0): ChatCall =>
  without.size === 0
    ? chat
    : {
        ...chat,
        messages: chat.messages.filter((_, at) => !without.has(at)),
        inputBytes: Math.max(0, chat.inputBytes - removedBytes),
      };
