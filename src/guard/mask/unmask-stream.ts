import type { Part } from "../../domain/chat.ts";
import type { Outgoing } from "../../domain/guard.ts";
import type { Pseudonyms } from "./pseudonyms.ts";
import { asJsonString, asText, isWordCode, tailStart, unmaskText, type Escape } from "./unmask-text.ts";

type Delta = Extract<Part, { readonly text: string }>;
/** `before`: what stands for the character that was said last, so that a word is not cut into one and a mark. */
type Channel = { held: string; before: "" | "x"; last: Delta };

/**
 * Puts back what was masked, inside the stream: of each channel (a choice's text, reasoning, refusal, each tool's input) only the end that may be
 * the beginning of a pseudonym is held, until it is one or is not. `jsonText`: the text itself is JSON, as under a response format.
 */
export function createUnmasking(pseudonyms: Pseudonyms, { jsonText }: { readonly jsonText: boolean }): Outgoing {
  const channels = new Map<string, Channel>();
  const escapeOf = (part: Delta): Escape =>
    part.type === "tool-input-delta" || (jsonText && part.type === "text-delta") ? asJsonString : asText;

  const channelFor = (part: Delta): Channel => {
    const name = channelOf(part);
    const known = channels.get(name);
    if (known !== undefined) return known;
    const made: Channel = { held: "", before: "", last: part };
    channels.set(name, made);
    return made;
  };
  const unmask = (text: string, channel: Channel): string =>
    unmaskText(channel.before + text, pseudonyms, escapeOf(channel.last)).slice(channel.before.length);

  const write = (part: Delta): Delta | undefined => {
    const channel = channelFor(part);
    channel.last = part;
    const text = channel.held + part.text;
    const at = tailStart(channel.before + text) - channel.before.length;
    channel.held = text.slice(at);
    if (at === 0) return carriesMore(part) ? { ...part, text: "" } : undefined;
    const now = text.slice(0, at);
    const said = unmask(now, channel);
    channel.before = isWordCode(now.charCodeAt(at - 1)) ? "x" : "";
    return said === part.text ? part : { ...part, text: said };
  };

  /** Whatever is held comes out where no more of it can come. */
  const flush = (out: Part[], choice: number | undefined): void => {
    for (const [name, channel] of channels) {
      const { held, last } = channel;
      if (choice !== undefined && last.choice !== choice) continue;
      channels.delete(name);
      if (held !== "") out.push({ ...bare(last), text: unmask(held, channel) });
    }
  };
  return {
    push(parts) {
      const out: Part[] = [];
      for (const part of parts) {
        switch (part.type) {
          case "text-delta":
          case "reasoning-delta":
          case "refusal-delta":
          case "tool-input-delta": {
            const said = write(part);
            if (said !== undefined) out.push(said);
            break;
          }
          case "tool-input-start":
          case "choice-finish":
            flush(out, part.choice);
            out.push(part);
            break;
          case "finish":
            flush(out, undefined);
            out.push(part);
            break;
          case "usage":
          case "citation":
            out.push(part);
            break;
        }
      }
      return out;
    },
  };
}

const channelOf = (part: Delta): string =>
  `${part.type} ${String(part.choice)} ${part.type === "tool-input-delta" ? String(part.tool) : ""}`;

/** Fields beside the text that must not be lost with it. */
const carriesMore = (part: Delta): boolean => part.type === "text-delta" && (part.logprobs !== undefined || part.extra !== undefined);

/** The same channel, without what was said with an earlier piece. */
const bare = (part: Delta): Delta => (part.type === "text-delta" ? { type: "text-delta", choice: part.choice, text: "" } : part);
