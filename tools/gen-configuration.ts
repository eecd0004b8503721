/**
 * Writes docs/configuration.md and docs/weir.schema.json from the schema that reads weir.yaml, the table of environment variables and
 * the flags of `weir serve`. Run: bun tools/gen-configuration.ts [--check]. With --check it writes nothing and exits 1 where one is stale.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { COMMANDS } from "../src/cli/index.ts";
import { ENVIRONMENT, toFileJsonSchema } from "../src/config/index.ts";

type Schema = {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  /** A word: no setting has another constant. */
  readonly const?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly unit?: string;
  readonly why?: string;
};

type Row = { readonly path: string; readonly schema: Schema; readonly required: boolean };

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ");
const code = (text: string): string => `\`${text}\``;

/** One row for each setting, outer ones first. `<name>` stands for a name that the operator chooses. */
function rowsOf(path: string, schema: Schema, required: boolean): Row[] {
  const row: Row = { path, schema, required };
  if (schema.oneOf !== undefined) return [row, ...mergedBranches(path, schema.oneOf)];
  const inner = Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
    rowsOf(path === "" ? name : `${path}.${name}`, property, schema.required?.includes(name) === true),
  );
  if (typeof schema.additionalProperties === "object") inner.push(...rowsOf(`${path}.<name>`, schema.additionalProperties, false));
  if (schema.items?.type === "object") inner.push(...rowsOf(`${path}[]`, schema.items, false));
  return path === "" ? inner : [row, ...inner];
}

/** The branches of a union share most settings: each is listed once, `kind` with all its words. */
function mergedBranches(path: string, branches: readonly Schema[]): Row[] {
  const rows = new Map<string, Row>();
  for (const branch of branches) {
    for (const row of rowsOf(path, branch, false).slice(1)) {
      const before = rows.get(row.path);
      const only = Object.values(branch.properties ?? {}).find((property) => property.const !== undefined)?.const;
      if (row.schema.const !== undefined) {
        const words = [...(before?.schema.enum ?? []), row.schema.const];
        const told = [before?.schema.description, `${code(row.schema.const)}: ${row.schema.description ?? ""}`];
        rows.set(row.path, { ...row, schema: { type: "string", enum: words, description: told.filter(Boolean).join(" ") } });
      } else if (before === undefined) {
        const inAll = branches.every((other) => Object.hasOwn(other.properties ?? {}, row.path.slice(path.length + 1).split(".")[0] ?? ""));
        const description = inAll
          ? row.schema.description
          : `(${branchesWith(branches, path, row.path, only)} only) ${row.schema.description ?? ""}`;
        rows.set(row.path, { ...row, schema: { ...row.schema, ...(description === undefined ? {} : { description }) } });
      }
    }
  }
  return [...rows.values()];
}

function branchesWith(branches: readonly Schema[], path: string, row: string, fallback: unknown): string {
  const key = row.slice(path.length + 1).split(".")[0] ?? "";
  const kinds = branches
    .filter((branch) => Object.hasOwn(branch.properties ?? {}, key))
    .map((branch) => branch.properties?.["kind"]?.const ?? fallback);
  return kinds.map((kind) => code(String(kind))).join(", ");
}

function valuesOf({ schema }: Row): string {
  if (schema.enum !== undefined) return schema.enum.map((word) => code(String(word))).join(", ");
  const unit = schema.unit === undefined ? "" : ` ${schema.unit}`;
  if (schema.minimum !== undefined) return `${group(schema.minimum)} to ${group(schema.maximum ?? Number.NaN)}${unit}`;
  if (schema.type === "boolean") return "`true`, `false`";
  if (schema.type === "array") return "list";
  return schema.type === "string" ? "text" : "map";
}

const group = (value: number): string => value.toLocaleString("en-US");

function defaultOf({ schema, required }: Row): string {
  if (required) return "required";
  const value = schema.default;
  if (value === undefined || typeof value === "object") return "";
  return code(JSON.stringify(value));
}

function fileTable(): string {
  const rows = rowsOf("", toFileJsonSchema() as Schema, false).filter((row) => row.schema.description !== undefined);
  const lines = rows.map((row) => {
    const why = row.schema.why === undefined ? "" : ` ${row.schema.minimum === undefined ? "Form" : "Bounds"}: ${row.schema.why}.`;
    return `| ${code(row.path)} | ${cell(valuesOf(row))} | ${defaultOf(row)} | ${cell(`${row.schema.description ?? ""}${why}`)} |`;
  });
  return ["| Setting | Values | Default | Meaning |", "|---|---|---|---|", ...lines].join("\n");
}

