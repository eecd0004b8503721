import type { Change } from "../admit/index.ts";
import type { PromptCreate } from "../contract/admin.ts";
import { principalIdOf, type Principal } from "../domain/principal.ts";
import { toIso } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { type PromptId, promptIds, type TenantId } from "../kernel/ids.ts";
import { type Database, OPERATOR } from "../store/database.ts";
import { listMakers } from "../store/keys.ts";
import {
  findPromptOwner,
  getPrompt,
  insertPrompt,
  listPrompts,
  lockPrompt,
  type PromptRecord,
  type PromptWrite,
  releasePrompt,
  requestPrompt,
  SYSTEM_PROMPT,
} from "../store/prompts.ts";
import { updateTenant } from "../store/tenants.ts";
import { changeBy, type Decisions } from "./changed.ts";
import { getBySlug } from "./tenants.ts";

/** A version of a prompt as the admin API tells it. */
export type PromptView = {
  readonly id: string;
  readonly tenant: string;
  readonly name: string;
  readonly version: number;
  readonly environment: string;
  /** A second person's approval is waited for. */
  readonly requested: boolean;
  readonly text: string;
  readonly author: string;
  readonly createdAt: string;
  readonly requestedBy: string | undefined;
  readonly approvedBy: string | undefined;
  readonly approvedAt: string | undefined;
};

export type PromptAdmin = {
  /** A new version in staging, which no call sees. Throws `forbidden` to a prompter for another's prompt. */
  create(who: Principal, slug: string, body: Pick<PromptCreate, "name" | "text">): Promise<PromptView>;
  get(slug: string, id: string): Promise<PromptView>;
  list(
    slug: string,
    page: { name: string | undefined; after: string | undefined; limit: number },
  ): Promise<{ data: readonly PromptView[]; nextCursor: string | undefined }>;
  /** Asks for a version to go into production. */
  promote(who: Principal, slug: string, id: string): Promise<PromptView>;
  /** Takes it there. Throws `forbidden` to who asked for it, under whichever key. */
  approve(who: Principal, slug: string, id: string): Promise<PromptView>;
};

type Deps = {
  readonly db: Database;
  nowMs(): number;
  readonly decisions: Decisions;
  changed(change: Change): void;
};

export function createPromptAdmin({ db, nowMs, decisions, changed }: Deps): PromptAdmin {
  /** One change of a prompt, and its entry in the log. */
  const write = async (
    who: Principal,
    slug: string,
    action: string,
    work: (at: PromptWrite) => Promise<{ readonly prompt: PromptRecord; readonly old: string | null }>,
  ): Promise<{ view: PromptView; tenantId: TenantId }> => {
    const { id: tenantId } = await getBySlug(db, slug);
    const prompt = await decisions.change(OPERATOR, async (bound) => {
      const { prompt: made, old } = await work({ db: bound, tenantId, nowMs: nowMs(), by: principalIdOf(who) });
      const state = made.requestedBy !== undefined && made.approvedBy === undefined ? "requested" : made.environment;
      const shown = {
        state: { old, new: state },
        version: { old: null, new: made.version },
        text: { old: null, new: decisions.digestText(made.text) },
      };
      return { made, tenantId, decision: changeBy(who, action, { resource: made.id, changed: shown }) };
    });
    return { view: toView(slug, prompt), tenantId };
  };

  return {
    async create(who, slug, { name, text }) {
      const { view } = await write(who, slug, "prompt.create", async (at) => {
        const owner = await findPromptOwner(at, name);
        if (who.role === "prompter" && owner !== undefined && owner !== at.by)
          throw new Fault("forbidden", { param: "name", say: "A prompter writes only prompts of their own: this one is another's." });
        return { prompt: await insertPrompt(at, name, text), old: null };
      });
      return view;
    },
    async get(slug, id) {
      const { id: tenantId } = await getBySlug(db, slug);
      return toView(slug, await getPrompt(db, tenantId, parseId(id)));
    },
    async list(slug, page) {
      const { id: tenantId } = await getBySlug(db, slug);
      const { data, nextCursor } = await listPrompts(db, tenantId, page);
      return { data: data.map((prompt) => toView(slug, prompt)), nextCursor };
    },
    async promote(who, slug, id) {
      const promptId = parseId(id);
      const { view } = await write(who, slug, "prompt.promote", async (at) => {
        const before = await lockPrompt(at, promptId);
        if (before.environment === "production") throw new Fault("conflict", { say: "This version is in production." });
        return { prompt: await requestPrompt(at, promptId), old: before.environment };
      });
      return view;
    },
    async approve(who, slug, id) {
      const promptId = parseId(id);
      const tenant = await getBySlug(db, slug);
      const asked = await getPrompt(db, tenant.id, promptId);
      if (asked.requestedBy !== undefined) await checkSecondPerson(db, tenant.id, asked.requestedBy, principalIdOf(who));
      const { view, tenantId } = await write(who, slug, "prompt.approve", async (at) => {
        const before = await lockPrompt(at, promptId);
        if (before.environment === "production" || before.requestedBy === undefined)
          throw new Fault("conflict", { say: "Nobody asks for this version to go into production: POST …/promote does." });
        if (before.requestedBy !== asked.requestedBy)
          throw new Fault("conflict", { say: "Somebody else has asked meanwhile. Look again." });
        const prompt = await releasePrompt(at, before);
        if (prompt.name === SYSTEM_PROMPT) await updateTenant(at.db, at.tenantId, { systemPrompt: prompt.text });
        return { prompt, old: before.environment };
      });
      changed({ kind: "tenant", tenantId, id: tenantId });
      return view;
    },
  };
}

/** Two keys are two persons only where neither was made by the other, at whatever remove; what the admin key made is the admin's. */
async function checkSecondPerson(db: Database, tenantId: TenantId, requester: string, approver: string): Promise<void> {
  const same =
    requester === approver ||
    (await listMakers(db, tenantId, approver)).includes(requester) ||
    (await listMakers(db, tenantId, requester)).includes(approver);
  if (same)
    throw new Fault("forbidden", { say: "Who asks for production may not approve it, nor by a key that they made: a second person must." });
}

function parseId(raw: string): PromptId {
  if (promptIds.is(raw)) return raw;
  throw new Fault("not_found", { say: "The prompt does not exist." });
}

const toView = (tenant: string, prompt: PromptRecord): PromptView => ({
  id: prompt.id,
  tenant,
  name: prompt.name,
  version: prompt.version,
  environment: prompt.environment,
  requested: prompt.requestedBy !== undefined && prompt.approvedBy === undefined,
  text: prompt.text,
  author: prompt.authorId,
  createdAt: toIso(prompt.createdAtMs),
  requestedBy: prompt.requestedBy,
  approvedBy: prompt.approvedBy,
  approvedAt: prompt.approvedAtMs === undefined ? undefined : toIso(prompt.approvedAtMs),
});
