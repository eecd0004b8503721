import type { Answer, Exchange, Picture, Settings } from "./types.ts";

/** Makes the body of a request of what is on the page. */

type Fields = Record<string, unknown>;
export type Problem = { readonly field: keyof Settings; readonly say: "json" | "tools" | "number" | "schema" };

const numberOf = (text: string): number | undefined => (text.trim() === "" ? undefined : Number(text.trim().replace(",", ".")));

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);

/** OpenAI's list of tools, or the functions alone: `[{"name": …, "parameters": …}]`. undefined: it is neither. */
export function readTools(text: string): readonly Fields[] | undefined {
  if (text.trim() === "") return [];
  const value = readJson(text);
  const list = Array.isArray(value) ? value : [value];
  const tools = list.map((each: unknown) => {
    if (!isObject(each)) return undefined;
    const tool = isObject(each["function"]) ? each : { type: "function", function: each };
    return isObject(tool["function"]) && typeof tool["function"]["name"] === "string" ? tool : undefined;
  });
  return tools.every((tool) => tool !== undefined) ? tools : undefined;
}

/** What of the settings cannot be sent as it stands. */
export function problemsOf(settings: Settings): readonly Problem[] {
  const problems: Problem[] = [];
  const numbers = { temperature: [0, 2], topP: [0, 1], maxTokens: [1, 10_000_000], seed: [-(2 ** 53), 2 ** 53] } as const;
  for (const field of ["temperature", "topP", "maxTokens", "seed"] as const) {
    const value = numberOf(settings[field]);
    const [least, most] = numbers[field];
    const whole = field === "maxTokens" || field === "seed";
    if (value !== undefined && !(value >= least && value <= most && (!whole || Number.isInteger(value))))
      problems.push({ field, say: "number" });
  }
  if (readTools(settings.tools) === undefined) problems.push({ field: "tools", say: "tools" });
  if (settings.form === "schema" && !isObject(readJson(settings.schema))) problems.push({ field: "schema", say: "schema" });
  return problems;
}

function userMessage(text: string, pictures: readonly Picture[]): Fields {
  if (pictures.length === 0) return { role: "user", content: text };
  const images = pictures.map(({ url }) => ({ type: "image_url", image_url: { url } }));
  return { role: "user", content: text === "" ? images : [{ type: "text", text }, ...images] };
}

/** A lane's side of the conversation. What failed and left no word is not told to the model again. */
function answerMessages(answer: Answer | undefined): Fields[] {
  return (answer?.steps ?? []).flatMap((step) => {
    if (step.text === "" && step.toolCalls.length === 0) return [];
    const calls = step.toolCalls.map((call) => ({
      id: call.id,
      type: "function",
      function: { name: call.name, arguments: call.arguments },
    }));
    const results = step.toolCalls.map(({ id }) => ({ role: "tool", tool_call_id: id, content: step.results[id] ?? "" }));
    const said = { role: "assistant", content: step.text === "" ? null : step.text, ...(calls.length === 0 ? {} : { tool_calls: calls }) };
    return [said, ...results];
  });
}

function formOf({ form, schema }: Settings): Fields {
  if (form === "text") return {};
  if (form === "object") return { response_format: { type: "json_object" } };
  return { response_format: { type: "json_schema", json_schema: { name: "answer", schema: readJson(schema), strict: true } } };
}

/** The next request of a lane: everything up to and with the last exchange. */
export function toRequest(settings: Settings, exchanges: readonly Exchange[], lane: number, model: string): Fields {
  const system = settings.system.trim() === "" ? [] : [{ role: "system", content: settings.system }];
  const talk = exchanges.flatMap(({ text, pictures, answers }) => [userMessage(text, pictures), ...answerMessages(answers[lane])]);
  const stop = settings.stop.split("\n").filter((line) => line !== "");
  const tools = readTools(settings.tools) ?? [];
  const numbers = {
    temperature: numberOf(settings.temperature),
    top_p: numberOf(settings.topP),
    max_completion_tokens: numberOf(settings.maxTokens),
    seed: numberOf(settings.seed),
  };
  return {
    model,
    messages: [...system, ...talk],
    stream: true,
    stream_options: { include_usage: true },
    ...Object.fromEntries(Object.entries(numbers).filter(([, value]) => value !== undefined)),
    ...(stop.length === 0 ? {} : { stop }),
    ...(tools.length === 0 ? {} : { tools }),
    ...formOf(settings),
    ...(settings.collection === ""
      ? {}
      : { rag: { enabled: true, collection: settings.collection, ...(settings.ragMode === "fast" ? {} : { mode: settings.ragMode }) } }),
  };
}
