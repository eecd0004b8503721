import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { checkConsole } from "./console.ts";

const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

function problemsWith(path: string, text: string): readonly string[] {
  const base = mkdtempSync(join(tmpdir(), "tidy-console-"));
  folders.push(base);
  const file = join(base, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return checkConsole(base).problems;
}

const PAGE = "console/src/pages/a/index.tsx";
const PLANTED = [
  ['import { readConfig } from "../../../../src/config/index.ts";', "types of src/contract"],
  ['import type { Config } from "../../../../src/config/index.ts";', "types of src/contract"],
  ['import { tenantCreate } from "../../../../src/contract/admin.ts";', "import type"],
  ['import {\n  tenantCreate,\n} from "../../../../src/contract/admin.ts";', "import type"],
  ["export const A = () => <p dangerouslySetInnerHTML={{ __html: x }} />;", "HTML"],
  ["element.innerHTML = text;", "HTML"],
  ['import raw from "rehype-raw";', "HTML"],
  ['await fetch("/admin/v1/usage");', "api/client.ts"],
  ['new EventSource("/v1/x");', "api/client.ts"],
] as const;

test("a console that is a client like any other, and makes no HTML of text, has no problem", () => {
  const good =
    'import type { z } from "zod";\nimport type { tenant } from "../../../../src/contract/answer-admin.ts";\nimport { get } from "../../api/client.ts";\n';
  expect(problemsWith(PAGE, good)).toEqual([]);
});

test("each way past that is told", () => {
  for (const [text, told] of PLANTED) expect(problemsWith(PAGE, text).join("\n")).toContain(told);
  console.log(`# console rules: ${PLANTED.length} of ${PLANTED.length} planted violations told`);
});
