/**
 * Checks that documents name what exists: relative links, paths in backticks, `npm run` scripts. Run: bun tools/check-docs.ts [folder].
 * Exits 1 with one line per dead name, and 1 when it saw none to check.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const FOLDERS = ["src", "tools", "bench", "test", "docs", "bin"];

/** What a document names, each with how it is written. */
export function namesOf(text: string): {
  readonly links: readonly string[];
  readonly paths: readonly string[];
  readonly scripts: readonly string[];
} {
  const prose = text.replaceAll(/^```.*?^```$/gms, "");
  const links = [...prose.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
  const start = `(?:${FOLDERS.join("|")})/`;
  const paths = [...prose.matchAll(new RegExp(`\`(${start}[\\w./-]+)\``, "g"))].map(([, path = ""]) => path);
  const scripts = [...text.matchAll(/npm run ([a-z][a-z:-]*)/g)].map(([, script = ""]) => script);
  return { links, paths, scripts: [...new Set(scripts)] };
}

function documentsOf(base: string): string[] {
  const walk = (folder: string): string[] =>
    readdirSync(join(base, folder), { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === "node_modules" ? [] : walk(path);
      // Other Markdown among the sources is somebody's text: sample documents, fixtures.
      return entry.name === "README.md" || (folder.startsWith("docs") && entry.name.endsWith(".md")) ? [path] : [];
    });
  const top = readdirSync(base).filter((name) => name.endsWith(".md"));
  return [...top, ...FOLDERS.filter((folder) => existsSync(join(base, folder))).flatMap(walk)];
}

export function checkDocs(base: string): { readonly problems: readonly string[]; readonly names: number } {
  const { scripts: known }: { scripts: Record<string, string> } = JSON.parse(readFileSync(join(base, "package.json"), "utf8"));
  const problems: string[] = [];
  let names = 0;
  for (const document of documentsOf(base)) {
    const { links, paths, scripts } = namesOf(readFileSync(join(base, document), "utf8"));
    names += links.length + paths.length + scripts.length;
    for (const link of links)
      if (!existsSync(join(base, dirname(document), link))) problems.push(`${document}: the link ${link} leads nowhere`);
    for (const path of paths) if (!existsSync(join(base, path))) problems.push(`${document}: there is no ${path}`);
    for (const script of scripts) if (known[script] === undefined) problems.push(`${document}: there is no script ${script}`);
  }
  if (names === 0) problems.push("saw no names in any document: the check itself is broken");
  return { problems, names };
}

if (import.meta.main) {
  const { problems, names } = checkDocs(resolve(process.argv[2] ?? join(import.meta.dirname, "..")));
  for (const problem of problems) console.error(problem);
  console.log(`documents: ${names} names, ${problems.length} problems`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
