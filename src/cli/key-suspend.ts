import { pathOf } from "./api.ts";
import { type Command, EXIT, requireText } from "./command.ts";
import { REACH_FLAGS, withServer } from "./reach.ts";

const TENANT_FLAG = { value: "SLUG", description: "the tenant" };

export const keySuspend: Command = {
  name: "key suspend",
  summary: "Suspends a key of a tenant: every replica refuses it within two seconds, until that is lifted.",
  operands: "ID",
  operandsMin: 1,
  operandsMax: 1,
  flags: { tenant: TENANT_FLAG, reason: { value: "TEXT", description: "why, for whoever asks" }, ...REACH_FLAGS },
  examples: ['weir key suspend key_… --tenant acme --reason "leaked"'],
  run: (args, deps) => {
    const slug = requireText(args, "tenant");
    const reason = requireText(args, "reason");
    return withServer(args, deps, async ({ api }) => {
      const id = args.operands[0] ?? "";
      await api.post(pathOf("admin", "v1", "tenants", slug, "keys", id, "suspend"), { reason });
      deps.terminal.out(`Key ${id} is suspended.\n`);
      return EXIT.done;
    });
  },
};

export const keyResume: Command = {
  name: "key resume",
  summary: "Lifts a key's suspension, by a person or by the server.",
  operands: "ID",
  operandsMin: 1,
  operandsMax: 1,
  flags: { tenant: TENANT_FLAG, ...REACH_FLAGS },
  examples: ["weir key resume key_… --tenant acme"],
  run: (args, deps) => {
    const slug = requireText(args, "tenant");
    return withServer(args, deps, async ({ api }) => {
      const id = args.operands[0] ?? "";
      await api.post(pathOf("admin", "v1", "tenants", slug, "keys", id, "resume"), {});
      deps.terminal.out(`Key ${id} may be used again.\n`);
      return EXIT.done;
    });
  },
};
