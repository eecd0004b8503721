import { z } from "zod";

const secret = (what: string) =>
  z
    .string()
    .min(1)
    .max(8192)
    .meta({ description: `${what}: \`env:NAME\` or \`file:PATH\`. Anything else is the value itself, which draws a warning.` });
const glob = z.string().min(1).max(512);

/** Five fields of numbers, lists, ranges and steps, as cron has them. */
const CRON = /^(?:[\d*/,-]+\s+){4}[\d*/,-]+$/;

const common = {
  tenant: z.string().min(1).max(64).meta({ description: "Slug of the tenant whose documents they are." }),
  collection: z.string().min(1).max(256).meta({ description: "Name of its collection. It is made where it is missing." }),
  schedule: z
    .string()
    .regex(CRON)
    .optional()
    .meta({
      description: "When it is looked at, as five fields of cron in UTC. Without it only when somebody asks.",
      examples: ["*/15 * * * *"],
      why: "minute, hour, day, month and weekday, of digits, `*`, `/`, `,` and `-`",
    }),
  include: z
    .array(glob)
    .max(100)
    .default([])
    .meta({
      description: "Globs over the paths in the place. Without any, every file whose ending is one that can be read.",
      examples: [["**/*.md"]],
    }),
  exclude: z.array(glob).max(100).default([]).meta({ description: "Globs of what is left out all the same." }),
  fileMegabytesMax: z.number().positive().max(64).default(64).meta({
    unit: "megabytes",
    why: "a file is held in memory, and 64 MB is the most that an upload may have",
    description: "Longer files are refused, by name.",
  }),
  attributes: z
    .record(z.string().min(1).max(64), z.union([z.string().max(512), z.number(), z.boolean()]))
    .default({})
    .meta({ description: "Given to every document, as in an upload: `groups` and `classification` among them say who may find it." }),
  allowEmpty: z.boolean().default(false).meta({
    description: "The place may be emptied: then every document of it goes. Else an empty place is taken for one that is not there.",
  }),
};

const folderSource = z.strictObject({
  kind: z.literal("folder").meta({ description: "A folder of this machine. Links in it are not followed." }),
  path: z.string().min(1).max(4096).meta({ description: "The folder, relative to this file." }),
  ...common,
});

const s3Source = z.strictObject({
  kind: z.literal("s3").meta({ description: "A bucket of S3, or of a server that speaks its protocol." }),
  bucket: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/)
    .meta({ description: "The bucket.", why: "S3's own rule: 3 to 63 lower-case letters, digits, dots and hyphens" }),
  endpoint: z
    .string()
    .min(1)
    .max(2048)
    .optional()
    .meta({ description: "Address of the server, or `env:NAME`. Default: AWS in the region.", examples: ["https://minio.example:9000"] }),
  region: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
    .meta({ description: "Region, which is part of each signature.", why: "a region is lower-case letters, digits and hyphens" }),
  prefix: z
    .string()
    .max(512)
    .default("")
    .meta({ description: "Only objects whose names begin so, which is left out of their paths.", examples: ["handbook/"] }),
  accessKeyId: secret("Access key, which needs to list and to read"),
  secretAccessKey: secret("Secret key"),
  ...common,
});

const gitSource = z.strictObject({
  kind: z.literal("git").meta({ description: "A branch of a Git repository, by the program `git` of this machine." }),
  url: z
    .string()
    .min(1)
    .max(2048)
    .meta({
      description: "Its address, `https://`, `http://` or `ssh://`, or `env:NAME`.",
      examples: ["https://git.example/team/handbook.git"],
    }),
  branch: z
    .string()
    .regex(/^(?!-)(?!.*(?:\.\.|@\{|\/\/|\.lock$))[\w./-]+(?<![./])$/)
    .max(200)
    .default("main")
    .meta({ description: "The branch.", why: "letters, digits and . _ - /, as git has names of branches" }),
  folder: z
    .string()
    .regex(/^(?!\/)(?!.*(?:^|\/)\.\.?(?:\/|$))[^\0\\]*$/)
    .max(512)
    .default("")
    .meta({ description: "Only what lies in this folder of the repository.", why: "it is a path inside the repository" }),
  token: secret("Token that may read it, for `https://`").optional(),
  ...common,
});

export const sourcesSchema = z
  .record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/), z.discriminatedUnion("kind", [folderSource, s3Source, gitSource]))
  .default({})
  .meta({ description: "Places that documents come from, each with a name of its own (docs/documents.md)." });
