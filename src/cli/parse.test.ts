import { describe, test } from "bun:test";
import assert from "node:assert/strict";
import { COMMANDS } from "./commands.ts";
import { parseCommandLine } from "./parse.ts";
import { runCli } from "./testing.ts";

const say = async (...argv: string[]): Promise<string> => {
  const { code, err, out } = await runCli(argv);
  assert.equal(code, 2, argv.join(" "));
  assert.equal(out, "");
  return err;
};

describe("what is not known is named, with the nearest known:", () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [["ingets"], 'weir: there is no command "ingets". Did you mean "ingest"?\n'],
    [
      ["frobnicate"],
      'weir: there is no command "frobnicate". Known: serve, console, ingest, source, chat, tenant, subject, key, rollout, embedding, usage, explain, audit, guard, models, objects, doctor, eval, redteam, backup, restore, move, help.\n',
    ],
    [["tenant"], 'weir: "tenant" needs one more word: create, list, revoke.\n'],
    [["tenant", "--json"], 'weir: "tenant" needs one more word: create, list, revoke.\n'],
    [["key", "lst"], 'weir: there is no command "key lst": create, list, rotate, revoke, suspend, resume. Did you mean "list"?\n'],
    [["serve", "--prot", "1"], 'weir: there is no flag --prot. Did you mean "--port"? See weir serve --help.\n'],
    [
      ["serve", "--frobnicate"],
      "weir: there is no flag --frobnicate. Known: --port, --host, --data, --config, --no-console, --demo. See weir serve --help.\n",
    ],
    [
      ["serve", "--constructor"],
      "weir: there is no flag --constructor. Known: --port, --host, --data, --config, --no-console, --demo. See weir serve --help.\n",
    ],
    [
      ["serve", "-p", "1"],
      "weir: there is no flag -p. Known: --port, --host, --data, --config, --no-console, --demo. See weir serve --help.\n",
    ],
    [["serve", "--port"], "weir: --port needs a value: --port PORT. See weir serve --help.\n"],
    [["serve", "--data", "--demo"], "weir: --data needs a value: --data DIR. See weir serve --help.\n"],
    [["serve", "--demo=yes"], "weir: --demo takes no value. See weir serve --help.\n"],
    [["serve", "--port", "1", "--port", "2"], "weir: --port was given twice. See weir serve --help.\n"],
    [["serve", "now"], 'weir: weir serve does not know what to do with "now". See weir serve --help.\n'],
    [["tenant", "create"], "weir: weir tenant create needs SLUG. See weir tenant create --help.\n"],
    [["tenant", "create", "a", "b"], 'weir: weir tenant create does not know what to do with "b". See weir tenant create --help.\n'],
    [["ingest", "--collection", "x"], "weir: Name what to ingest (PATH…), or --retry-failed and no PATH.\n"],
  ];
  for (const [argv, expected] of cases) {
    test(argv.join(" "), async () => assert.equal(await say(...argv), expected));
  }
});

test("a value may begin with a hyphen after an equals sign, or be a negative number, and -- ends the flags", () => {
  const parsed = parseCommandLine(["chat", "--once=-hello", "--model", "-1"], COMMANDS);
  assert.ok(parsed.kind === "run");
  assert.equal(parsed.args.text("once"), "-hello");
  assert.equal(parsed.args.text("model"), "-1");
  const literal = parseCommandLine(["ingest", "--collection", "a", "--", "--help"], COMMANDS);
  assert.ok(literal.kind === "run");
  assert.deepEqual(literal.args.operands, ["--help"]);
});

test("help is given for everything, for a command, and by every spelling", async () => {
  for (const argv of [[], ["help"], ["--help"], ["-h"]]) {
    const { code, out } = await runCli(argv);
    assert.equal(code, 0);
    for (const command of COMMANDS) assert.ok(out.includes(command.summary), command.name);
  }
  for (const argv of [
    ["help", "key", "create"],
    ["key", "create", "--help"],
    ["key", "create", "--tenant", "a", "-h"],
  ]) {
    const { code, out } = await runCli(argv);
    assert.equal(code, 0);
    assert.match(out, /^weir key create \[flags\]\n/);
    assert.match(out, /--expires WHEN +a date/);
    assert.match(out, /Examples\n {2}weir key create --tenant acme/);
  }
  assert.deepEqual(await runCli(["--version"]), { code: 0, out: "weir 1.2.3\n", err: "" });
});

test("help is given for the commands that share a first word, which is no mistake", async () => {
  for (const argv of [
    ["help", "key"],
    ["key", "--help"],
    ["key", "-h"],
  ]) {
    const { code, out, err } = await runCli(argv);
    assert.deepEqual([code, err], [0, ""]);
    assert.match(out, /^weir key create +Makes a key/);
    assert.match(out, /\nweir key resume ID +Lifts/);
    assert.ok(!out.includes("weir tenant"), out);
  }
  assert.match((await runCli(["tenant", "delete", "--help"])).out, /\nThe same: weir tenant delete\n/);
});

test("every example in the help is a command line that parses, and every command has one", () => {
  let examples = 0;
  for (const command of COMMANDS) {
    assert.ok(command.examples.length > 0, command.name);
    for (const example of command.examples) {
      const words = [...example.matchAll(/'[^']*'|"[^"]*"|\S+/g)]
        .map(([word]) => word.replace(/^['"]|['"]$/g, ""))
        .filter((word) => !/^[A-Z_]+=/.test(word));
      assert.equal(words[0], "weir", example);
      const parsed = parseCommandLine(words.slice(1), COMMANDS);
      assert.ok(parsed.kind === "run" && parsed.command === command, example);
      examples++;
    }
  }
  assert.ok(examples >= COMMANDS.length);
});

test("tenant delete and key delete are the same as revoke", () => {
  for (const [words, name] of [
    [["tenant", "delete", "a"], "tenant revoke"],
    [["key", "delete", "a"], "key revoke"],
  ] as const) {
    const parsed = parseCommandLine(words, COMMANDS);
    assert.ok(parsed.kind === "run");
    assert.equal(parsed.command.name, name);
  }
});
