import type {
  GuardReports,
  KeyAdmin,
  KeySuspensions,
  PolicyAdmin,
  PolicyCheckAdmin,
  PromptAdmin,
  RedteamReports,
  TenantAdmin,
} from "../admin/index.ts";
import {
  adminOperating,
  adminPolicies,
  adminErasures,
  adminHolds,
  adminPrompts,
  adminRollouts,
  adminSources,
  adminTenants,
  apiDocument,
  audit,
  budgets,
  auditChain,
  directory,
  roles,
  chatCompletions,
  consoleEndpoints,
  contentScan,
  embeddingAnew,
  embeddings,
  moderations,
  explain,
  guard,
  guardReports,
  keySuspension,
  files,
  health,
  ingestEvents,
  mcp,
  me,
  models,
  redteam,
  rerank,
  operations,
  objectKeys,
  policyChecks,
  routeExplain,
  routes,
  quarantine,
  usage,
  usageExport,
  usagePanel,
  usageSeries,
  vectorStores,
  type AuditDeps,
  type OperatingDeps,
  type AuditChainDeps,
  type DirectoryDeps,
  type ChatDeps,
  type ConsoleDeps,
  type EmbeddingAnewDeps,
  type EmbeddingsDeps,
  type ModerationsDeps,
  type ErasuresDeps,
  type HoldsDeps,
  type Endpoint,
  type ExplainRead,
  type GuardDeps,
  type HealthDeps,
  type IngestEventsDeps,
  type MeDeps,
  type ModelsDeps,
  type OperationsDeps,
  type RerankDeps,
  type RouteExplainDeps,
  type RolloutsDeps,
  type RoutesDeps,
} from "../http/index.ts";
import type { Ingest, Sources } from "../ingest/index.ts";
import type { RerankFor } from "./rerank-passages.ts";
import type { UsageEndpointDeps } from "./usage.ts";

export type EndpointsDeps = UsageEndpointDeps & {
  readonly chat: ChatDeps;
  readonly embeddings: EmbeddingsDeps;
  readonly rerank: RerankDeps;
  readonly rerankFor: RerankFor;
  readonly moderations: ModerationsDeps;
  readonly models: ModelsDeps;
  readonly me: MeDeps;
  /** undefined: there is no console. */
  readonly console: ConsoleDeps | undefined;
  readonly ingest: Ingest;
  readonly authenticate: IngestEventsDeps["authenticate"];
  readonly tenants: TenantAdmin;
  readonly keys: KeyAdmin;
  readonly suspensions: KeySuspensions;
  readonly reports: GuardReports;
  readonly guard: GuardDeps;
  readonly redteam: RedteamReports;
  readonly prompts: PromptAdmin;
  readonly policies: PolicyAdmin;
  readonly policyCheck: PolicyCheckAdmin;
  readonly listRoutes: RoutesDeps["listRoutes"];
  readonly rollouts: RolloutsDeps;
  readonly sources: Sources;
  readonly erasures: ErasuresDeps;
  readonly holds: HoldsDeps;
  readonly embeddingChanged: EmbeddingAnewDeps["embeddingChanged"];
  readonly explain: ExplainRead;
  readonly routeExplain: RouteExplainDeps;
  readonly scanContent: Parameters<typeof contentScan>[0];
  readonly rotateObjectKeys: Parameters<typeof objectKeys>[0];
  readonly audit: AuditDeps;
  readonly auditChain: AuditChainDeps;
  readonly directory: DirectoryDeps;
  readonly health: HealthDeps;
  readonly operations: OperationsDeps;
  readonly operating: OperatingDeps;
};

/** Every address that this server answers to. */
export function composeEndpoints(deps: EndpointsDeps): Endpoint[] {
  const endpoints: Endpoint[] = [
    chatCompletions(deps.chat),
    embeddings(deps.embeddings),
    ...rerank(deps.rerank),
    moderations(deps.moderations),
    ...models(deps.models),
    me(deps.me),
    ...files(deps.ingest),
    ...vectorStores({ ...deps.ingest, rerankFor: deps.rerankFor }),
    mcp({ ...deps.ingest, rerankFor: deps.rerankFor }),
    ...quarantine(deps.ingest),
    ...embeddingAnew({ ...deps.ingest, embeddingChanged: deps.embeddingChanged }),
    ...ingestEvents({ pacer: deps.chat.pacer, ingest: deps.ingest, authenticate: deps.authenticate }),
    ...adminTenants({ tenants: deps.tenants, keys: deps.keys }),
    ...directory(deps.directory),
    roles(() => endpoints),
    ...keySuspension(deps.suspensions),
    ...guard(deps.guard),
    ...guardReports(deps.reports),
    ...redteam(deps.redteam),
    ...adminErasures(deps.erasures),
    ...adminHolds(deps.holds),
    ...adminPrompts(deps.prompts),
    policyChecks(deps.policyCheck),
    ...adminPolicies(deps.policies),
    ...adminRollouts(deps.rollouts),
    ...adminSources(deps.sources),
    usage(deps.readUsage),
    usagePanel(deps.readPanel),
    usageSeries(deps.readSeries),
    usageExport(deps.exportUsage),
    budgets(deps.readBudgets),
    explain(deps.explain),
    ...routes(deps),
    routeExplain(deps.routeExplain),
    objectKeys(deps.rotateObjectKeys),
    contentScan(deps.scanContent),
    ...audit(deps.audit),
    ...auditChain(deps.auditChain),
    ...health(deps.health),
    ...operations(deps.operations),
    ...adminOperating(deps.operating),
    ...(deps.console === undefined ? [] : consoleEndpoints(deps.console)),
    // Told of the whole table, itself included.
    ...apiDocument(() => endpoints),
  ];
  return endpoints;
}
