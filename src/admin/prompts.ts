import type { Change } from "../admit/index.ts";
import type { PromptCreate } from "../contract/admin.ts";
import type { Principal } from "../domain/principal.ts";
import { toIso } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { type PromptId, promptIds } from "../kernel/ids.ts";
import type { Database } from "../store/database.ts";
import { type PromptRecord, promptVersions, SYSTEM_PROMPT } from "../store/prompts.ts";
import { updateTenant } from "../store/tenants.ts";
import type { Decisions } from "./changed.ts";
import { createReleases, isRequested, type Releases } from "./release.ts";
import { getBySlug } from "./tenants.ts";
import { parseKnownId } from "./known-id.ts";

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
  /** What rollouts of versions need. */
  readonly releases: Pick<Releases<PromptId>, "checkApproval" | "release">;
};

type Deps = {
  readonly db: Database;
  nowMs(): number;
  readonly decisions: Decisions;
  changed(change: Change): void;
  /** What a text of theirs stands for, where it refers to a file. Throws `body_invalid`. */
  resolvePrompt(text: string, param: string, who: Principal | undefined): string;
};

export function createPromptAdmin(deps: Deps): PromptAdmin {
  const { db, changed } = deps;
  const shown = (text: string) => ({ text: { old: null, new: deps.decisions.digestText(text) } });
  const releases = createReleases<PromptId>(deps, {
    word: "prompt",
    versions: promptVersions,
    diff: (_, { body }) => Promise.resolve(shown(body)),
    async apply(at, { name, body }) {
      if (name === SYSTEM_PROMPT) await updateTenant(at.db, at.tenantId, { systemPrompt: body });
      return shown(body);
    },
  });

  return {
    releases,
    async create(who, slug, { name, text }) {
      const body = deps.resolvePrompt(text, "text", who);
      const { id: tenantId } = await getBySlug(db, slug);
      const made = await releases.create(who, tenantId, {
        name,
        body,
        async check(at) {
          const owner = await promptVersions.findOwner(at, name);
          if (who.role === "prompter" && owner !== undefined && owner !== at.by)
            throw new Fault("forbidden", { param: "name", say: "A prompter writes only prompts of their own: this one is another's." });
        },
      });
      return toView(slug, made);
    },
    async get(slug, id) {
      const { id: tenantId } = await getBySlug(db, slug);
      return toView(slug, await promptVersions.get(db, tenantId, parseKnownId(promptIds, id, "prompt")));
    },
    async list(slug, page) {
      const { id: tenantId } = await getBySlug(db, slug);
      const { data, nextCursor } = await promptVersions.list(db, tenantId, page);
      return { data: data.map((prompt) => toView(slug, prompt)), nextCursor };
    },
    async promote(who, slug, id) {
      const promptId = parseKnownId(promptIds, id, "prompt");
      const { id: tenantId } = await getBySlug(db, slug);
      return toView(slug, await releases.promote(who, tenantId, promptId));
    },
    async approve(who, slug, id) {
      const promptId = parseKnownId(promptIds, id, "prompt");
      const { id: tenantId } = await getBySlug(db, slug);
      const released = await releases.approve(who, tenantId, promptId);
      changed({ kind: "tenant", tenantId, id: tenantId });
      return toView(slug, released);
    },
  };
}

const toView = (tenant: string, prompt: PromptRecord): PromptView => ({
  id: prompt.id,
  tenant,
  name: prompt.name,
  version: prompt.version,
  environment: prompt.environment,
  requested: isRequested(prompt),
  text: prompt.body,
  author: prompt.authorId,
  createdAt: toIso(prompt.createdAtMs),
  requestedBy: prompt.requestedBy,
  approvedBy: prompt.approvedBy,
  approvedAt: prompt.approvedAtMs === undefined ? undefined : toIso(prompt.approvedAtMs),
});
