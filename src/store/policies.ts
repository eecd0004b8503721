import { policyIds, type PolicyId } from "../kernel/ids.ts";
import { createVersionStore, type VersionRecord } from "./versions.ts";

/** `name` is the policy's kind, `body` its JSON. */
export type PolicyRecord = VersionRecord<PolicyId>;

export const policyVersions = createVersionStore({
  table: "policies",
  nameColumn: "kind",
  bodyType: "jsonb",
  versionKey: "policies_version_key",
  ids: policyIds,
  missing: "The policy does not exist.",
});
