import assert from "node:assert/strict";
import { test } from "bun:test";
import type { Passage } from "../domain/chat.ts";
import type { GuardPolicy } from "../domain/guard-policy.ts";
import { testPassage } from "../domain/testing.ts";
import { external, findPlanted, guardCall, scorePlanted, testGuard } from "./testing.ts";

const TEXT = "Ask <email:ann@example.com> about <person:Ann>.";
const passage = (change: Partial<Passage> = {}): Passage => testPassage({ text: TEXT, ...change });

/** A guard that keeps every text that its detectors were given. */
function watched(policy: Partial<GuardPolicy> = {}) {
  const [searched, scored]: [string[], string[]] = [[], []];
  const { check } = testGuard(
    { outputLinks: "off", ...policy },
    {
      find: (text) => {
        searched.push(text);
        return findPlanted(text);
      },
      scoreInjection: (text) => {
        scored.push(text);
        return scorePlanted(text);
      },
    },
  );
  const checked = check(guardCall());
  if (checked instanceof Promise) throw new TypeError("nothing was to be waited for");
  const sift = (passages: readonly Passage[]): readonly Passage[] => {
    const kept = checked.sift(passages);
    if (kept instanceof Promise) throw new TypeError("nothing was to be waited for");
    return kept;
  };
  return { checked, sift, searched, scored };
}

test("what ingestion found in a passage is masked, and no detector sees its text again", () => {
  const { checked, sift, searched, scored } = watched();
  const kept = sift([passage({ injection: 0.1, findings: findPlanted(TEXT) })]);
  const [left] = checked.leave(external, "off", kept).passages;
  assert.match(left?.text ?? "", /^Ask \[EMAIL_[0-9a-f]{8}\] about \[PERSON_[0-9a-f]{8}\]\.$/);
  assert.deepEqual(checked.guarded?.found, { EMAIL: 1, PERSON: 1 });
  assert.ok([...searched, ...scored].every((text) => !text.includes("Ask")));
  // Title and name of the file are short, and are looked at.
  assert.ok(searched.includes("Handbook") && searched.includes("handbook.md"));
});

test("a passage that nobody looked at, or others than today's detectors, is looked at now", () => {
  const { checked, sift, searched, scored } = watched();
  const [left] = checked.leave(external, "off", sift([passage()])).passages;
  assert.doesNotMatch(left?.text ?? "", /ann@example|<person/);
  assert.ok(searched.includes(TEXT) && scored.some((text) => text.includes("Ask")));
});

test("each of the two is looked for again where it alone is missing", () => {
  const known = watched();
  known.sift([passage({ injection: 0 })]);
  assert.ok(known.searched.includes(TEXT) && !known.scored.some((text) => text.includes("Ask")));
  const unscored = watched();
  assert.equal(unscored.sift([passage({ findings: [], text: "attack 0.95" })]).length, 0);
});

test("a passage that ingestion flagged is withheld under `block` from its score on, kept under `detect`, and told of", () => {
  const [at, above] = [0.7, 0.71];
  for (const [mode, score, kept] of [
    ["block", at, 1],
    ["block", above, 0],
    ["detect", above, 1],
    ["off", above, 1],
  ] as const) {
    const { checked, sift } = watched({ injection: mode });
    assert.equal(sift([passage({ injection: score, findings: [] })]).length, kept, `${mode} ${score}`);
    assert.equal(checked.guarded?.injection, mode !== "off" && score > at ? score : undefined);
    assert.equal(checked.guarded?.withheld, kept === 0 ? 1 : undefined);
  }
});

test("an attack in a heading or a file's name is seen as one in the text is", () => {
  for (const change of [{ headings: ["attack 0.9"] }, { filename: "attack 0.9.md" }, { title: "attack 0.9" }, { text: "attack 0.9" }])
    assert.equal(watched().sift([passage(change)]).length, 0, JSON.stringify(change));
});

test("personal data that ingestion found is refused under `block`", () => {
  const { sift } = watched({ pii: "block" });
  assert.throws(() => sift([passage({ injection: 0, findings: findPlanted(TEXT) })]), { code: "personal_data_blocked" });
});
