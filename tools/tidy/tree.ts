/** Checks a whole source tree against rules.ts. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path/posix";
import { findCycles } from "./cycles.ts";
import { readModule, type Import, type Module } from "./module.ts";
import { EMPTY_WORDS, FILE_LINES_MAX, isRootFile, MANY_DOORS, OPEN_FOLDERS, OWNERS, RESTRICTED, TIERS } from "./rules.ts";

export type TidyReport = { readonly files: number; readonly imports: number; readonly problems: readonly string[] };

type Source = { readonly path: string; readonly root: string; readonly lines: number; readonly module: Module };

/** Tests may go past doors, use any package, and touch globals; the tiers hold for them too. */
const isTest = (path: string): boolean => /(\.(test|fixture)|\/testing)\.ts$/.test(path);
const isGenerated = (path: string): boolean => path.endsWith(".generated.ts");
const tierOf = (folder: string): number => TIERS.findIndex((tier) => tier.includes(folder));
const folderOf = (source: { path: string; root: string }): string => {
  const [folder = ".", inner] = source.path.slice(source.root.length + 1).split("/");
  return inner === undefined ? "." : folder;
};

/** Owner places are folders of `src` or files in it. */
const isOwned = (source: Source, owners: readonly string[]): boolean => {
  const inside = source.path.slice(source.root.length + 1);
  return owners.includes(folderOf(source)) || owners.includes(inside);
};

function packageOf(specifier: string): string {
  const parts = specifier.split("/");
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? specifier);
}

function checkName(source: Source): string[] {
  const words = source.path
    .slice(source.root.length + 1)
    .replace(/(\.(test|fixture|generated))?\.ts$/, "")
    .split(/[/-]/);
  const empty = words.find((word) => EMPTY_WORDS.has(word.toLowerCase()));
  const problems = empty === undefined ? [] : [`${source.path}: "${empty}" says nothing: name the idea`];
  if (source.lines > FILE_LINES_MAX && !isGenerated(source.path)) {
    problems.push(`${source.path}: ${source.lines} lines, at most ${FILE_LINES_MAX}`);
  }
  return problems;
}

function checkPlace(source: Source): string[] {
  const folder = folderOf(source);
  if (tierOf(folder) < 0) return [`${source.path}: the folder ${folder} has no tier`];
  if (folder === "." && !isTest(source.path) && !isRootFile(basename(source.path)))
    return [`${source.path}: only main, index and compose stand beside the folders`];
  return [];
}

function checkGlobals(source: Source): string[] {
  return source.module.uses
    .filter((use) => !isOwned(source, RESTRICTED[use.key].owners))
    .map((use) => `${source.path}:${use.line}: ${RESTRICTED[use.key].name} does not belong here: ${RESTRICTED[use.key].instead}`);
}

function checkPackage(source: Source, entry: Import): string[] {
  const at = `${source.path}:${entry.line}`;
  if (entry.specifier.startsWith("node:") || entry.specifier === "bun" || entry.specifier.startsWith("bun:")) return [];
  const name = packageOf(entry.specifier);
  const owner = OWNERS[name];
  if (owner === undefined) return [`${at}: ${name} has no owner folder (tools/tidy/rules.ts); a built-in module is node:${name}`];
  if (!owner.folders.includes(folderOf(source))) return [`${at}: ${name} belongs to ${owner.folders.join(", ")}`];
  if (owner.typesOnly === true && !entry.typeOnly) return [`${at}: ${name} may be imported as types only`];
  return [];
}

/** One import from one file of `src` to another. */
function checkEdge(source: Source, entry: Import, target: Source): string[] {
  const at = `${source.path}:${entry.line}`;
  const from = folderOf(source);
  const to = folderOf(target);
  const problems: string[] = [];
  if (isTest(target.path) && !isTest(source.path)) problems.push(`${at}: imports a test`);
  if (from === to) return problems;
  if (tierOf(to) === tierOf(from)) problems.push(`${at}: ${from} must not import its sibling ${to}`);
  else if (tierOf(to) > tierOf(from)) problems.push(`${at}: ${from} must not import ${to}, which is above it`);
  const inside = target.path.slice(target.root.length + 1 + to.length + 1);
  const isDoor = OPEN_FOLDERS.has(to) || inside === "index.ts" || (MANY_DOORS.has(to) && !inside.includes("/"));
  if (!isDoor && !isTest(source.path)) problems.push(`${at}: goes past the door of ${to}`);
  return problems;
}

function readSources(base: string, roots: readonly string[]): Source[] {
  return roots
    .filter((root) => existsSync(join(base, root)))
    .flatMap((root) =>
      readdirSync(join(base, root), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && entry.name.endsWith(".ts") && !entry.name.endsWith(".d.ts"))
        .map((entry) => join(entry.parentPath, entry.name).slice(join(base, "/").length))
        .filter((path) => !path.includes("/node_modules/") && !path.includes("/fixtures/"))
        .toSorted()
        .map((path) => {
          const text = readFileSync(join(base, path), "utf8");
          return { path, root, lines: text.split("\n").length - 1, module: readModule(path, text) };
        }),
    );
}

/**
 * `house` is the folder that the import rules hold for; `around` are folders (tools, tests) where only names, sizes and the form of
 * imports are checked.
 */
export function checkTree(base: string, house: string, around: readonly string[]): TidyReport {
  const sources = readSources(base, [house, ...around]);
  const known = new Map(sources.map((source) => [source.path, source]));
  const graph = new Map<string, string[]>();
  const problems: string[] = [];
  let houseImports = 0;

  for (const source of sources) {
    const inHouse = source.root === house;
    problems.push(...checkName(source), ...source.module.problems.map(({ line, say }) => `${source.path}:${line}: ${say}`));
    if (inHouse) problems.push(...checkPlace(source));
    if (inHouse && !isTest(source.path)) problems.push(...checkGlobals(source));
    const edges: string[] = [];
    for (const entry of source.module.imports) {
      if (inHouse) houseImports++;
      if (!entry.specifier.startsWith(".")) {
        if (inHouse && !isTest(source.path)) problems.push(...checkPackage(source, entry));
        continue;
      }
      const path = join(dirname(source.path), entry.specifier);
      const target = known.get(path);
      if (target === undefined) {
        const isData = entry.specifier.endsWith(".json") && existsSync(join(base, path));
        // Tests look at parts of the console without a browser; the house itself knows nothing of it.
        const isConsole = source.root === "test" && path.startsWith("console/src/") && existsSync(join(base, path));
        if (!isData && !isConsole) problems.push(`${source.path}:${entry.line}: ${entry.specifier} is not a .ts file of this tree`);
        continue;
      }
      edges.push(path);
      if (!inHouse) continue;
      if (target.root === house) problems.push(...checkEdge(source, entry, target));
      else if (!isTest(source.path)) problems.push(`${source.path}:${entry.line}: leaves ${house}`);
    }
    graph.set(source.path, [...new Set(edges)]);
  }

  problems.push(...findCycles(graph).map((cycle) => `cycle: ${cycle.join(" > ")}`));
  if (houseImports === 0) problems.push(`saw no imports in ${house}: the check itself is broken`);
  return { files: sources.length, imports: [...graph.values()].flat().length, problems };
}
