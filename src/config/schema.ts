import { z } from "zod";
import { abuseSchema } from "./abuse-schema.ts";
import { approvalsSchema } from "./approvals-schema.ts";
import { authSchema } from "./auth.ts";
import { consoleSchema } from "./console-schema.ts";
import { guardSchema } from "./guard-schema.ts";
import { dataCollection } from "./data-collection-schema.ts";
import { downloadsSchema } from "./downloads-schema.ts";
import { journalSchema } from "./journal-schema.ts";
import { modelSchema } from "./model-schema.ts";
import { amount, whole } from "./number-schema.ts";
import { promptsSchema } from "./prompts-schema.ts";
import { chatLogsSchema, outboundSchema, retentionSchema, tlsSchema } from "./network-schema.ts";
import { objectsSchema } from "./objects-schema.ts";
import { sourcesSchema } from "./sources-schema.ts";
import { resilienceSchema } from "./resilience-schema.ts";
import { sloSchema } from "./slo-schema.ts";
import { retrievalSchema } from "./retrieval-schema.ts";
import { telemetrySchema } from "./telemetry-schema.ts";
import { routeRule } from "../contract/route-rule.ts";
import { OUTPUT_TOKENS_DEFAULT } from "../kernel/limits.ts";

/** The form of weir.yaml. Problems are worded, the JSON Schema for editors and docs/configuration.md are made from what stands here. */

const HOUR_MS = 3_600_000;
const WAIT_WHY = "less than 100 ms fails healthy servers, and more than an hour holds a connection that nobody waits for";

/** Names stand in URLs, metric labels and receipts. A slash is for models known by their repository (`meta-llama/Llama-3.3-70B`). */
export const MODEL_NAME = /^[A-Za-z0-9][A-Za-z0-9._:@/-]{0,127}$/;
export const PROVIDER_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
export const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

const name = (pattern: RegExp, characters: string, charsMax: number) =>
  z
    .string()
    .regex(pattern)
    .meta({ why: `a name begins with a letter or digit, has only ${characters}, and at most ${String(charsMax)} characters` });
const modelName = name(MODEL_NAME, "letters, digits and . _ : @ / -", 128);
const providerName = name(PROVIDER_NAME, "letters, digits and . _ -", 63);
const plainName = name(PLAIN_NAME, "letters, digits and . _ -", 63);

const timeouts = z
  .strictObject({
    firstByteMs: whole({
      min: 100,
      max: HOUR_MS,
      unit: "milliseconds",
      why: WAIT_WHY,
      description: "From sending the request to the first byte of the answer. Beyond it the next target is tried.",
    }).default(60_000),
    idleMs: whole({
      min: 100,
      max: HOUR_MS,
      unit: "milliseconds",
      why: WAIT_WHY,
      description: "Longest silence between two bytes of an answer. Beyond it the stream is broken off with an error.",
    }).default(30_000),
    totalMs: whole({
      min: 100,
      max: 24 * HOUR_MS,
      unit: "milliseconds",
      why: "a call that takes longer than a day is lost anyway",
      description: "The whole call at this provider. At least `firstByteMs`.",
    }).default(600_000),
  })
  .prefault({})
  .meta({ description: "How long this provider may take." });

const baseUrl = z
  .string()
  .min(1)
  .max(2048)
  .meta({
    description:
      "Address of the API, `http://` or `https://`, or `env:NAME`. For `openai` it ends where `/chat/completions` is added (usually in `/v1`); for `anthropic` where `/v1/messages` is. It is required, so that a forgotten address never means somebody else's server.",
    examples: ["http://127.0.0.1:8000/v1", "https://api.anthropic.com"],
  });
const apiKey = z
  .string()
  .min(1)
  .max(8192)
  .optional()
  .meta({
    description:
      "`env:NAME` reads an environment variable, `file:PATH` a file (relative to this file; its last line break is dropped). Anything else is the key itself, which draws a warning: config files end up in Git. Without it no credentials are sent.",
    examples: ["env:ANTHROPIC_API_KEY", "file:/run/secrets/anthropic"],
  });
const providerTrust = z.enum(["private", "external"]).meta({
  description:
    "`private`: your own hardware, it may see personal data. `external`: somebody else's, it never sees what the policy keeps in. There is no default: this is the setting that decides where data may go.",
});
const region = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
  .optional()
  .meta({
    description: "Where the provider runs. A tenant with a region is served only by providers of the same one.",
    why: "a region is lower-case letters, digits and hyphens, such as eu-west-1",
  });

