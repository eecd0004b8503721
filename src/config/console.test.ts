import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "bun:test";
import { loadIn, makeFolder, problemsOf } from "./testing.ts";

test("the console is there under its own name unless told otherwise, by the file or by the command line", async () => {
  const plain = (await loadIn({})).console;
  assert.deepEqual([plain.enabled, plain.name, plain.sessionHours, plain.origin], [true, "Weir", 8, undefined]);
  assert.equal((await loadIn({ flags: { console: false } })).console.enabled, false);
  assert.equal((await loadIn({ yaml: "console: { enabled: false }", flags: { console: true } })).console.enabled, false);
});

test("its looks are read from the file: name, logo, colours, links, address", async () => {
  const cwd = await makeFolder();
  await writeFile(join(cwd, "logo.svg"), "<svg/>");
  const yaml = `console:
  name: Example AI
  logo: ./logo.svg
  accent: { light: "#1f6feb" }
  links: [{ label: Rules, url: https://wiki.example.com }]
  url: https://weir.example.com/
`;
  const { console: own } = await loadIn({ cwd, yaml });
  assert.deepEqual(
    [own.name, own.logo?.type, own.accent.light, own.origin],
    ["Example AI", "image/svg+xml", "#1f6feb", "https://weir.example.com"],
  );
});

test("what could not be shown, or would be unsafe, does not start, and is told by its place", async () => {
  const cwd = await makeFolder();
  await writeFile(join(cwd, "large.png"), Buffer.alloc(256 * 1024 + 1));
  await writeFile(join(cwd, "just.png"), Buffer.alloc(256 * 1024));
  const cases: readonly (readonly [string, RegExp])[] = [
    ["logo: ./logo.gif", /weir\.yaml:1:\d+ console\.logo: expected a file whose name ends in \.svg, \.png or \.webp/],
    ["logo: ./none.svg", /console\.logo: the file .*none\.svg cannot be read/],
    ["logo: ./large.png", /console\.logo: the file .*large\.png is larger than 256 kB/],
    ["accent: { dark: red }", /console\.accent\.dark/],
    [
      'links: [{ label: x, url: "javascript:alert(1)" }]',
      /console\.links\[0\]\.url: expected an address that begins with https:\/\/ or mailto:/,
    ],
    ["links: [{ label: x, url: http://plain.example.com }]", /console\.links\[0\]\.url/],
    ["url: http://weir.example.com", /console\.url: expected an address such as https/],
    ["url: https://weir.example.com/path", /console\.url/],
    ["sessionHours: 0", /console\.sessionHours/],
    ["sessionHours: 169", /console\.sessionHours/],
  ];
  for (const [line, problem] of cases) {
    const problems = await problemsOf({ cwd, yaml: `console: { ${line} }\n` });
    assert.ok(
      problems.some((each) => problem.test(each)),
      `${line}: ${problems.join("; ")}`,
    );
  }
  for (const line of ["logo: ./just.png", "sessionHours: 168", 'links: [{ label: x, url: "mailto:it@example.com" }]'])
    assert.deepEqual(await problemsOf({ cwd, yaml: `console: { ${line} }\n` }), []);
  console.log(`# console: ${cases.length} settings refused by their place, 3 at the bound taken`);
});

test("an issuer's secret for the console comes from where the file says, and a missing one is told", async () => {
  const entry = (secret: string): string =>
    `auth: { oidc: [{ issuer: https://login.example.com, audience: weir, console: { clientId: c, clientSecret: "${secret}" } }] }\n`;
  const { auth } = await loadIn({ yaml: entry("env:CONSOLE_SECRET"), env: { CONSOLE_SECRET: "hidden" } });
  assert.equal(auth.oidc[0]?.console?.clientSecret, "hidden");
  assert.match(
    (await problemsOf({ yaml: entry("env:CONSOLE_SECRET") }))[0] ?? "",
    /clientSecret: the environment variable CONSOLE_SECRET is not set/,
  );
  const literal = await loadIn({ yaml: entry("hidden") });
  assert.ok(literal.warnings.some((warning) => warning.includes("clientSecret") && !warning.includes("hidden")));
});
