import type { RemoteConfig } from "../../config/index.ts";
import type { TenantId } from "../../kernel/ids.ts";
import type { Wire } from "../wire.ts";
import { metricsUrlOf } from "../vllm/index.ts";
import { createDialect } from "./dialect.ts";
import { writeRequest } from "./request.ts";
import { readAnswer } from "./response.ts";
import { createStreamReader } from "./stream.ts";

/** The chat completions of OpenAI and of every server that speaks like it: vLLM, llama.cpp, Ollama, SGLang and others. */
export function createOpenAiWire(config: RemoteConfig, cacheSalt: (tenantId: TenantId) => string): Wire {
  const dialect = createDialect(config);
  return {
    path: "/chat/completions",
    probePath: "/models",
    metricsUrl: config.engine === "vllm" ? metricsUrlOf(config.baseUrl) : undefined,
    headers: config.apiKey === undefined ? {} : { authorization: `Bearer ${config.apiKey}` },
    writeRequest: (asked) => writeRequest(asked, dialect, () => cacheSalt(asked.call.who.tenant.id)),
    readAnswer,
    createStreamReader: (asked) => createStreamReader(asked.chat.sampling.n ?? 1),
    readProbe: (body) => dialect.learn(body),
  };
}
