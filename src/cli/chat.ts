import { readAnswer } from "./answer-stream.ts";
import type { Api } from "./api.ts";
import { type Args, type CliDeps, type Command, CommandError, EXIT } from "./command.ts";
import { REACH_FLAGS, withServer } from "./reach.ts";
import { withTenant } from "./tenant-key.ts";
import { printable } from "./terminal.ts";

type Message = { readonly role: "user" | "assistant"; readonly content: string };
/** What goes with every question of one conversation. */
type Setting = { readonly model: string; readonly collection: string | undefined };

const PROMPT = "> ";

export const chat: Command = {
  name: "chat",
  summary: "Asks questions, as a conversation or once.",
  operands: "",
  operandsMin: 0,
  operandsMax: 0,
  flags: {
    once: { value: "QUESTION", description: "ask this and end" },
    model: { value: "MODEL", description: "model or route (else auto)" },
    collection: { value: "NAME", description: "answer from the documents of this collection" },
    tenant: { value: "SLUG", description: "ask as this tenant (else the only one)" },
    ...REACH_FLAGS,
  },
  examples: ["weir chat --collection handbook", 'weir chat --once "What is our refund policy?" --collection handbook'],
  run: (args, deps) =>
    withServer(args, deps, (reached) =>
      withTenant(reached, args, deps, (api) => {
        const setting: Setting = { model: args.text("model") ?? "auto", collection: args.text("collection") };
        return args.on("once") ? askOnce(api, setting, args, deps) : converse(api, setting, deps);
      }),
    ),
};

async function askOnce(api: Api, setting: Setting, args: Args, deps: CliDeps): Promise<number> {
  const content = args.text("once") ?? "";
  if (content.trim() === "") throw new CommandError("--once needs a question.", EXIT.usage);
  await ask(api, setting, [{ role: "user", content }], deps);
  return EXIT.done;
}

/** Each line is a question. A refusal is told, and the conversation goes on without it. */
async function converse(api: Api, setting: Setting, deps: CliDeps): Promise<number> {
  const { terminal } = deps;
  const messages: Message[] = [];
  let failed = false;
  if (terminal.interactive) terminal.out(`Ask away; an empty input (Ctrl-D) ends.\n${PROMPT}`);
  for await (const line of terminal.lines()) {
    const content = line.trim();
    if (content !== "") {
      const asked: Message = { role: "user", content };
      try {
        const answer = await ask(api, setting, [...messages, asked], deps);
        messages.push(asked, { role: "assistant", content: answer });
      } catch (error) {
        if (!(error instanceof CommandError)) throw error;
        failed = true;
        terminal.err(`${error.message}\n`);
      }
    }
    if (terminal.interactive) terminal.out(PROMPT);
  }
  if (terminal.interactive) terminal.out("\n");
  return failed && !terminal.interactive ? EXIT.failed : EXIT.done;
}

/** Asks, prints the answer as it comes and the documents it rests on, and returns its text. */
async function ask(api: Api, setting: Setting, messages: readonly Message[], deps: CliDeps): Promise<string> {
  const { model, collection } = setting;
  const rag = collection === undefined ? {} : { rag: { enabled: true, collection } };
  const body = await api.stream("/v1/chat/completions", { model, messages, stream: true, ...rag });
  const answer = readAnswer(body);
  let text = "";
  for (;;) {
    const next = await answer.next();
    if (next.done === true) {
      deps.terminal.out(text.endsWith("\n") ? "" : "\n");
      const sources = next.value.sources.map(
        (source) => `[${String(source.index)}] ${source.title || source.filename} (${source.filename})\n`,
      );
      if (sources.length > 0) deps.terminal.out(`\n${sources.join("")}`);
      return text;
    }
    text += next.value;
    deps.terminal.out(printable(next.value));
  }
}
