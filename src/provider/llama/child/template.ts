import { Template } from "@huggingface/jinja";
import type { TemplateMessage, TemplateTool } from "../lines.ts";
import { Refusal } from "./refusal.ts";

/** The chat template of a model: messages in, the model's own prompt out. */
export type ChatTemplate = {
  /** How the template writes tools, where it does: `<tool_call>` around JSON, as Hermes, Qwen and others were trained. */
  readonly knowsTools: boolean;
  render(messages: readonly TemplateMessage[], tools: readonly TemplateTool[]): string;
};

type Marks = { readonly bos: string; readonly eos: string };

/** ChatML: what llama.cpp itself assumes of a file without a template. */
const CHATML =
  "{%- for m in messages -%}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>\\n' }}{%- endfor -%}{%- if add_generation_prompt -%}{{ '<|im_start|>assistant\\n' }}{%- endif -%}";

const PROBE: TemplateTool = {
  type: "function",
  function: { name: "weir_probe", description: "probe", parameters: { type: "object", properties: {} } },
};

export function createChatTemplate(source: string | undefined, marks: Marks): ChatTemplate {
  const text = source ?? CHATML;
  const template = new Template(text);
  const render = (messages: readonly TemplateMessage[], tools: readonly TemplateTool[]): string =>
    template.render({
      messages,
      // Templates ask whether tools are defined; an empty list would count as some.
      ...(tools.length === 0 ? {} : { tools }),
      add_generation_prompt: true,
      bos_token: marks.bos,
      eos_token: marks.eos,
    });
  return {
    knowsTools: text.includes("<tool_call>") && !text.includes("<function=") && mentionsTool(render),
    render(messages, tools) {
      try {
        return render(messages, tools);
      } catch {
        return renderWithoutSystem(render, messages, tools);
      }
    },
  };
}

function mentionsTool(render: ChatTemplate["render"]): boolean {
  try {
    return render([{ role: "user", content: "hello" }], [PROBE]).includes(PROBE.function.name);
  } catch {
    return false;
  }
}

/** Some models have no system role; their instruction then stands before the first question. */
function renderWithoutSystem(render: ChatTemplate["render"], messages: readonly TemplateMessage[], tools: readonly TemplateTool[]): string {
  const system = messages.filter((message) => message.role === "system").map((message) => message.content);
  const rest = messages.filter((message) => message.role !== "system");
  const first = rest.findIndex((message) => message.role === "user");
  const question = rest[first];
  if (system.length > 0 && question !== undefined) {
    const folded = rest.with(first, { ...question, content: [...system, question.content].join("\n\n") });
    try {
      return render(folded, tools);
    } catch {
      // Said below: the template's own words may quote the conversation.
    }
  }
  throw new Refusal(
    "target_refused",
    "The model's chat template does not take these messages. Most want one system message first, then user and assistant by turns.",
    "messages",
  );
}
