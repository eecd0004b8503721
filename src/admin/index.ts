export { createTenantAdmin, getBySlug } from "./tenants.ts";
export type { TenantAdmin, TenantView } from "./tenants.ts";
export { createKeyAdmin } from "./keys.ts";
export type { KeyAdmin, KeyView } from "./keys.ts";
export { createPromptAdmin } from "./prompts.ts";
export type { PromptAdmin, PromptView } from "./prompts.ts";
