import { test } from "bun:test";
import assert from "node:assert/strict";
import { classifyQuery, type QueryClass } from "./query-class.ts";

const CASES: Readonly<Record<QueryClass, readonly string[]>> = {
  keyword: [
    "E-4021",
    "what is E-4021?",
    "max_retries",
    "getUserName",
    "RFC 2119",
    "invoice 20260311",
    "vacation days",
    "Anna Lindqvist",
    '"within thirty days of receipt"',
    "ops@example.com",
    "src/retrieve/bm25.ts",
    "part-time leave",
    "MFA",
    "GDPR Art. 17",
    "ISO-27001 A.12.4",
    "refund policy logger battery",
    "Kündigungsfrist",
    "congés payés",
    "отпуск",
    "有給休暇",
    "ERR_CONN_RESET nginx",
    "",
  ],
  question: [
    "How many vacation days do part-time employees get?",
    "who approves travel expenses above 500 euros",
    "my card was charged twice after the update",
    "Compare the warranty of the two sensors",
    "Summarise the security policy for contractors",
    "Wie viele Urlaubstage haben Teilzeitkräfte?",
    "Combien de jours de congé ont les employés à temps partiel ?",
    "¿Cuántos días de vacaciones tienen los empleados?",
    "Quanti giorni di ferie spettano ai dipendenti?",
    "Quantos dias de férias têm os funcionários?",
    "Hoeveel vakantiedagen hebben medewerkers?",
    "Hur många semesterdagar har anställda?",
    "Сколько дней отпуска у сотрудников?",
    "アルバイトの有給休暇は何日ですか",
    "兼职员工有多少天年假？",
    "직원은 휴가를 언제 신청해야 하나요?",
    "what must happen before a laptop of an employee who leaves is wiped and given to somebody else",
  ],
};

test("codes, names and a few words are keywords, questions in any language are questions", () => {
  let count = 0;
  for (const kind of ["keyword", "question"] as const)
    for (const query of CASES[kind]) {
      assert.equal(classifyQuery(query), kind, query);
      count++;
    }
  console.log(`# query classes: ${count} queries`);
});

test("a query of a megabyte takes no time that grows with its square", () => {
  for (const piece of ["a", "a_", "a.", "何", '"', "A1 ", "? "]) assert.ok(classifyQuery(piece.repeat(300_000)) !== undefined);
});
