import { createRootRoute, createRoute, createRouter, lazyRouteComponent, type ErrorComponentProps } from "@tanstack/react-router";
import { shellText as text } from "#text/shell.ts";
import { EmptyState, ErrorState, SkeletonRows } from "../ui/states.tsx";
import { Page } from "../ui/page.tsx";
import { ask } from "../api/client.ts";
import { Landing } from "./landing.tsx";
import { Shell } from "./shell.tsx";

const root = createRootRoute({
  component: Shell,
  notFoundComponent: () => (
    <Page title={text.unknownPage}>
      <EmptyState title={text.unknownPage}>{text.unknownPageSay}</EmptyState>
    </Page>
  ),
});

/**
 * Code that is not there is an older build's, and the page is loaded anew for it. Where the server answers nothing at all that would lose the page for
 * the browser's own error: then this fails with what `ask` says.
 */
const fetched =
  <Module,>(load: () => Promise<Module>) =>
  async (): Promise<Module> => {
    try {
      return await load();
    } catch (error) {
      await ask("/console/settings");
      throw error;
    }
  };
/** Code that failed to come is asked for by a page that begins anew, but not before somebody answers. */
async function beginAnew(reset: () => void): Promise<void> {
  try {
    await ask("/console/settings");
    location.reload();
  } catch {
    reset();
  }
}

/** A page, fetched when it is first opened. Anything may stand behind `?`: pages read it by `useSearchText`. */
const validateSearch = (search: Record<string, unknown>): Record<string, unknown> => search;
const getParentRoute = () => root;

const index = createRoute({ getParentRoute, path: "/", component: Landing });
const login = createRoute({
  getParentRoute,
  path: "/login",
  validateSearch,
  component: lazyRouteComponent(
    fetched(() => import("../pages/login/index.tsx")),
    "LoginPage",
  ),
});
const start = createRoute({
  getParentRoute,
  path: "/start",
  validateSearch,
  component: lazyRouteComponent(
    fetched(() => import("../pages/start/index.tsx")),
    "StartPage",
  ),
});
const playground = createRoute({
  getParentRoute,
  path: "/playground",
  validateSearch,
  component: lazyRouteComponent(
    fetched(() => import("../pages/playground/index.tsx")),
    "PlaygroundPage",
  ),
});
const call = createRoute({
  getParentRoute,
  path: "/calls/$requestId",
  validateSearch,
  component: lazyRouteComponent(
    fetched(() => import("../pages/calls/index.tsx")),
    "CallPage",
  ),
});
const collections = createRoute({
  getParentRoute,
  path: "/collections",
  validateSearch,
  component: lazyRouteComponent(
    fetched(() => import("../pages/collections/index.tsx")),
    "CollectionsPage",
  ),
});
const collection = createRoute({
  getParentRoute,
  path: "/collections/$store",
  validateSearch,
  component: lazyRouteComponent(
    fetched(() => import("../pages/collections/collection.tsx")),
    "CollectionPage",
  ),
});
const document = createRoute({
  getParentRoute,
  path: "/collections/$store/files/$file",
  validateSearch,
  component: lazyRouteComponent(
    fetched(() => import("../pages/collections/document.tsx")),
    "DocumentPage",
  ),
});
const models = createRoute({
  getParentRoute,
  path: "/models",
  validateSearch,
  component: lazyRouteComponent(
    fetched(() => import("../pages/models/index.tsx")),
    "ModelsPage",
  ),
});
const operations = createRoute({
  getParentRoute,
  path: "/operations",
  validateSearch,
  component: lazyRouteComponent(
    fetched(() => import("../pages/operations/index.tsx")),
    "OperationsPage",
  ),
});
const routing = createRoute({
  getParentRoute,
  path: "/routing",
  validateSearch,
  component: lazyRouteComponent(
    fetched(() => import("../pages/routing/index.tsx")),
    "RoutingPage",
  ),
});
const policy = createRoute({
  getParentRoute,
  path: "/routing/policies/$id",
  validateSearch,
  component: lazyRouteComponent(
    fetched(() => import("../pages/routing/policy.tsx")),
    "PolicyPage",
  ),
});
const rollout = createRoute({
  getParentRoute,
  path: "/routing/rollouts/$id",
  validateSearch,
  component: lazyRouteComponent(
    fetched(() => import("../pages/routing/rollout.tsx")),
    "RolloutPage",
  ),
});
const guard = createRoute({
  getParentRoute,
  path: "/guard",
  validateSearch,
  component: lazyRouteComponent(
    fetched(() => import("../pages/guard/index.tsx")),
    "GuardPage",
  ),
});
const usage = createRoute({
  getParentRoute,
  path: "/usage",
  validateSearch,
  component: lazyRouteComponent(
    fetched(() => import("../pages/usage/index.tsx")),
    "UsagePage",
  ),
});
const audit = createRoute({
  getParentRoute,
  path: "/audit",
  validateSearch,
  component: lazyRouteComponent(
    fetched(() => import("../pages/audit/index.tsx")),
    "AuditPage",
  ),
});
const tenants = createRoute({
  getParentRoute,
  path: "/tenants",
  validateSearch,
  component: lazyRouteComponent(
    fetched(() => import("../pages/tenants/index.tsx")),
    "TenantsPage",
  ),
});
const tenant = createRoute({
  getParentRoute,
  path: "/tenants/$slug",
  validateSearch,
  component: lazyRouteComponent(
    fetched(() => import("../pages/tenants/tenant.tsx")),
    "TenantPage",
  ),
});
const roles = createRoute({
  getParentRoute,
  path: "/roles",
  validateSearch,
  component: lazyRouteComponent(
    fetched(() => import("../pages/roles/index.tsx")),
    "RolesPage",
  ),
});

const Broken = ({ error, reset }: ErrorComponentProps) => (
  <div className="p-6">
    <ErrorState error={error} title={text.broken} onRetry={() => void beginAnew(reset)} />
  </div>
);

export const router = createRouter({
  routeTree: root.addChildren([
    index,
    login,
    start,
    playground,
    call,
    collections,
    collection,
    document,
    models,
    operations,
    routing,
    policy,
    rollout,
    guard,
    usage,
    audit,
    tenants,
    tenant,
    roles,
  ]),
  basepath: "/console",
  defaultPreload: "intent",
  defaultPendingComponent: () => <SkeletonRows />,
  defaultErrorComponent: Broken,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
