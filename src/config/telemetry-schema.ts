import { z } from "zod";

const HEADER = /^[A-Za-z0-9-]{1,100}$/;

const collector = (path: string) => ({
  endpoint: z
    .string()
    .min(1)
    .max(2048)
    .meta({
      description: `Address of a collector that takes OTLP over HTTP, or \`env:NAME\`; \`${path}\` is added.`,
      examples: ["http://127.0.0.1:4318"],
    }),
  headers: z
    .record(z.string().regex(HEADER).meta({ why: "a header's name has letters, digits and hyphens" }), z.string().max(8192))
    .default({})
    .meta({ description: "Sent with every export; values may be `env:NAME` or `file:PATH`." }),
  serviceName: z.string().min(1).max(100).default("weir").meta({ description: "`service.name` of what is sent." }),
});

export const telemetrySchema = z
  .strictObject({
    traces: z
      .strictObject({
        ...collector("/v1/traces"),
        sampleRatio: z.number().min(0).max(1).default(0.1).meta({
          description: "Part of the calls that is traced, unless the caller's `traceparent` decides.",
          why: "0 is none, 1 is all",
        }),
      })
      .optional()
      .meta({ description: "OpenTelemetry traces. Without it no span exists, and none costs anything." }),
    metrics: z
      .strictObject({
        ...collector("/v1/metrics"),
        everySeconds: z.int().min(1).max(3600).default(60).meta({
          unit: "seconds",
          why: "all of them are sent each time, and what changes more slowly than by the hour is no metric",
          description: "How often they are sent.",
        }),
      })
      .optional()
      .meta({ description: "OpenTelemetry metrics, the same as those of `/metrics`, which is there in any case." }),
  })
  .prefault({})
  .meta({ description: "What this server tells of itself besides logs and `/metrics` (docs/observability.md)." });