const remote = { baseUrl, apiKey, trust: providerTrust, region, dataCollection, timeouts };
const ggufPath = (description: string) => z.string().min(1).max(4096).meta({ description });
const llama = {
  model: ggufPath("Path of the GGUF file, relative to this file."),
  adapters: z
    .record(plainName, ggufPath("Path of the adapter's GGUF file, relative to this file."))
    .default({})
    .meta({ description: "LoRA adapters by name. Each is a model of its own (`upstream: <name>`), on the same weights." }),
  chatTemplate: ggufPath("Path of a Jinja chat template. Without it the one in the GGUF file, else ChatML.").optional(),
  threads: whole({
    min: 1,
    max: 512,
    unit: "threads",
    why: "threads wait for each other by spinning: more than there are free cores make each token hundreds of times slower",
    description: "Cores that the model computes on. Default: all but one, which is left to the server.",
  }).optional(),
  contexts: whole({
    min: 1,
    max: 64,
    unit: "contexts",
    why: "each holds the memory of a whole context",
    description: "Calls answered at the same time. Further ones wait.",
  }).default(2),
  contextTokens: whole({
    min: 256,
    max: 10_000_000,
    unit: "tokens",
    why: "below 256 no question fits",
    description: "Prompt and answer together, at most what the model was trained on. Memory grows with it.",
  }).default(4096),
  queue: whole({
    min: 0,
    max: 10_000,
    unit: "calls",
    why: "each waiting call holds its prompt in memory",
    description: "Calls that may wait for a context. Further ones go to the next model, or are refused with 429 and `retry-after`.",
  }).default(100),
  load: z
    .enum(["start", "first-call"])
    .default("start")
    .meta({ description: "When the model is read into memory. `start` does not hold up the server: early calls wait." }),
};
const vllm = {
  engine: z.enum(["vllm", "tei"]).optional().meta({
    description:
      "`tei`: the server is Text Embeddings Inference, which ranks at `/rerank` beside its `/v1` and in a form of its own. `vllm`: the server is vLLM. Its `/metrics` beside the API are read twice a second for the length of its queue, by which `strategy: least-busy` chooses; every call carries a `cache_salt` of its tenant (docs/vllm.md).",
  }),
  tierPriority: z
    .record(plainName, whole({ min: -1000, max: 1000, why: "nobody has more ranks than that", description: "Lower is sooner." }))
    .optional()
    .meta({
      description:
        "(`engine: vllm` only) `priority` sent with calls of tenants of a tier, by the tier's name; lower is sooner, other tenants have 0. Needs a server that was started with `--scheduling-policy priority`: others refuse calls that bring one.",
    }),
};
const provider = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("openai").meta({ description: "Any server that speaks OpenAI's protocol: vLLM, llama.cpp, Ollama, OpenAI itself." }),
    ...remote,
    ...vllm,
  }),
  z.strictObject({ kind: z.literal("anthropic").meta({ description: "Anthropic's Messages protocol." }), ...remote }),
  z.strictObject({
    kind: z.literal("llama").meta({
      description:
        "A GGUF model that the server runs itself on the CPU, in a process beside it. Without an entry of `models` that names it, its model has the provider's name, and each adapter its own.",
    }),
    ...llama,
    trust: providerTrust,
    region,
    timeouts,
  }),
]);

const rate = (unit: string, description: string) =>
  whole({
    min: 1,
    max: 1_000_000_000,
    unit,
    why: "zero would refuse every call: leave the limit out, or revoke the key",
    description,
  }).optional();
const tier = z.strictObject({
  rpm: rate("requests per minute", "Requests per minute of one tenant. Without it no limit."),
  tpm: rate("tokens per minute", "Tokens per minute of one tenant, prompt and answer. Without it no limit."),
});

const server = z
  .strictObject({
    host: z.string().min(1).max(253).optional().meta({
      description: "Address to listen on; `0.0.0.0` for every interface. Default `127.0.0.1`. `--host` and `WEIR_HOST` go before it.",
    }),
    port: whole({
      min: 0,
      max: 65_535,
      why: "TCP ports end at 65535; 0 picks a free one",
      description: "Port to listen on. Default 8080. `--port` and `WEIR_PORT` go before it.",
    }).optional(),
    callsInFlight: whole({
      min: 1,
      max: 60_000,
      unit: "calls",
      why: "the runtime opens at most 65,535 outgoing requests",
      description: "Calls answered at the same time. Further ones wait in the queue.",
    }).default(2048),
    callsQueued: whole({
      min: 0,
      max: 100_000,
      unit: "calls",
      why: "each waiting call holds its body in memory",
      description: "Calls that may wait for room. Further ones are refused with 503 and `retry-after`.",
    }).default(1024),
    queueWaitMs: whole({
      min: 0,
      max: 600_000,
      unit: "milliseconds",
      why: "clients give up after ten minutes",
      description: "Longest wait in the queue; then 503 with `retry-after`.",
    }).default(5000),
  })
  .prefault({})
  .meta({ description: "Where the server listens, and how much it takes on." });

