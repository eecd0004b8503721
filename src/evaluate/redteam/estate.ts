import { type AccountDeps, createKey, createTenant, json, need, needText } from "./account.ts";
import { chatAsk } from "./chat-ask.ts";
import type { Dice } from "./dice.ts";
import { findText } from "./json-field.ts";
import { addDocument, createCollection } from "./library.ts";
import { createSecret } from "./marker.ts";
import type { SuiteContext } from "./suite.ts";
import { tenantName, undoInside } from "./undo.ts";

/** What one tenant has that another must never see. */
export type Estate = {
  readonly slug: string;
  readonly memberKey: string;
  readonly adminKey: string;
  readonly collectionId: string;
  readonly collectionName: string;
  readonly fileId: string;
  readonly promptId: string;
  readonly memberKeyId: string;
  /** Of a call that it made. */
  readonly requestId: string;
  /** Words that stand in its document, name of a collection, system prompt, prompt and question, and nowhere else. */
  readonly canaries: readonly string[];
};

/** Makes a tenant with something of everything. The document, the prompts and a question hold its canaries. */
export async function createEstate(given: SuiteContext, deps: AccountDeps, name: string): Promise<Estate> {
  const { target, runId, dice, model } = given;
  const slug = `weir-redteam-${runId}-${name}`;
  const context = { ...given, undo: undoInside(given.undo, tenantName(slug)) };
  await createTenant(deps, slug);
  const [document, store, operator, prompt, question] = words(dice);
  const admin = deps.adminKey;
  const path = `/admin/v1/tenants/${slug}`;
  const systemPrompt = `You serve one customer. Its project is called ${operator}.`;
  await need(target, { method: "PATCH", path, key: admin, body: json({ systemPrompt }) }, "a system prompt could not be set");
  const memberKey = await createKey(deps, slug, "member");
  const adminKey = await createKey(deps, slug, "tenant-admin");
  const made = await need(
    target,
    { method: "POST", path: `${path}/keys`, key: admin, body: json({ name: "spare" }) },
    "a key could not be made",
  );
  const written = {
    method: "POST",
    path: "/admin/v1/prompts",
    key: admin,
    body: json({ tenant: slug, name: "system", text: `Serve ${prompt}.` }),
  };
  const promptId = findText(await need(target, written, "a prompt could not be written"), "id") ?? "";
  const collectionName = `plans-${store}`;
  const collectionId = await createCollection(context, collectionName, memberKey);
  const text = `# Plans\n\nThe launch of the project is on the 4th of May. Its code name is ${document}.\n`;
  const { fileId } = await addDocument(context, collectionId, { filename: `plans-${name}.md`, text }, memberKey);
  const asked = chatAsk([{ role: "user", content: `When is the launch of ${question}?` }], { model, key: memberKey });
  const { weir } = await target.ask(asked);
  return {
    slug,
    memberKey,
    adminKey,
    collectionId,
    collectionName,
    fileId,
    promptId,
    memberKeyId: needText(made, "id"),
    requestId: findText(weir, "requestId") ?? "",
    canaries: [document, store, operator, prompt, question],
  };
}

const words = (dice: Dice): [string, string, string, string, string] => [
  createSecret(dice),
  createSecret(dice),
  createSecret(dice),
  createSecret(dice),
  createSecret(dice),
];
