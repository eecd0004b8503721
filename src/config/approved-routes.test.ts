import { test } from "bun:test";
import assert from "node:assert/strict";
import { withApprovedRoutes } from "./approved-routes.ts";
import { findRouteProblem } from "./route-check.ts";
import { loadIn } from "./testing.ts";

const config = await loadIn({
  yaml: `
providers: { up: { kind: openai, baseUrl: "http://127.0.0.1:9/v1", trust: private } }
models: { a: { provider: up, upstream: a }, b: { provider: up, upstream: b } }
routes: { auto: [{ use: [a] }], own: [{ use: [b] }] }
`,
});
const plain = (routes: object): unknown => JSON.parse(JSON.stringify(routes));

test("approved rules stand before those of the file, route by route, and the file's own object stays as it is", () => {
  const { routes } = withApprovedRoutes(config, { auto: [{ use: ["b", "extractive"], trust: "private" }], fresh: [{ use: ["a"] }] });
  assert.deepEqual(plain(routes), {
    auto: [{ use: ["b"], trust: "private" }, { use: ["a"] }],
    own: [{ use: ["b"] }],
    fresh: [{ use: ["a"] }],
  });
  assert.deepEqual(plain(config.routes), { auto: [{ use: ["a"] }], own: [{ use: ["b"] }] });
  assert.equal(withApprovedRoutes(config, {}), config);
  assert.equal(Object.getPrototypeOf(routes), null);
});

test("a rule that lost its models still applies, to nothing: what it kept private does not fall to the next rule", () => {
  const { routes } = withApprovedRoutes(config, { auto: [{ use: ["lost"], trust: "private" }] });
  assert.deepEqual(plain(routes["auto"] ?? []), [{ use: [], trust: "private" }, { use: ["a"] }]);
});

test("a route that a model has taken the name of is left out, and refused where it is new", () => {
  assert.equal(withApprovedRoutes(config, { b: [{ use: ["a"] }] }), config);
  for (const [routes, param] of [
    [{ b: [{ use: ["a"] }] }, "routes.b"],
    [{ extractive: [{ use: ["a"] }] }, "routes.extractive"],
    [{ auto: [{ use: ["a"] }, { use: ["a", "lost"] }] }, "routes.auto[1].use[1]"],
    [{ auto: [{ use: ["own"] }] }, "routes.auto[0].use[0]"],
  ] as const)
    assert.equal(findRouteProblem(config, routes)?.param, param);
  assert.equal(findRouteProblem(config, { auto: [{ use: ["a", "extractive"] }], fresh: [{ use: ["b"] }] }), undefined);
});
