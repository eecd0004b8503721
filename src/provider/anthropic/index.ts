import type { RemoteConfig } from "../../config/index.ts";
import type { Wire } from "../wire.ts";
import { createPrefixBook } from "./prefix-book.ts";
import { writeRequest } from "./request.ts";
import { readAnswer } from "./response.ts";
import { createStreamReader } from "./stream.ts";

/** The version of the protocol that is spoken here. */
const VERSION = "2023-06-01";

/** Anthropic's Messages API. */
export function createAnthropicWire(config: RemoteConfig, monotonicMs: () => number): Wire {
  const book = createPrefixBook(monotonicMs);
  return {
    path: "/v1/messages",
    probePath: "/v1/models?limit=1",
    headers: { "anthropic-version": VERSION, ...(config.apiKey === undefined ? {} : { "x-api-key": config.apiKey }) },
    writeRequest: (asked) => writeRequest(asked, book),
    readAnswer,
    createStreamReader,
    readProbe: () => undefined,
  };
}
