import { z } from "zod";

/** Algorithms of signatures whose key can be public. `none` and the HMACs are not among them, so no setting can allow them. */
export const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"] as const;
export const ROLES = ["viewer", "prompter", "engineer", "admin", "tenant-admin", "member"] as const;

const address = (description: string) =>
  z
    .string()
    .min(1)
    .max(2048)
    .meta({ description, examples: ["https://login.example.com/realms/weir"] });
const claim = (name: string, description: string) =>
  z
    .string()
    .min(1)
    .max(200)
    .default(name)
    .meta({ description: `${description} A claim of this very name, or a path with dots such as \`realm_access.roles\`.` });

const issuer = z.strictObject({
  issuer: address("The `iss` of its tokens, letter by letter. `https://`, or `http://` on this machine."),
  audience: z
    .string()
    .min(1)
    .max(400)
    .meta({ description: "The `aud` that a token must be made for: the name of this installation at the issuer." }),
  jwksUri: address(
    "Where its public keys are. Without it they are found by `/.well-known/openid-configuration`, and must be on the issuer's own host.",
  ).optional(),
  algorithms: z
    .array(z.enum(ALGORITHMS))
    .min(1)
    .max(ALGORITHMS.length)
    .default([...ALGORITHMS])
    .meta({ description: "Signatures that are taken. Only such whose key can be public exist." }),
  clockSkewSeconds: z.int().min(0).max(300).default(30).meta({
    description: "How far the issuer's clock may differ from this one's.",
    unit: "seconds",
    why: "clocks that differ by more than five minutes are wrong, and a token would outlive itself",
  }),
  claims: z
    .strictObject({
      tenant: claim("tenant", "Slug of the tenant. A token without it is of the platform."),
      role: claim("role", "One word or a list of them; `roles` says what they mean here."),
      team: claim("team", "Team that costs belong to."),
      region: claim("region", "Region that the holder's calls may be answered in, and no other."),
      groups: claim(
        "groups",
        "Groups that the holder belongs to: a list, or one text with commas. Documents that name one of them are found.",
      ),
      clearance: claim(
        "clearance",
        "`public`, `internal`, `confidential` or `restricted`: documents that are classified higher are not found.",
      ),
      jurisdiction: claim("jurisdiction", "Documents that name jurisdictions, and not this one, are not found."),
    })
    .prefault({})
    .meta({ description: "Which claims say what." }),
  roles: z
    .record(z.string().min(1).max(200), z.enum(ROLES))
    .default({ member: "member", "tenant-admin": "tenant-admin" })
    .meta({
      description:
        "The issuer's words for roles, and what each means here. A word that is not in it means nothing, and a token without a role is refused. A token with a tenant gets `tenant-admin` or `member`, one without `viewer`, `prompter`, `engineer` or `admin`: the highest that it names. Unless told, no token has a role of the platform.",
      examples: [{ "weir-admins": "admin", staff: "member" }],
    }),
  tenants: z.array(z.string().min(1).max(63)).min(1).max(1000).optional().meta({
    description:
      "Slugs of the only tenants that its tokens may name; then none is of the platform. For an issuer that a tenant brings itself.",
  }),
  console: z
    .strictObject({
      clientId: z.string().min(1).max(400).meta({ description: "What the console is called at the issuer: the `aud` of its ID tokens." }),
      clientSecret: z.string().min(1).max(8192).optional().meta({
        description: "`env:NAME`, `file:PATH`, or the secret itself. Without it the console is a public client, which PKCE protects.",
      }),
      scopes: z
        .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/))
        .max(20)
        .default(["openid"])
        .meta({ description: "What is asked for. `openid` always is.", why: "a scope has no spaces and no quotes" }),
      label: z
        .string()
        .min(1)
        .max(60)
        .optional()
        .meta({ description: "What stands on the button to sign in. Default: the issuer's host." }),
      tokenUri: address("Its token endpoint, where that is on another host than the issuer.").optional(),
    })
    .optional()
    .meta({ description: "People sign in to the web console by this issuer (docs/console.md)." }),
  ownDocumentsOnly: z.boolean().default(false).meta({
    description: "`true`: a `member` sees and uses only the files and collections that the same person made.",
  }),
});

export const authSchema = z
  .strictObject({
    oidc: z
      .array(issuer)
      .max(100)
      .default([])
      .meta({ description: "Issuers of tokens (OpenID Connect) that are taken beside keys. Calls go out to these only." }),
  })
  .prefault({})
  .meta({ description: "Who may call, beside those who have a key." });

export type OidcConfig = z.output<typeof issuer>;
export type AuthConfig = { readonly oidc: readonly OidcConfig[] };
