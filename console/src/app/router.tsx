import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Navigate, type ErrorComponentProps } from "@tanstack/react-router";
import { shellText as text } from "#text/shell.ts";
import { EmptyState, ErrorState, SkeletonRows } from "../ui/states.tsx";
import { Page } from "../ui/page.tsx";
import { Shell } from "./shell.tsx";

const root = createRootRoute({
  component: Shell,
  notFoundComponent: () => (
    <Page title={text.unknownPage}>
      <EmptyState title={text.unknownPage}>{text.unknownPageSay}</EmptyState>
    </Page>
  ),
});

/** A page, fetched when it is first opened. Anything may stand behind `?`: pages read it by `useSearchText`. */
const validateSearch = (search: Record<string, unknown>): Record<string, unknown> => search;
const getParentRoute = () => root;

const index = createRoute({ getParentRoute, path: "/", component: () => <Navigate to="/playground" replace /> });
const login = createRoute({
  getParentRoute,
  path: "/login",
  validateSearch,
  component: lazyRouteComponent(() => import("../pages/login/index.tsx"), "LoginPage"),
});
const start = createRoute({
  getParentRoute,
  path: "/start",
  validateSearch,
  component: lazyRouteComponent(() => import("../pages/start/index.tsx"), "StartPage"),
});
const playground = createRoute({
  getParentRoute,
  path: "/playground",
  validateSearch,
  component: lazyRouteComponent(() => import("../pages/playground/index.tsx"), "PlaygroundPage"),
});
const call = createRoute({
  getParentRoute,
  path: "/calls/$requestId",
  validateSearch,
  component: lazyRouteComponent(() => import("../pages/calls/index.tsx"), "CallPage"),
});
const collections = createRoute({
  getParentRoute,
  path: "/collections",
  validateSearch,
  component: lazyRouteComponent(() => import("../pages/collections/index.tsx"), "CollectionsPage"),
});
const collection = createRoute({
  getParentRoute,
  path: "/collections/$store",
  validateSearch,
  component: lazyRouteComponent(() => import("../pages/collections/collection.tsx"), "CollectionPage"),
});
const document = createRoute({
  getParentRoute,
  path: "/collections/$store/files/$file",
  validateSearch,
  component: lazyRouteComponent(() => import("../pages/collections/document.tsx"), "DocumentPage"),
});
const models = createRoute({
  getParentRoute,
  path: "/models",
  validateSearch,
  component: lazyRouteComponent(() => import("../pages/models/index.tsx"), "ModelsPage"),
});
const operations = createRoute({
  getParentRoute,
  path: "/operations",
  validateSearch,
  component: lazyRouteComponent(() => import("../pages/operations/index.tsx"), "OperationsPage"),
});
const routing = createRoute({
  getParentRoute,
  path: "/routing",
  validateSearch,
  component: lazyRouteComponent(() => import("../pages/routing/index.tsx"), "RoutingPage"),
});
const policy = createRoute({
  getParentRoute,
  path: "/routing/policies/$id",
  validateSearch,
  component: lazyRouteComponent(() => import("../pages/routing/policy.tsx"), "PolicyPage"),
});
const rollout = createRoute({
  getParentRoute,
  path: "/routing/rollouts/$id",
  validateSearch,
  component: lazyRouteComponent(() => import("../pages/routing/rollout.tsx"), "RolloutPage"),
});
const guard = createRoute({
  getParentRoute,
  path: "/guard",
  validateSearch,
  component: lazyRouteComponent(() => import("../pages/guard/index.tsx"), "GuardPage"),
});
const usage = createRoute({
  getParentRoute,
  path: "/usage",
  validateSearch,
  component: lazyRouteComponent(() => import("../pages/usage/index.tsx"), "UsagePage"),
});
const audit = createRoute({
  getParentRoute,
  path: "/audit",
  validateSearch,
  component: lazyRouteComponent(() => import("../pages/audit/index.tsx"), "AuditPage"),
});
const tenants = createRoute({
  getParentRoute,
  path: "/tenants",
  validateSearch,
  component: lazyRouteComponent(() => import("../pages/tenants/index.tsx"), "TenantsPage"),
});
const tenant = createRoute({
  getParentRoute,
  path: "/tenants/$slug",
  validateSearch,
  component: lazyRouteComponent(() => import("../pages/tenants/tenant.tsx"), "TenantPage"),
});
const roles = createRoute({
  getParentRoute,
  path: "/roles",
  validateSearch,
  component: lazyRouteComponent(() => import("../pages/roles/index.tsx"), "RolesPage"),
});

const Broken = ({ error, reset }: ErrorComponentProps) => (
  <div className="p-6">
    <ErrorState error={error} title={text.broken} onRetry={reset} />
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