export const fileSchema = z.strictObject({
  providers: z
    .record(providerName, provider)
    .default({})
    .meta({ description: "Servers that answer, by name. `extractive`, which answers from documents without a model, is always there." }),
  models: z
    .record(modelName, modelSchema)
    .default({})
    .meta({ description: "Models that callers may ask for, by name. `auto` and `extractive` are always there." }),
  routes: z.record(plainName, z.array(routeRule).min(1).max(100)).default({}).meta({
    description:
      "Names that callers may ask for instead of a model; the first rule that applies decides. Without a route `auto`, it is all private models in the order of this file, then all external ones.",
  }),
  tiers: z
    .record(plainName, tier)
    .default({})
    .meta({ description: "Limits that tenants share by name (`tier` of a tenant). A tenant without a tier has no per-minute limits." }),
  fallback: z
    .boolean()
    .default(true)
    .meta({ description: "`false`: a call is tried at its first eligible model only, and fails with it. Or `env:NAME`." }),
  routingThreshold: whole({
    min: 0,
    max: 1_000_000_000,
    unit: "calls a day",
    why: "it is compared with the calls of one tenant on one day",
    description:
      "The signal `routingThreshold` of conditions. Where the file has no route `auto`, a tenant's calls of a day from this one on go to external models first. Or `env:NAME`.",
  }).optional(),
  resilience: resilienceSchema,
  slo: sloSchema,
  retrieval: retrievalSchema,
  maxOutputTokens: z
    .strictObject({
      default: whole({
        min: 1,
        max: 10_000_000,
        unit: "tokens",
        why: "a reservation of money is this many output tokens",
        description: "Asked of the model where the caller names no limit. Always sent, so that a reservation is a bound.",
      }).default(OUTPUT_TOKENS_DEFAULT),
      cap: whole({
        min: 1,
        max: 10_000_000,
        unit: "tokens",
        why: "no model writes more than 10 million tokens",
        description: "Most that a caller may ask for; a larger wish is lowered to it. Without it no cap.",
      }).optional(),
    })
    .prefault({})
    .meta({ description: "Length of answers." }),
  spendLimitUsd: amount({
    min: 0,
    max: 1_000_000_000,
    unit: "dollars",
    why: "sums are exact up to a billion dollars",
    description:
      "Everything that all tenants together may spend in a calendar month, UTC. Then calls that cost are refused with 429. Without it no limit. Or `env:NAME`.",
  }).optional(),
  server,
  guard: guardSchema,
  abuse: abuseSchema,
  auth: authSchema,
  console: consoleSchema,
  objects: objectsSchema,
  sources: sourcesSchema,
  telemetry: telemetrySchema,
  tls: tlsSchema,
  outbound: outboundSchema,
  retention: retentionSchema,
  approvals: approvalsSchema,
  prompts: promptsSchema,
  chatLogs: chatLogsSchema,
  downloads: downloadsSchema,
  journal: journalSchema,
  database: z
    .strictObject({
      connections: whole({
        min: 1,
        max: 500,
        unit: "connections",
        why: "PostgreSQL itself allows 100 unless told otherwise, and every replica takes its own",
        description: "Most connections to PostgreSQL (`DATABASE_URL`). The embedded database has one.",
      }).default(10),
    })
    .prefault({})
    .meta({ description: "The database." }),
});

/** What a config file holds after parsing, defaults filled in. */
export type FileConfig = z.output<typeof fileSchema>;
export type FileProvider = FileConfig["providers"][string];
export type FileModel = FileConfig["models"][string];
export type FileRule = FileConfig["routes"][string][number];

/** JSON Schema (2020-12) of the file, with `unit` and `why` beside the standard words. */
export function toFileJsonSchema(): Record<string, unknown> {
  return {
    title: "weir.yaml",
    ...z.toJSONSchema(fileSchema, { io: "input" }),
  };
}
