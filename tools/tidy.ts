/**
 * Checks the shape of the source: which folder may import which, through which door, no cycles, no long files, no global where a
 * parameter belongs. Run: bun tools/tidy.ts [folder]. Exits 1 with one line per problem, and 1 when it saw nothing to check.
 */
import { resolve } from "node:path";
import { checkConsole } from "./tidy/console.ts";
import { checkTree } from "./tidy/tree.ts";

const base = resolve(process.argv[2] ?? resolve(import.meta.dirname, ".."));
const report = checkTree(base, "src", ["tools", "bench", "test"]);
const ofConsole = checkConsole(base);
const problems = [...report.problems, ...ofConsole.problems];
for (const problem of problems) console.error(problem);
console.log(`tidy: ${report.files + ofConsole.files} files, ${report.imports} imports, ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
