/**
 * What the rules for content cost a call: `bun bench/guard-path.ts`. All rules on what goes in, as the server composes them, on ordinary English and on
 * a prompt with several persons' data; one core, times in microseconds.
 */
import { composeDetectors } from "../src/compose/detectors.ts";
import { GUARD_DEFAULT } from "../src/domain/guard-policy.ts";
import { createGuard, createToxicityScorer, readToxicityWeights } from "../src/guard/index.ts";
import { external, guardCall } from "../src/guard/testing.ts";
import { LONG_BODY, PERSONAL_BODY } from "./payload.ts";

const { find, scoreInjection } = composeDetectors();
const key = new Uint8Array(32);
const check = createGuard(
  {
    find,
    scoreInjection,
    scoreToxicity: createToxicityScorer(readToxicityWeights()),
    second: [],
    opinions: [],
    pseudonymKey: key,
    canaryKey: key,
    book: { remember: () => undefined, recall: () => Promise.resolve(new Map()) },
    refused: () => undefined,
  },
  { policy: GUARD_DEFAULT, routesLook: () => false },
);

const textOf = (body: string): string => {
  const { messages }: { messages: readonly { content: string }[] } = JSON.parse(body);
  return messages.map(({ content }) => content).join("\n");
};
const english = textOf(LONG_BODY);
const personal = textOf(PERSONAL_BODY);
const TEXTS: readonly (readonly [string, string])[] = [
  ["0.5 KB, ordinary", english.slice(0, 512)],
  ["0.5 KB, five identifiers of one person, masked", personal.slice(0, 512)],
  ["2 KB, ordinary", english.slice(0, 2048)],
  ["2 KB, personal data, masked", personal.repeat(5).slice(0, 2048)],
  ["100 KB, ordinary", english.repeat(50).slice(0, 102_400)],
];

console.log("| prompt | p50 us | p99 us | us a KB |\n| --- | ---: | ---: | ---: |");
for (const [name, text] of TEXTS) {
  const rounds = Math.max(200, Math.min(4000, Math.round(4_000_000 / text.length)));
  const look = async (at: number): Promise<void> => {
    // Never the same string twice: nothing may be remembered.
    const checked = await check(guardCall({ messages: [{ role: "user", content: `${text} ${String(at)}` }] }));
    checked.leave(external, "off", []);
    checked.outgoing();
  };
  for (let at = 0; at < rounds; at++) await look(at);
  const times: number[] = [];
  for (let at = 0; at < rounds; at++) {
    const startedAt = performance.now();
    await look(at + rounds);
    times.push((performance.now() - startedAt) * 1000);
  }
  times.sort((one, other) => one - other);
  const [p50 = 0, p99 = 0] = [times[Math.floor(rounds / 2)], times[Math.floor(rounds * 0.99)]];
  console.log(`| ${name} | ${p50.toFixed(0)} | ${p99.toFixed(0)} | ${((p50 / text.length) * 1024).toFixed(0)} |`);
}
