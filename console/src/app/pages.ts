import {
  Activity,
  Blocks,
  Boxes,
  Building2,
  ChartNoAxesCombined,
  FileSearch,
  MessageSquare,
  Route as RouteIcon,
  ShieldCheck,
  Sparkles,
  UserCog,
  type LucideIcon,
} from "lucide-react";
import { shellText } from "#text/shell.ts";
import { may, type Me } from "./me.ts";

export type PageEntry = {
  readonly path: string;
  readonly label: string;
  readonly icon: LucideIcon;
  readonly group: keyof typeof shellText.groups;
  shows(me: Me): boolean;
};

const whoMay =
  (...permissions: readonly string[]) =>
  (me: Me): boolean =>
    permissions.some((permission) => may(me, permission));

/** Chat is a tenant's: for whoever is in one, or can make a key of one. */
const chats = (me: Me): boolean => me.tenant !== undefined || may(me, "keys.manage");

/** The navigation, in its order. What is shown follows from what the signed-in may do. */
export const PAGES: readonly PageEntry[] = [
  { path: "/start", label: shellText.pages.start, icon: Sparkles, group: "use", shows: chats },
  { path: "/playground", label: shellText.pages.playground, icon: MessageSquare, group: "use", shows: chats },
  { path: "/collections", label: shellText.pages.collections, icon: FileSearch, group: "use", shows: whoMay("collections.read") },
  { path: "/models", label: shellText.pages.models, icon: Boxes, group: "run", shows: whoMay("operations.read", "models.read") },
  { path: "/routing", label: shellText.pages.routing, icon: RouteIcon, group: "run", shows: whoMay("policies.read") },
  {
    path: "/guard",
    label: shellText.pages.guard,
    icon: ShieldCheck,
    group: "run",
    shows: whoMay("guard.report", "guard.review", "tenants.read"),
  },
  { path: "/operations", label: shellText.pages.operations, icon: Activity, group: "run", shows: whoMay("operations.read") },
  { path: "/usage", label: shellText.pages.usage, icon: ChartNoAxesCombined, group: "account", shows: whoMay("usage.read") },
  { path: "/audit", label: shellText.pages.audit, icon: Blocks, group: "account", shows: whoMay("audit.read") },
  { path: "/tenants", label: shellText.pages.tenants, icon: Building2, group: "account", shows: whoMay("tenants.read") },
  { path: "/roles", label: shellText.pages.roles, icon: UserCog, group: "account", shows: whoMay("tenants.read") },
];
