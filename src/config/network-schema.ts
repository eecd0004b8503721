import { z } from "zod";

const path = (description: string) => z.string().min(1).max(4096).meta({ description });

export const tlsSchema = z
  .strictObject({
    cert: path(
      "Certificate in PEM, the whole chain, relative to this file. Read again with the configuration, so a renewed one needs no restart.",
    ),
    key: path("Its private key in PEM, without a passphrase."),
  })
  .optional()
  .meta({ description: "Serve HTTPS. Without it HTTP, for a proxy on the same machine or network that ends TLS." });

export const outboundSchema = z
  .strictObject({
    ca: path("Certificates in PEM of a private authority, relative to this file. They are trusted beside the public ones.").optional(),
    proxy: z
      .string()
      .min(1)
      .max(2048)
      .optional()
      .meta({
        description:
          "Proxy for external providers, `http://HOST:PORT`, or `env:NAME`. Without it `HTTPS_PROXY` and `NO_PROXY` of the environment. Private providers are never asked through a proxy.",
        examples: ["http://proxy.internal:3128", "env:EGRESS_PROXY"],
      }),
  })
  .prefault({})
  .meta({ description: "How providers are reached." });

export const retentionSchema = z
  .strictObject({
    eventMonths: z.int().min(1).max(1200).optional().meta({
      unit: "months",
      why: "the month under way is always kept, and a century is for ever",
      description:
        "Whole months of events (usage and audit) that are kept beside the month under way. Older ones are deleted; where each tenant's chain was cut stays known, so it still verifies. Without it events are kept for ever.",
    }),
    contentDays: z.int().min(1).max(3650).default(30).meta({
      unit: "days",
      why: "a day's file is whole only after its day, and for longer than ten years nothing should lie that a person said",
      description:
        "How long the content of calls is kept where a tenant's policy keeps any. Files go a day after the last of their lines. A shorter time counts for what is there already, a longer one too.",
    }),
    reportDays: z.int().min(1).max(3650).default(90).meta({
      unit: "days",
      why: "a report that nobody looked at for ten years is no report",
      description: "How long refusals that callers reported as mistakes are kept, with the text that they sent.",
    }),
    changeDays: z.int().min(1).max(365).default(7).meta({
      unit: "days",
      why: "a replica that was away for longer starts anew anyway",
      description: "How long the list of changed keys and tenants is kept, which replicas read to follow each other.",
    }),
  })
  .prefault({})
  .meta({ description: "What is deleted when it has grown old. It is looked at every hour." });

export const chatLogsSchema = z
  .strictObject({
    sampleShare: z.number().min(0).max(1).default(0.01).meta({
      why: "a share is a part of the whole",
      description:
        "Of the calls of a tenant whose content policy is `scrubbed-sample`, the share whose scrubbed content is kept. Every replica keeps the same calls.",
    }),
  })
  .prefault({})
  .meta({ description: "What is kept of the content of calls, where a tenant's policy lets anything be kept." });
