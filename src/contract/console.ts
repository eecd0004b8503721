import { z } from "zod";

/** What the web console asks of the server beside the public and the admin API: how to sign in, and how it looks. */

const moment = z.iso.datetime({ offset: true });
const permissions = z.array(z.string()).describe("What it may do: docs/roles.md lists them.");

export const consoleSettings = z.object({
  name: z.string(),
  version: z.string(),
  logo: z.string().nullable().describe("Address of a picture on this server."),
  accent: z.object({ light: z.string().nullable(), dark: z.string().nullable() }).describe("CSS hexadecimal colours; null: its own."),
  links: z.array(z.object({ label: z.string(), url: z.string() })),
  issuers: z.array(z.object({ issuer: z.string(), label: z.string() })).describe("Whom people sign in by, beside keys."),
  demo: z.boolean().describe("There is a tenant `demo` with sample documents."),
});
export type ConsoleSettings = z.infer<typeof consoleSettings>;

/** The server's own keys have 37 characters; an admin key is a line of text. */
const key = z.string().min(1).max(1024);

/** As long as a token may be, so that who pastes one hears what is wrong with it. */
const keyOrToken = z.string().min(1).max(8192);
export const sessionCreate = z.strictObject({
  key: keyOrToken.describe(
    "A key of a tenant, or the admin key. A token of an issuer is refused: it lives for minutes, a session for hours.",
  ),
});
export const sessionMade = z.object({
  signedIn: z.enum(["platform", "tenant"]).describe("Which of the session's two credentials it is now."),
});
export const sessionQuery = z.strictObject({
  slot: z.enum(["platform", "tenant"]).optional().describe("Signs out of this credential alone."),
});
export const sessionEnded = z.object({
  signedOut: z.literal(true),
  logout: z.string().nullable().describe("Where the browser signs out of the issuer, too."),
});

export const linkCreate = z.strictObject({ key: key.describe("The admin key.") });
export const linkMade = z.object({
  url: z.string().describe("It signs one browser in, once."),
  expiresAt: moment,
});
export const linkUse = z.strictObject({ code: z.string().min(1).max(512).describe("What stands behind `#code=`.") });

export const loginQuery = z.strictObject({ issuer: z.string().min(1).max(2048) });
export const loginAnswer = z.object({
  code: z.string().max(4096).optional(),
  state: z.string().max(512).optional(),
  iss: z.string().max(2048).optional(),
  error: z.string().max(200).optional(),
});

export const reportsCounted = z.object({ counted: z.int().min(0).describe("Of a batch at most 20.") });

/** Who asks, by either kind of credential; a browser may have both. */
export const me = z.object({
  platform: z
    .object({ role: z.enum(["viewer", "prompter", "engineer", "admin"]), permissions })
    .optional()
    .describe("Somebody who runs the platform."),
  tenant: z
    .object({
      slug: z.string(),
      name: z.string(),
      role: z.enum(["tenant-admin", "member"]),
      keyId: z.string().describe("Of the key; of a token's holder a digest."),
      permissions,
    })
    .optional()
    .describe("Somebody in a tenant."),
  session: z.object({ expiresAt: moment }).optional().describe("Of a browser that is signed in."),
});
export type Me = z.infer<typeof me>;