function environmentTable(read: "always" | "quick-start"): string {
  const lines = ENVIRONMENT.filter((setting) => setting.read === read).map(
    (setting) => `| ${code(setting.name)} | ${cell(setting.description)} |`,
  );
  return ["| Variable | Meaning |", "|---|---|", ...lines].join("\n");
}

function flagTable(): string {
  const serve = COMMANDS.find((command) => command.name === "serve");
  const lines = Object.entries(serve?.flags ?? {}).map(
    ([name, flag]) => `| ${code(`--${name}${flag.value === undefined ? "" : ` ${flag.value}`}`)} | ${cell(flag.description)} |`,
  );
  return ["| Flag | Meaning |", "|---|---|", ...lines].join("\n");
}

function renderPage(example: string): string {
  return `<!-- Made by tools/gen-configuration.ts. Change the schema in src/config/schema.ts, then run it again. -->

# Configuration

A server is configured by one file, by the environment, or by nothing at all: \`weir serve\` without either answers from documents.
Flags go before the environment, and the environment goes before the file. Whatever is wrong is named at start, all of it at once, with
file, line, column and the nearest known name, and the exit code is 2. What is only suspicious is a warning on standard error.

## Flags of \`weir serve\`

${flagTable()}

## Environment

Read on every start:

${environmentTable("always")}

An empty variable counts as unset. A variable that begins with \`WEIR_\`, is not in this list and looks like a slip of one that is, stops the
start; variables that Kubernetes makes for a service called \`weir\` are ignored.

**Quick start.** Without a config file these make providers and limits. With one they do nothing by themselves: the file refers to them
as \`env:NAME\`, and one that is set but not referred to draws a warning.

${environmentTable("quick-start")}

**\`.env\` files.** Bun, the runtime, reads \`.env\`, \`.env.local\` and \`.env.<mode>\` (\`development\` unless \`NODE_ENV\` says otherwise) from the working folder by itself,
where a variable is not set already. That suits the quick start and is left on; each start names the settings that such a file holds, because a key that happens to lie in a folder decides
where prompts go. To have none of it, run \`bun --no-env-file src/main.ts serve\`, or start in a folder without them.

## Config file

\`weir.yaml\` in the working folder, or the file that \`--config\` or \`WEIR_CONFIG\` names. YAML 1.2; an unknown key is an error. Paths in the
file start from its own folder. \`<name>\` is a name that you choose. Editors complete and check the file with this first line:

\`\`\`yaml
# yaml-language-server: $schema=./docs/weir.schema.json
\`\`\`

${fileTable()}

### Example

\`\`\`yaml
${example.trimEnd()}
\`\`\`

## Secrets

The data folder (mode 0700) holds, each readable by its owner only:

- \`secret\`: 32 random bytes that every other key is derived from, made on the first start unless \`WEIR_SECRET\` is set. Back it up: without it
  the keys of all tenants are lost. A folder keeps to its secret: another \`WEIR_SECRET\` later is refused, not silently wrong.
- \`secret.check\`: a digest that recognises \`WEIR_SECRET\`, where the secret itself is not in the folder.
- \`admin-key\`: the admin key, made and shown once on the first start without \`WEIR_ADMIN_KEY\`. Delete it, and the next such start makes another.
  \`admin-key.shown\` remembers that it was shown.
- \`lock/\`: which process has the folder and where it answers, so that commands such as \`weir ingest\` find it.

With \`DATABASE_URL\` nothing of this is written: \`WEIR_SECRET\` is mandatory, and without \`WEIR_ADMIN_KEY\` an admin key is made that is good for one
start.
`;
}

/** The generated files, by path from the project's folder. */
export function render(root: string): ReadonlyMap<string, string> {
  return new Map([
    ["docs/configuration.md", renderPage(readFileSync(join(root, "weir.example.yaml"), "utf8"))],
    ["docs/weir.schema.json", `${JSON.stringify(toFileJsonSchema(), null, 2)}\n`],
  ]);
}

/** Paths whose file is not what the sources say. */
export function findStale(root: string): string[] {
  return [...render(root)]
    .filter(([path, text]) => !existsSync(join(root, path)) || readFileSync(join(root, path), "utf8") !== text)
    .map(([path]) => path);
}

if (import.meta.main) {
  const root = join(import.meta.dirname, "..");
  const stale = findStale(root);
  if (process.argv.includes("--check")) {
    for (const path of stale) console.error(`${path} is stale: run bun tools/gen-configuration.ts`);
    process.exitCode = stale.length > 0 ? 1 : 0;
  } else {
    for (const [path, text] of render(root)) writeFileSync(join(root, path), text);
    console.log(stale.length === 0 ? "nothing was stale" : `written: ${stale.join(", ")}`);
  }
}
