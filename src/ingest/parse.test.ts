import { test } from "bun:test";
import assert from "node:assert/strict";
import { detect } from "./detect.ts";
import { parse } from "./parse.ts";
import { APART_LIMITS, createPrepareApart } from "./prepare-apart.ts";
import { prepare } from "./prepare.ts";

async function read(filename: string, source: string): Promise<{ readonly title: string; readonly text: string }> {
  const parsed = await parse(filename, Buffer.from(source));
  assert.ok(parsed.ok, filename);
  return parsed;
}

test("Markdown is read as it is seen: no marks, addresses or comments; headings, tables and code stay", async () => {
  const source = [
    "---",
    'title: "Own title"',
    "---",
    "Hello **bold**, _it_ and [a link](http://x.y/z) with `code_here`. <!-- hidden -->",
    "",
    "Under",
    "=====",
    "",
    "> quoted",
    "",
    "- [ ] to do",
    "",
    "| a | b |",
    "|---|:-:|",
    "| 1 | **2** |",
    "",
    "[x]: http://foo",
    "## Closed ##",
    "***",
    "```",
    "# **not** a heading",
    "```",
    "<div>html &amp; snake_case_name</div>",
  ].join("\r\n");
  const { title, text } = await read("a.md", source);
  assert.equal(title, "Own title");
  assert.equal(
    text,
    "Hello bold, it and a link with code_here.\n\n# Under\n\nquoted\n\n- to do\n\n| a | b |\n| 1 | 2 |\n\n## Closed\n\n```\n# **not** a heading\n```\nhtml & snake_case_name",
  );
});

test("HTML is read as it is seen: hidden parts, scripts and navigation are left out, whatever hides them", async () => {
  const hidden = [
    "<script>SECRET</script>",
    "<style>SECRET</style>",
    "<nav>SECRET</nav>",
    "<p hidden>SECRET</p>",
    '<p style="color:red; display : none">SECRET</p>',
    '<div style="visibility:hidden"><b>SECRET</b></div>',
    '<span style="font-size:0px">SECRET</span>',
    '<span style="OPACITY: 0">SECRET</span>',
    '<p aria-hidden="true">SECRET</p>',
    "<template>SECRET</template>",
    "<noscript>SECRET</noscript>",
    "<!-- SECRET -->",
    "<select><option>SECRET</option></select>",
    "<svg><text>SECRET</text></svg>",
  ];
  const source = `<!doctype html><html><head><title>The &amp;  Title</title><meta name=x></head><body><h1>Refunds</h1>${hidden.join("")}
    <p>Within <b>30</b>&nbsp;days.<br>Second   line<ul><li>One<li>Two</ul><table><tr><th>Plan<th>Days<tr><td>Pro<td><p>14</p></table><pre>a
  b</pre>after</body></html>`;
  const { title, text } = await read("page.html", source);
  assert.equal(title, "The & Title");
  assert.equal(text, "# Refunds\n\nWithin 30 days.\nSecond line\n\n- One\n- Two\n\n| Plan | Days |\n| Pro | 14 |\n\na\n  b\n\nafter");
  // The same words without what hides them are read: the check above can fail.
  assert.match((await read("page.html", "<html><p>SECRET</p></html>")).text, /SECRET/);
});

test("headings of plain text are found, sentences are not taken for them", async () => {
  const { title, text } = await read(
    "contract.txt",
    "MASTER AGREEMENT\n================\n\n1. TERM\n\nIt ends in May.\n\nSchedule A - Fees\n\nNOTICE IS GIVEN IN WRITING.\n\nplain line\n",
  );
  assert.equal(title, "MASTER AGREEMENT");
  assert.equal(
    text,
    "# MASTER AGREEMENT\n\n## 1. TERM\n\nIt ends in May.\n\n## Schedule A - Fees\n\nNOTICE IS GIVEN IN WRITING.\n\nplain line",
  );
});

test("a file without a title has its name", async () => {
  assert.equal((await read("dir/notes.v2.txt", "words")).title, "notes.v2");
  assert.equal((await read("README", "words")).title, "README");
});

test("what a file holds counts more than its name", async () => {
  const html = detect("page.txt", Buffer.from("\ufeff <!DOCTYPE html><p>x"));
  assert.ok(html.ok && html.kind === "html");
  for (const [name, begin] of [
    ["a.md", "GIF89a"],
    ["a.txt", "II*\u0000"],
  ] as const) {
    const found = detect(name, Buffer.from(begin));
    assert.ok(!found.ok && found.refusal.code === "unsupported_file");
  }
  for (const name of ["a.docx", "a.MP4"]) assert.ok(!detect(name, Buffer.from("words")).ok, name);
  for (const name of ["a.MD", "a.Html", "a.text", "a", ".txt"]) assert.ok(detect(name, Buffer.from("words")).ok, name);
});

test("input that was made to be slow is not", async () => {
  const sources = [
    "[",
    "![",
    "**a",
    "__a *b ",
    "`a ",
    "<a ",
    "<!-- ",
    "| ",
    "# ",
    "- ",
    "\\",
    "&amp",
    " ",
    "<div>",
    "<p></a>",
    "a\n===\n",
    "[a]: b\n",
    "((a)",
  ];
  for (const piece of sources) {
    for (const filename of ["a.md", "a.html", "a.txt"]) {
      const source = piece.repeat(Math.ceil(250_000 / piece.length));
      const startedMs = performance.now();
      await parse(filename, Buffer.from(source));
      const tookMs = performance.now() - startedMs;
      assert.ok(tookMs < 3000, `${JSON.stringify(piece)} ${filename} ${Math.round(tookMs)} ms`);
    }
  }
});

test("what is no JSON is refused in linear time, however many blank lines or blanks stand in it", async () => {
  for (const piece of ["\n", "\r\n", " ", "\t", ",", ", ", "/", "[ "]) {
    const startedMs = performance.now();
    await parse("a.json", Buffer.from(`a${piece.repeat(Math.ceil(250_000 / piece.length))}b`));
    const tookMs = performance.now() - startedMs;
    assert.ok(tookMs < 3000, `${JSON.stringify(piece)} ${Math.round(tookMs)} ms`);
  }
});

test("a page nested beyond reason is refused, one at the limit is read", async () => {
  assert.ok((await parse("a.html", Buffer.from(`<html>${"<div>".repeat(499)}deep`))).ok);
  const deeper = await parse("a.html", Buffer.from(`<html>${"<div>".repeat(500)}deep`));
  assert.ok(!deeper.ok && deeper.refusal.code === "invalid_file");
});

test("a large file is read in a process of its own with the same result, and given up when it takes too long", async () => {
  const bytes = Buffer.from(`# Title\n\n${"Some words of a sentence. ".repeat(20_000)}`);
  const apart = createPrepareApart();
  const hurried = createPrepareApart({ ...APART_LIMITS, timeoutMs: 0, timeoutPerMegabyteMs: 0 });
  const [small, large, late] = [
    await apart.prepare("a.md", bytes.subarray(0, 1000)),
    await apart.prepare("a.md", bytes),
    await hurried.prepare("a.md", bytes),
  ];
  assert.ok(small.ok && large.ok && large.prepared.chunks.length > 100);
  assert.deepEqual(large, await prepare("a.md", bytes));
  assert.equal(large.prepared.title, "Title");
  assert.ok(!late.ok && /more than 0 seconds/.test(late.refusal.message));
});
