import { z } from "zod";
import { policyKind, policyShown } from "./policy.ts";

/** A draft that is looked at and not kept. Its `body` may be anything: what is wrong with it is the answer. */
export const policyCheckRequest = z.strictObject({
  kind: policyKind,
  tenant: z.string().optional().describe("Of kind `tenant`: whose settings. Absent: nothing is said of what would change."),
  body: z.unknown(),
});

const noticed = z.object({
  at: z
    .string()
    .describe(
      "JSON pointer into `body`: `/routes/auto/0/when`. Of an unknown field, the field; of one that is missing, where it should be.",
    ),
  message: z.string().describe("What is wrong, and what would be right."),
  offset: z.int().min(0).optional().describe("UTF-16 offset within the text at `at`, where a condition is wrong."),
  near: z.string().optional().describe("The known name that was probably meant."),
});
export const policyCheck = z.object({
  problems: z.array(noticed).describe("For which it cannot be written. None: it can."),
  warnings: z.array(noticed).describe("What it may do, and probably should not."),
  changes: policyShown.optional().describe("What it would change if it went into production now. Only without problems."),
});
export type PolicyCheck = z.output<typeof policyCheck>;
