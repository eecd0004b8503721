/** The house rules as tables. docs/architecture.md says them in words; change both or neither. */

/** Lowest first. A folder imports only folders of earlier tiers; folders of one tier do not know each other. */
export const TIERS: readonly (readonly string[])[] = [
  ["kernel"],
  ["domain"],
  ["contract"],
  ["config", "store", "object", "qdrant", "queue", "share", "telemetry"],
  ["admit", "guard", "retrieve", "cache", "route", "provider", "record"],
  ["chat", "embed", "moderate", "ingest", "learn", "evaluate", "agent", "plan", "operate", "admin"],
  ["http", "worker", "cli"],
  ["compose"],
  ["."],
];

/** Folders of plain values and types, and the pieces of compose.ts: their files are imported directly. */
export const OPEN_FOLDERS: ReadonlySet<string> = new Set(["kernel", "domain", "contract", "compose", "."]);

/** Folders in which every file at the top is a door of its own: one per aggregate. */
export const MANY_DOORS: ReadonlySet<string> = new Set(["store"]);

/** Files that may stand beside the folders: the process edge, the graph of parts (its pieces are in `compose/`), the library's door. */
export const isRootFile = (name: string): boolean => ["main.ts", "compose.ts", "index.ts"].includes(name);

/**
 * A third-party package, sub-paths included, has one owner; the others use the owner's door. zod is the exception that every edge needs:
 * it reads what comes from outside. `typesOnly`: the package is a development dependency and must leave no import behind at run time.
 */
export const OWNERS: Readonly<Record<string, { readonly folders: readonly string[]; readonly typesOnly?: true }>> = {
  pg: { folders: ["store"] },
  "pg-boss": { folders: ["queue"] },
  "@electric-sql/pglite": { folders: ["store"] },
  "@electric-sql/pglite-pgvector": { folders: ["store"] },
  "@qdrant/js-client-rest": { folders: ["qdrant"] },
  hono: { folders: ["http"] },
  "@modelcontextprotocol/server": { folders: ["http"] },
  zod: { folders: ["contract", "config", "http", "queue"] },
  yaml: { folders: ["config"] },
  "@cfworker/json-schema": { folders: ["chat"] },
  "@marcbachmann/cel-js": { folders: ["config"] },
  htmlparser2: { folders: ["ingest"] },
  unpdf: { folders: ["ingest"] },
  papaparse: { folders: ["ingest"] },
  "postal-mime": { folders: ["ingest"] },
  numfmt: { folders: ["ingest"] },
  "hyparquet-writer": { folders: ["ingest"] },
  hyparquet: { folders: ["ingest"] },
  stemmer: { folders: ["retrieve"] },
  "@orama/stemmers": { folders: ["retrieve"] },
  eld: { folders: ["retrieve"] },
  "libphonenumber-js": { folders: ["guard"] },
  "node-llama-cpp": { folders: ["provider"] },
  "@huggingface/jinja": { folders: ["provider"] },
  jose: { folders: ["admit"] },
  openai: { folders: ["provider", "contract"], typesOnly: true },
  "@anthropic-ai/sdk": { folders: ["provider", "contract"], typesOnly: true },
};

/** Places (folders, or files) that own what changes from run to run: time, dice, the network. Everyone else gets it as a parameter. */
const EDGES = ["kernel", "http", "share", "cli", "provider/transport.ts", "main.ts"];
const PROCESS_EDGES = ["cli", "main.ts", "index.ts"];
const BUN_EDGES = ["http", "share", "provider/transport.ts", "provider/http1.ts", "main.ts"];

export type Restricted = {
  /** As it is named in a problem. */
  readonly name: string;
  readonly owners: readonly string[];
  readonly instead: string;
};

export const RESTRICTED = {
  env: { name: "process.env", owners: PROCESS_EDGES, instead: "take the setting as a parameter" },
  exit: {
    name: "process.exit",
    owners: [...PROCESS_EDGES, "ingest/prepare-process.ts", "provider/llama/child/main.ts", "store/pglite-worker.ts"],
    instead: "throw, or return",
  },
  console: { name: "console", owners: PROCESS_EDGES, instead: "take a logger as a parameter" },
  bun: { name: "Bun", owners: BUN_EDGES, instead: "use a web or node: API" },
  date: { name: "Date", owners: EDGES, instead: "take a Clock as a parameter" },
  performance: { name: "performance", owners: EDGES, instead: "take a Clock as a parameter" },
  random: { name: "Math.random", owners: EDGES, instead: "take dice as a parameter" },
  uuid: { name: "crypto.randomUUID", owners: EDGES, instead: "use kernel/ids.ts" },
  fetch: { name: "fetch", owners: EDGES, instead: "take fetch as a parameter" },
  globals: { name: "globalThis", owners: PROCESS_EDGES, instead: "name the global itself" },
} as const satisfies Record<string, Restricted>;

export type RestrictedKey = keyof typeof RESTRICTED;

/** Named imports that are the same thing under another name. `*` stands for any name. */
export const RESTRICTED_IMPORTS: Readonly<Record<string, Readonly<Record<string, RestrictedKey>>>> = {
  "node:process": { env: "env", exit: "exit", hrtime: "date" },
  "node:console": { "*": "console" },
  "node:perf_hooks": { performance: "performance" },
  "node:crypto": { randomUUID: "uuid" },
};

/** Default and namespace imports that are a global under another name. */
export const GLOBAL_ALIASES: Readonly<Record<string, string>> = {
  "node:process": "process",
  "node:console": "console",
  "node:crypto": "crypto",
};

/** Long files hide two ideas. Generated ones (`*.generated.ts`) are exempt. */
export const FILE_LINES_MAX = 400;

/** Names that say nothing, as a folder, a file or a word of a file's name. */
export const EMPTY_WORDS: ReadonlySet<string> = new Set("util utils helper helpers common misc shared manager managers".split(" "));
