import { listAll, pathOf, queryOf, type Api } from "./api.ts";
import { type Args, type CliDeps, type Command, CommandError, EXIT } from "./command.ts";
import { REACH_FLAGS, withServer } from "./reach.ts";
import { fieldOf, findText, listOf, numberOf, textOf } from "./read.ts";
import { renderTable } from "./table.ts";
import { printable } from "./terminal.ts";

const ROLLOUTS = pathOf("admin", "v1", "rollouts");
const TENANT = { value: "SLUG", description: "the tenant's; else the platform's own" };
const JSON_FLAG = { value: undefined, description: "print the server's JSON" };

export const rolloutStart: Command = {
  name: "rollout start",
  summary: "Sends a growing share of callers to another model, prompt or policy; it goes on and back by itself.",
  operands: "model|prompt|policy",
  operandsMin: 1,
  operandsMax: 1,
  flags: {
    tenant: TENANT,
    model: { value: "NAME", description: "model: what calls ask for, a model or a route" },
    to: { value: "NAME", description: "model: the model that takes its place" },
    version: { value: "ID", description: "prompt, policy: a version that somebody else asked to promote" },
    steps: { value: "LIST", description: "shares in percent (5,20,50,100)" },
    json: JSON_FLAG,
    ...REACH_FLAGS,
  },
  examples: ["weir rollout start model --model auto --to llama-next", "weir rollout start prompt --tenant acme --version prm_…"],
  run(args, deps) {
    const body = toBody(args);
    return withServer(args, deps, async ({ api }) => {
      const made = await api.post(ROLLOUTS, body);
      if (args.on("json")) deps.terminal.out(`${JSON.stringify(made, null, 2)}\n`);
      else deps.terminal.out(`Rollout ${textOf(made, "id")} has begun. Next: weir rollout show ${textOf(made, "id")}\n`);
      return EXIT.done;
    });
  },
};

export const rolloutList: Command = {
  name: "rollout list",
  summary: "Lists rollouts.",
  operands: "",
  operandsMin: 0,
  operandsMax: 0,
  flags: { tenant: TENANT, json: JSON_FLAG, ...REACH_FLAGS },
  examples: ["weir rollout list", "weir rollout list --tenant acme"],
  run: (args, deps) =>
    withServer(args, deps, async ({ api }) => {
      const rollouts = await listAll(api, ROLLOUTS, { tenant: args.text("tenant") });
      if (args.on("json")) deps.terminal.out(`${JSON.stringify(rollouts, null, 2)}\n`);
      else if (rollouts.length === 0) deps.terminal.out("There is no rollout.\n");
      else deps.terminal.out(renderTable(["ID", "WHAT", "STATE", "SHARE", "SINCE"], rollouts.map(toRow)));
      return EXIT.done;
    }),
};

export const rolloutShow: Command = {
  name: "rollout show",
  summary: "Shows a rollout, what its gates say now, and how it came there.",
  operands: "ID",
  operandsMin: 1,
  operandsMax: 1,
  flags: { tenant: TENANT, json: JSON_FLAG, ...REACH_FLAGS },
  examples: ["weir rollout show rol_…"],
  run: (args, deps) =>
    withServer(args, deps, async ({ api }) => {
      const [id = ""] = args.operands;
      const found = await api.get(`${ROLLOUTS}/${encodeURIComponent(id)}${queryOf({ tenant: args.text("tenant") })}`);
      if (args.on("json")) deps.terminal.out(`${JSON.stringify(found, null, 2)}\n`);
      else deps.terminal.out(tell(found));
      return EXIT.done;
    }),
};

export const rolloutPromote: Command = moveCommand(
  "promote",
  "Takes a rollout to its next share; after the last one everybody has it for good.",
);
export const rolloutRollback: Command = moveCommand("rollback", "Rolls a rollout back, at once and for everybody.");

function moveCommand(act: string, summary: string): Command {
  return {
    name: `rollout ${act}`,
    summary,
    operands: "ID",
    operandsMin: 1,
    operandsMax: 1,
    flags: { tenant: TENANT, reason: { value: "TEXT", description: "why, for the history" }, ...REACH_FLAGS },
    examples: [`weir rollout ${act} rol_…`],
    run: (args, deps) => withServer(args, deps, ({ api }) => move(act, args, deps, api)),
  };
}

async function move(act: string, args: Args, { terminal }: CliDeps, api: Api): Promise<number> {
  const [id = ""] = args.operands;
  const body = { tenant: args.text("tenant"), reason: args.text("reason") };
  const moved = await api.post(`${ROLLOUTS}/${encodeURIComponent(id)}/${act}`, body);
  terminal.out(`Rollout ${id} is ${textOf(moved, "state")}.\n`);
  return EXIT.done;
}

function toBody(args: Args): Readonly<Record<string, unknown>> {
  const [kind] = args.operands;
  if (kind !== "model" && kind !== "prompt" && kind !== "policy") throw new CommandError("Say `model`, `prompt` or `policy`.", EXIT.usage);
  const named = (flag: string): string => {
    const value = args.text(flag);
    if (value === undefined) throw new CommandError(`A rollout of a ${kind} needs --${flag}.`, EXIT.usage);
    return value;
  };
  const what = kind === "model" ? { model: named("model"), to: named("to") } : { version: named("version") };
  const steps = args.text("steps")?.split(",").map(Number);
  return { kind, ...(kind === "policy" ? {} : { tenant: args.text("tenant") }), ...what, steps };
}

const whatOf = (rollout: unknown): string =>
  textOf(rollout, "kind") === "model"
    ? `model ${findText(rollout, "model") ?? ""} to ${findText(rollout, "to") ?? ""}`
    : `${textOf(rollout, "kind")} ${findText(rollout, "version") ?? ""}`;
const toRow = (rollout: unknown): string[] => [
  textOf(rollout, "id"),
  whatOf(rollout),
  textOf(rollout, "state"),
  `${String(numberOf(rollout, "share"))} %`,
  textOf(rollout, "since"),
];

function tell(rollout: unknown): string {
  const now = fieldOf(rollout, "now");
  const lines = [
    `${textOf(rollout, "id")}: ${whatOf(rollout)}, ${textOf(rollout, "state")} at ${String(numberOf(rollout, "share"))} %`,
    ...(now === undefined ? [] : [`now: ${textOf(now, "act")} (${textOf(now, "reason")})`, ...figuresOf(now)]),
    ...listOf(rollout, "history").flatMap((each) => [
      `${textOf(each, "at")}  ${textOf(each, "act")} to ${String(numberOf(each, "share"))} % by ${textOf(each, "by")} (${textOf(each, "reason")})`,
      ...figuresOf(each),
    ]),
  ];
  return lines.map((line) => `${printable(line)}\n`).join("");
}

/** What each gate compared: of the candidate, of the baseline, and the limit. */
const figuresOf = (of: unknown): string[] =>
  listOf(of, "compared").map((each) => {
    const rounded = (name: string): string => String(Math.round(numberOf(each, name) * 1000) / 1000);
    return `    ${textOf(each, "gate")}: ${rounded("candidate")} against ${rounded("baseline")} (limit ${rounded("limit")})`;
  });
