export const rolesText = {
  title: "Roles",
  lead: "What each role may do, from the table that the server holds every request to.",
  platform: "The platform",
  tenant: "One tenant",
  about: {
    own: "In their own tenant",
    named: "In a tenant that the request names; a tenant's roles only in theirs",
    platform: "Over all tenants",
  },
  roles: {
    viewer: "Looks at tenants, prompts and policies. No keys, no costs, no content.",
    prompter: "A viewer who writes prompts.",
    engineer: "Runs the servers and decides routes; no keys, costs or audit.",
    admin: "Everything of the platform. No tenant's chats or documents.",
    "tenant-admin": "Everything of one tenant: keys, costs, prompts, audit.",
    member: "Chats, documents and collections of one tenant.",
  },
  search: "Find a permission or address",
  permission: "Permission",
  may: "may",
  mayNot: "may not",
  yours: "yours",
  table: "Roles and permissions",
  routes: (count: number) => (count === 1 ? "1 address" : `${count} addresses`),
  nothing: "No permission or address has that in it",
  given:
    "Roles are given by your identity provider: auth.oidc in weir.yaml says which claim means which role. Keys have the role that they were made with.",
} as const;
