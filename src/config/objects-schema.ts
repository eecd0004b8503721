import { z } from "zod";

const secret = (what: string) =>
  z
    .string()
    .min(1)
    .max(8192)
    .meta({ description: `${what}: \`env:NAME\` or \`file:PATH\`. Anything else is the value itself, which draws a warning.` });
const address = (description: string, example: string) =>
  z
    .string()
    .min(1)
    .max(2048)
    .meta({ description, examples: [example] });
const pathName = (description: string) =>
  z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*(?:\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/)
    .max(200)
    .meta({ description, why: "it stands in an address: letters, digits and . _ -, in parts joined by /" });

export const kmsSchema = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z
        .literal("secret")
        .meta({ description: "A secret of the object store's own, which may be changed without touching anything else." }),
      secret: secret("32 bytes as 64 hex digits or base64"),
      previous: secret("The secret of before, until `weir objects rotate-keys` has run").optional(),
    }),
    z.strictObject({
      kind: z.literal("vault-transit").meta({ description: "The transit engine of HashiCorp Vault or OpenBao." }),
      address: address("Its address, or `env:NAME`.", "https://vault.example:8200"),
      mount: pathName("Where the engine is mounted.").default("transit"),
      key: pathName("Name of the transit key, of type `aes256-gcm96`."),
      token: secret("A token that may encrypt and decrypt with this key"),
      namespace: pathName("Namespace, where there are such.").optional(),
    }),
  ])
  .optional()
  .meta({ description: "Who wraps the data keys, instead of `WEIR_SECRET`." });

export const objectsSchema = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("folder").meta({ description: "The folder `objects` of the data folder." }), kms: kmsSchema }),
    z.strictObject({
      kind: z.literal("s3").meta({ description: "A bucket of S3, or of a server that speaks its protocol." }),
      bucket: z
        .string()
        .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/)
        .meta({ description: "The bucket. It must exist.", why: "S3's own rule: 3 to 63 lower-case letters, digits, dots and hyphens" }),
      endpoint: address("Address of the server, or `env:NAME`. Default: AWS in the region.", "https://minio.example:9000").optional(),
      region: z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
        .meta({
          description: "Region, which is part of each signature. Servers of your own mostly take `us-east-1`.",
          why: "a region is lower-case letters, digits and hyphens",
        }),
      prefix: pathName("Put before every name, so that a bucket may be shared.").optional(),
      accessKeyId: secret("Access key"),
      secretAccessKey: secret("Secret key"),
      kms: kmsSchema,
    }),
  ])
  .prefault({ kind: "folder" })
  .meta({ description: "Where uploaded files and chat logs are kept, always encrypted (docs/objects.md)." });
