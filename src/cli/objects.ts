import { type Command, EXIT } from "./command.ts";
import { REACH_FLAGS, withServer } from "./reach.ts";
import { numberOf } from "./read.ts";

export const objectsRotateKeys: Command = {
  name: "objects rotate-keys",
  summary: "Wraps the keys of stored files anew, after WEIR_SECRET or the key service was changed. No file is rewritten.",
  operands: "",
  operandsMin: 0,
  operandsMax: 0,
  flags: { ...REACH_FLAGS },
  examples: ["weir objects rotate-keys"],
  run: (args, deps) =>
    withServer(args, deps, async ({ api }) => {
      const done = await api.post("/admin/v1/objects/rotate-keys", {});
      const [keys, tenants] = [numberOf(done, "rewrapped"), numberOf(done, "tenants")];
      deps.terminal.out(
        `Wrapped anew: ${String(keys)} data ${keys === 1 ? "key" : "keys"} of ${String(tenants)} ${tenants === 1 ? "tenant" : "tenants"}. The secret of before is not needed for stored files any more.\n`,
      );
      return EXIT.done;
    }),
};
