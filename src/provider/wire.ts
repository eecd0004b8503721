import type { Part } from "../domain/chat.ts";
import type { ProviderCall } from "./spec.ts";

export type FinishPart = Extract<Part, { type: "finish" }>;

/** Reads the events of one answer's stream. Everything that it throws is a Fault. */
export type StreamReader = {
  /** Decoded and not yet taken. */
  readonly parts: Part[];
  event(name: string, data: string): void;
  /** The protocol's own end mark came: nothing more is read. */
  isEnded(): boolean;
  /** The end of the answer, once the connection or the protocol ended: throws `target_broken` where the answer is not whole. */
  finish(): FinishPart;
};

/** One wire protocol as pure functions: a provider is a wire and a transport. */
export type Wire = {
  readonly path: string;
  readonly probePath: string;
  /** Where the server tells its measurements, if it does. */
  readonly metricsUrl?: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** The body of the request. Throws `target_refused` for what this protocol cannot say. */
  writeRequest(asked: ProviderCall): string;
  /** The parts of a whole JSON answer, `finish` last. What was read before it throws is in `parts`: it is billed. */
  readAnswer(body: unknown, parts?: Part[]): readonly Part[];
  createStreamReader(asked: ProviderCall): StreamReader;
  /** What the answer to a probe tells about the server. */
  readProbe(body: unknown): void;
};
