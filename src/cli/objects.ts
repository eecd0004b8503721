import { join } from "node:path";
import { CommandError, type Command, EXIT, CONFIG_FLAGS } from "./command.ts";
import { Fault } from "../kernel/fault.ts";
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

export const objectsPush: Command = {
  name: "objects push",
  summary: "Puts stored files of the data folder into the bucket that weir.yaml names: after a restore, or to move from one to the other.",
  operands: "",
  operandsMin: 0,
  operandsMax: 0,
  flags: CONFIG_FLAGS,
  examples: ["weir objects push --data /var/lib/weir"],
  async run(args, deps) {
    const config = await deps.loadConfig({ data: args.text("data"), config: args.text("config") });
    if (config.objects.kind !== "s3")
      throw new CommandError("weir.yaml names no bucket (objects: { kind: s3, … }), so the files are where they belong.", EXIT.usage);
    const { openObjectStore, pushObjects } = await import("../operate/index.ts");
    const { nowMs } = deps.clock;
    const fetch = await deps.reachServices(config.outbound.ca);
    const open = (objects: typeof config.objects | { readonly kind: "folder"; readonly kms: undefined }) =>
      openObjectStore({ fetch, nowMs, wait: deps.wait }, { ...config, objects }).blobs;
    const { pushed, there } = await pushObjects(open({ kind: "folder", kms: undefined }), open(config.objects)).catch((error: unknown) => {
      throw error instanceof Fault ? new CommandError(`${error.message} What was put is kept; run this again.`) : error;
    });
    deps.terminal.out(
      `Put into the bucket ${config.objects.bucket}: ${String(pushed)} ${pushed === 1 ? "object" : "objects"}; ${String(there)} were there already. ${join(config.dataDir, "objects")} may be deleted.\n`,
    );
    return EXIT.done;
  },
};
