import { z } from "zod";

const share = (description: string) =>
  z
    .number()
    .min(0.5)
    .max(0.99999)
    .meta({ unit: "share from 0 to 1", why: "below a half it is no promise, and 1 leaves no budget", description });

export const sloSchema = z
  .strictObject({
    availability: share("Of calls that are answered, or fail by the server's or a provider's fault: so many are answered.").default(0.995),
    firstPartMs: z.int().min(10).max(600_000).default(5000).meta({
      unit: "milliseconds",
      why: "no model begins within 10 ms, and nobody waits ten minutes",
      description: "An answer that begins within this time is fast.",
    }),
    firstPartShare: share("Of answered calls, so many are fast.").default(0.95),
  })
  .prefault({})
  .meta({
    description:
      "What the service promises over 30 days: the console shows what is left of it, and alerts can follow (docs/operations.md).",
  });

export type SloConfig = z.output<typeof sloSchema>;
