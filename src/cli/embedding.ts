import { type Api, pathOf } from "./api.ts";
import { type Args, type CliDeps, type Command, CommandError, EXIT, requireText } from "./command.ts";
import { findCollection } from "./eval-run.ts";
import { REACH_FLAGS, withServer } from "./reach.ts";
import { fieldOf, findText, listOf, numberOf, textOf } from "./read.ts";
import { renderTable } from "./table.ts";
import { withTenant } from "./tenant-key.ts";

const FLAGS = {
  collection: { value: "NAME", description: "the collection" },
  json: { value: undefined, description: "print the server's JSON" },
  tenant: { value: "SLUG", description: "the tenant whose collection it is (else the only one)" },
  ...REACH_FLAGS,
};

type Act = { readonly name: string; readonly summary: string; readonly flags?: Command["flags"]; readonly examples: readonly string[] };

/** One command for each act: all send it and print how the collection stands then. */
function commandOf(act: Act, body: (args: Args) => object | undefined): Command {
  return {
    name: `embedding ${act.name}`,
    summary: act.summary,
    operands: "",
    operandsMin: 0,
    operandsMax: 0,
    flags: { ...act.flags, ...FLAGS },
    examples: act.examples,
    run(args, deps) {
      const sent = body(args);
      const name = requireText(args, "collection");
      return withServer(args, deps, (reached) =>
        withTenant(reached, args, deps, (api) => send(api, deps, { name, sent, json: args.on("json") }), "tenant-admin"),
      );
    },
  };
}

async function send(api: Api, deps: CliDeps, ask: { name: string; sent: object | undefined; json: boolean }): Promise<number> {
  const { id } = await findCollection(api, ask.name);
  const path = pathOf("v1", "vector_stores", id, "embedding");
  const state = ask.sent === undefined ? await api.get(path) : await api.post(path, ask.sent);
  deps.terminal.out(ask.json ? `${JSON.stringify(state, null, 2)}\n` : toText(ask.name, state));
  return EXIT.done;
}

function toText(name: string, state: unknown): string {
  const generations = listOf(state, "generations");
  if (generations.length === 0) return `${name} has no vectors: it is found by words alone.\n`;
  const rows = generations.map((one) => {
    const documents = fieldOf(one, "documents");
    return [
      String(numberOf(one, "generation")),
      textOf(one, "model"),
      textOf(one, "role"),
      `${numberOf(one, "share")} %`,
      `${numberOf(documents, "embedded")} of ${numberOf(documents, "total")}`,
      textOf(one, "index"),
      toComparison(fieldOf(one, "comparison")),
    ];
  });
  return renderTable(["generation", "model", "role", "questions", "documents", "search", "compared"], rows);
}

function toComparison(compared: unknown): string {
  if (findText(compared, "at") === undefined) return "";
  const latency = fieldOf(compared, "latency_ms");
  return `recall ${numberOf(compared, "recall")}, overlap ${numberOf(compared, "overlap")}, ${numberOf(latency, "candidate")} ms (serving ${numberOf(latency, "serving")} ms)`;
}

export const embeddingStart = commandOf(
  {
    name: "start",
    summary: "Embeds a collection with another model, beside the one that serves it.",
    flags: { model: { value: "NAME", description: "a model of kind embedding" } },
    examples: ["weir embedding start --collection handbook --model bge-m3"],
  },
  (args) => ({ act: "start", model: requireText(args, "model") }),
);
export const embeddingStatus = commandOf(
  {
    name: "status",
    summary: "Which models a collection is embedded with, and how far each is.",
    examples: ["weir embedding status --collection handbook"],
  },
  () => undefined,
);
export const embeddingCompare = commandOf(
  {
    name: "compare",
    summary: "Asks both models the same questions: what their searches find, and how long they take.",
    examples: ["weir embedding compare --collection handbook"],
  },
  () => ({ act: "compare" }),
);
export const embeddingShift = commandOf(
  {
    name: "shift",
    summary: "Gives the new model a share of the questions; 100 puts it in the old one's place.",
    flags: { share: { value: "PERCENT", description: "0 to 100, such as 5, 25, 50, 100" } },
    examples: ["weir embedding shift --collection handbook --share 5", "weir embedding shift --collection handbook --share 100"],
  },
  (args) => ({ act: "shift", share: readShare(requireText(args, "share")) }),
);
export const embeddingRollback = commandOf(
  {
    name: "rollback",
    summary: "Gives the new model up; where it serves already, puts the old one back.",
    examples: ["weir embedding rollback --collection handbook"],
  },
  () => ({ act: "rollback" }),
);
export const embeddingFinish = commandOf(
  {
    name: "finish",
    summary: "Lets the vectors of the old model go: there is no way back any more.",
    examples: ["weir embedding finish --collection handbook"],
  },
  () => ({ act: "finish" }),
);

function readShare(text: string): number {
  if (/^\d{1,3}$/.test(text) && Number(text) <= 100) return Number(text);
  throw new CommandError("--share is a whole number of percent, 0 to 100.", EXIT.usage);
}
