import { test } from "bun:test";
import assert from "node:assert/strict";
import { DataError, parseJudgements, parseQueries } from "./data.ts";
import { parseSpanQuestions } from "./span-data.ts";

test("queries are read from tabs and from JSON lines, with a heading or without", () => {
  const wanted = [
    { id: "1", text: "how many days" },
    { id: "2", text: "what does E-4021 mean" },
  ];
  assert.deepEqual(parseQueries("1\thow many days\n2\twhat does E-4021 mean\n"), wanted);
  assert.deepEqual(parseQueries("query-id\ttext\n1\thow many days\r\n\n2\twhat does E-4021 mean"), wanted);
  assert.deepEqual(parseQueries('{"_id":"1","text":"how many days"}\n{"id":2,"query":"what does E-4021 mean"}'), wanted);
});

test("judgements are read as TREC and as BEIR write them", () => {
  const wanted = { "1": { a: 1, b: 0 }, "2": { "c d": 2 } };
  const toPlain = (text: string) => Object.fromEntries([...parseJudgements(text)].map(([id, of]) => [id, Object.fromEntries(of)]));
  assert.deepEqual(toPlain("1 0 a 1\n1 0 b 0\n2\t0\tc d\t2\n"), wanted);
  assert.deepEqual(toPlain("query-id\tcorpus-id\tscore\n1\ta\t1\n1\tb\t0\n2\tc d\t2\n"), wanted);
});

test("a line that cannot be read is named", () => {
  for (const [read, text, message] of [
    [parseQueries, "1\tone\nno tab here", /line 2/],
    [parseQueries, "1\tone\n1\tagain", /line 2: the query 1 stands there twice/],
    [parseQueries, '{"_id": 1', /line 1 is not JSON/],
    [parseJudgements, "1 0 a 1\n1 0 a", /line 2/],
    [parseJudgements, "1\ta\tgood", /line 1/],
    [parseSpanQuestions, '{"question":"q","document":"d","references":[]}', /line 1/],
  ] as const)
    assert.throws(
      () => read(text),
      (error) => error instanceof DataError && message.test(error.message),
    );
});
