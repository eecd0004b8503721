export type { AuthConfig, OidcConfig } from "./auth.ts";
export { readCondition } from "./condition/condition.ts";
export type { Condition, ReadCondition } from "./condition/condition.ts";
export { withApprovedRoutes } from "./approved-routes.ts";
export { findRouteProblem, listRouteProblems } from "./route-check.ts";
export type { RouteTrouble, RulesToCheck } from "./route-check.ts";
export { listRouteWarnings } from "./route-warnings.ts";
export type { KnownModel } from "./route-warnings.ts";
export type { ApprovedRoutes } from "./approved-routes.ts";
export { loadDownloads } from "./downloads.ts";
export type { Downloads } from "./downloads.ts";
export { loadConfig } from "./load-config.ts";
export type { LoadConfigInput } from "./load-config.ts";
export type { ConsoleConfig, ConsoleLogo } from "./console.ts";
export type { ConfigFlags } from "./listen.ts";
export { resolveDataDir } from "./listen.ts";
export type { KmsConfig, ObjectsConfig, VaultConfig } from "./objects.ts";
export type { SourceConfig } from "./sources.ts";
export type { CollectorConfig, MetricsConfig, TelemetryConfig, TracesConfig } from "./telemetry.ts";
export { adminKeyPath, markAdminKeyShown } from "./admin-key.ts";
export { ENVIRONMENT, readEnv } from "./environment.ts";
export type { Env } from "./environment.ts";
export { parseSecret } from "./secret.ts";
export { didYouMean, nearest } from "./nearest.ts";
export { ConfigError, renderProblem } from "./problem.ts";
export type { Problem } from "./problem.ts";
export type { ListedModel, ListModels } from "./quick-start.ts";
export { toFileJsonSchema } from "./schema.ts";
export type {
  ApprovalsConfig,
  Config,
  LlamaConfig,
  ModelConfig,
  ProviderConfig,
  RemoteConfig,
  RetentionConfig,
  RuleConfig,
  RuleOrder,
  TierConfig,
  TlsConfig,
  OutboundConfig,
} from "./types.ts";
export { isPromptReference, promptFileName, resolvePrompt } from "./prompt-reference.ts";
export type { PromptFile } from "./prompts.ts";
