/**
 * Checks the shape of the source: which folder may import which, through which door, no cycles, no long files, no global where a
 * parameter belongs. Run: bun tools/tidy.ts [folder]. Exits 1 with one line per problem, and 1 when it saw nothing to check.
 */
import { resolve } from "node:path";
import { checkTree } from "./tidy/tree.ts";

const base = resolve(process.argv[2] ?? resolve(import.meta.dirname, ".."));
const report = checkTree(base, "src", ["tools", "bench", "test"]);
for (const problem of report.problems) console.error(problem);
console.log(`tidy: ${report.files} files, ${report.imports} imports, ${report.problems.length} problems`);
process.exitCode = report.problems.length > 0 ? 1 : 0;
