import type { ChatCall } from "./chat.ts";
import type { Trimmed } from "./context-policy.ts";

/** What a model has room for, in UTF-8 bytes of the prompt. */
export type Room = {
  /** Beyond this it cannot serve the call. */
  readonly bytesMax: number;
  /** Leaves a good part of the context to the answer; at most `bytesMax`. */
  readonly bytesAimed: number;
};

/** A prompt with what may be left out left out, as far as needed. */
export type Shortened = {
  readonly fits: true;
  /** As own hardware gets it. */
  readonly chat: ChatCall;
  readonly inputBytes: number;
  /** Places of the messages that are left out, in the caller's list. */
  readonly without: ReadonlySet<number>;
  /** Passages that are kept, best first. */
  readonly passages: number;
  readonly trimmed: Trimmed;
};

/** Even what may never be left out is longer than the room. */
export type TooLong = { readonly fits: false; readonly inputBytes: number };

/** Leaves out as little as brings a prompt into a room. Pure. */
export type Shorten = (room: Room) => Shortened | TooLong;
