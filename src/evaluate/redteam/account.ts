import { findText, parseJson } from "./json-field.ts";
import type { Ask } from "./probe.ts";
import type { Reply } from "./reply.ts";
import { SuiteFailed } from "./suite.ts";
import type { Target } from "./target.ts";
import { tenantName, type Undo } from "./undo.ts";

/** A tenant that is there for one run. */
export type Account = { readonly slug: string; readonly key: string };

export type AccountDeps = {
  readonly target: Target;
  readonly afterwards: Target;
  readonly adminKey: string;
  readonly undo: Undo;
};

/** The request must be answered with a 2xx. Throws SuiteFailed with the status and code, never with content. */
export async function need(target: Target, ask: Ask, what: string): Promise<unknown> {
  const reply = await target.ask(ask);
  if (reply.status >= 200 && reply.status < 300) return parseJson(reply.raw);
  throw new SuiteFailed(`${what}: ${reply.failure ?? `${String(reply.status)} ${reply.code ?? ""}`.trim()}`);
}

export const json = (value: unknown): NonNullable<Ask["body"]> => ({ kind: "json", value });

export const needText = (value: unknown, name: string): string => {
  const found = findText(value, name);
  if (found === undefined) throw new SuiteFailed(`the server's answer has no ${name}`);
  return found;
};

/** Gone already is as good as taken away. */
export const isTaken = ({ status }: Reply): boolean => (status >= 200 && status < 300) || status === 404;

export async function createTenant(deps: AccountDeps, slug: string): Promise<void> {
  const { target, afterwards, adminKey: key, undo } = deps;
  const path = `/admin/v1/tenants/${slug}`;
  // Before it is made: an answer that is lost on its way must not leave it behind.
  undo.add(tenantName(slug), async () => isTaken(await afterwards.ask({ method: "DELETE", path, key })));
  await need(target, { method: "POST", path: "/admin/v1/tenants", key, body: json({ slug, name: slug }) }, "a tenant could not be made");
}

export async function createKey({ target, adminKey }: AccountDeps, slug: string, role: "member" | "tenant-admin"): Promise<string> {
  const ask: Ask = {
    method: "POST",
    path: `/admin/v1/tenants/${slug}/keys`,
    key: adminKey,
    body: json({ name: "red team", role }),
  };
  return needText(await need(target, ask, "a key could not be made"), "key");
}
