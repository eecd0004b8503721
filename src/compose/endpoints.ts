import type { KeyAdmin, TenantAdmin } from "../admin/index.ts";
import {
  adminTenants,
  apiDocument,
  audit,
  chatCompletions,
  embeddings,
  files,
  health,
  models,
  usage,
  vectorStores,
  type AuditDeps,
  type ChatDeps,
  type EmbeddingsDeps,
  type Endpoint,
  type HealthDeps,
  type ModelsDeps,
  type UsageAsk,
} from "../http/index.ts";
import type { Ingest } from "../ingest/index.ts";

export type EndpointsDeps = {
  readonly chat: ChatDeps;
  readonly embeddings: EmbeddingsDeps;
  readonly models: ModelsDeps;
  readonly ingest: Ingest;
  readonly tenants: TenantAdmin;
  readonly keys: KeyAdmin;
  readonly readUsage: (ask: UsageAsk) => Promise<unknown>;
  readonly audit: AuditDeps;
  readonly health: HealthDeps;
};

/** Every address that this server answers to. */
export function composeEndpoints(deps: EndpointsDeps): Endpoint[] {
  const endpoints: Endpoint[] = [
    chatCompletions(deps.chat),
    embeddings(deps.embeddings),
    ...models(deps.models),
    ...files(deps.ingest),
    ...vectorStores(deps.ingest),
    ...adminTenants({ tenants: deps.tenants, keys: deps.keys }),
    usage(deps.readUsage),
    ...audit(deps.audit),
    ...health(deps.health),
    // Told of the whole table, itself included.
    ...apiDocument(() => endpoints),
  ];
  return endpoints;
}
