import { test } from "bun:test";
import assert from "node:assert/strict";
import { isProblem, readAccess } from "./access.ts";
import { readerKey, type Reader } from "./reader.ts";

const DAY_MS = 86_400_000;
const read = (attributes: Parameters<typeof readAccess>[0]) => {
  const found = readAccess(attributes);
  return isProblem(found) ? found.key : found;
};

test("what says nothing forbids nothing", () => {
  const none = {
    groups: undefined,
    classification: undefined,
    jurisdictions: undefined,
    effectiveFromMs: undefined,
    effectiveUntilMs: undefined,
  };
  assert.deepEqual(read({}), none);
  assert.deepEqual(read({ Groups: "hr", group: "hr", year: 2026 }), none);
});

test("groups and jurisdictions are names with commas between, in no particular order", () => {
  const found = readAccess({ groups: " legal,hr , legal", jurisdiction: "eu", classification: "restricted" });
  assert.ok(!isProblem(found));
  assert.deepEqual([found.groups, found.jurisdictions, found.classification], [["hr", "legal"], ["eu"], "restricted"]);
});

test("a date is its whole day in UTC, a time is that moment, a number is seconds", () => {
  const at = (from: string | number, until: string | number) => {
    const found = readAccess({ effective_from: from, effective_until: until });
    assert.ok(!isProblem(found));
    return [found.effectiveFromMs, found.effectiveUntilMs];
  };
  const day = Date.UTC(2026, 10, 21);
  assert.deepEqual(at("2026-11-21", "2026-11-21"), [day, day + DAY_MS]);
  assert.deepEqual(at("2026-11-21T08:30:00+02:00", "2026-11-21T08:30Z"), [day + 6.5 * 3_600_000, day + 8.5 * 3_600_000]);
  assert.deepEqual(at(0, 253_402_300_799), [0, 253_402_300_799_000]);
});

test("a reserved attribute that cannot be read is a problem, never a document that everybody finds", () => {
  const wrong: readonly (readonly [string, readonly (string | number | boolean)[]])[] = [
    ["groups", ["", " ", ",", "hr,", "hr,,it", 5, true, "a\u0000", "a\u202eb", "x".repeat(257)]],
    ["jurisdiction", ["", "eu\nus", false, 0]],
    ["classification", ["", "Public", "secret", 1, true]],
    [
      "effective_from",
      ["", "soon", "2026", "2026-13-01", "2026-02-30", "21.11.2026", "2026-11-21 08:30", "2026-11-21T08:30:00", -1, 1e15, true],
    ],
    ["effective_until", ["never", "2026-06-31", -0.1, false]],
  ];
  let cases = 0;
  for (const [key, values] of wrong) {
    for (const value of values) {
      assert.equal(read({ [key]: value }), key, JSON.stringify(value));
      cases++;
    }
  }
  for (const until of ["2026-11-20", "2026-11-20T23:00:00Z", 1])
    assert.equal(read({ effective_from: "2026-11-21", effective_until: until }), "effective_until");
  console.log(`# access: ${cases + 3} attributes that cannot be read, each told by its name`);
});

test("readers who see the same have one key, and no two others have", () => {
  const member = (rest: Partial<Reader & { kind: "member" }>): Reader => ({
    kind: "member",
    groups: [],
    clearance: undefined,
    jurisdiction: undefined,
    ...rest,
  });
  assert.equal(readerKey(member({ groups: ["b", "a", "a"] })), readerKey(member({ groups: ["a", "b"], clearance: "internal" })));
  const all: readonly Reader[] = [
    { kind: "all" },
    member({}),
    member({ groups: ["a"] }),
    member({ groups: ["a", "b"] }),
    member({ groups: ["a,b"] }),
    member({ groups: ['a","b'] }),
    member({ clearance: "public" }),
    member({ clearance: "confidential" }),
    member({ jurisdiction: "eu" }),
    member({ jurisdiction: "null" }),
  ];
  assert.equal(new Set(all.map(readerKey)).size, all.length);
});
