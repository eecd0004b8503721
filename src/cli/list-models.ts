import type { ListedModel } from "../config/index.ts";
import { fieldOf, findNumber, findText, listOf } from "./read.ts";

/** A start does not wait longer for a server that may be down. */
const ANSWER_MS_MAX = 3000;
const MODELS_MAX = 100;

/** The models that an OpenAI-compatible server lists; vLLM tells each one's context as `max_model_len`. Throws when it does not answer. */
export async function listModels(baseUrl: string, apiKey: string | undefined): Promise<readonly ListedModel[]> {
  const response = await fetch(`${baseUrl}/models`, {
    headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
    redirect: "error",
  });
  if (!response.ok) throw new Error(`status ${String(response.status)}`);
  const models = listOf(await response.json(), "data").slice(0, MODELS_MAX);
  return models.flatMap((model) => {
    const id = findText(model, "id");
    if (id === undefined || fieldOf(model, "id") === "") return [];
    return [{ id, contextTokens: findNumber(model, "max_model_len") }];
  });
}
