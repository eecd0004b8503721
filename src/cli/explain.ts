import { pathOf, queryOf } from "./api.ts";
import { type Command, EXIT } from "./command.ts";
import { REACH_FLAGS, withServer } from "./reach.ts";
import { listOf, textOf } from "./read.ts";
import { printable } from "./terminal.ts";

export const explain: Command = {
  name: "explain",
  summary: "Tells why a call went where it went, or was refused. Exit code 1 where nothing is recorded of it.",
  operands: "REQUEST-ID",
  operandsMin: 1,
  operandsMax: 1,
  flags: {
    tenant: { value: "SLUG", description: "look at this tenant only" },
    json: { value: undefined, description: "print the server's JSON, the call's row in it" },
    ...REACH_FLAGS,
  },
  examples: ["weir explain req_1j5m0q2h8kabcdefghijklmnop"],
  run: (args, deps) =>
    withServer(args, deps, async ({ api }) => {
      const [id = ""] = args.operands;
      const found = await api.get(`${pathOf("admin", "v1", "explain", id)}${queryOf({ tenant: args.text("tenant") })}`);
      const sentences = listOf(found, "sentences").filter((sentence) => typeof sentence === "string");
      if (args.on("json")) deps.terminal.out(`${JSON.stringify(found, null, 2)}\n`);
      else deps.terminal.out(sentences.map((sentence) => `${printable(sentence)}\n`).join(""));
      return textOf(found, "found") === "none" ? EXIT.failed : EXIT.done;
    }),
};
