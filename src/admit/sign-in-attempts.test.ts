import assert from "node:assert/strict";
import { test } from "bun:test";
import { createFakeClock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { ATTEMPTS_IN_ALL, ATTEMPTS_PER_ADDRESS, createSignInAttempts } from "./sign-in-attempts.ts";

const wrong = () => Promise.reject(new Fault("key_unknown"));
const codeOf = (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => "in",
    (error: unknown) => Fault.from(error).code,
  );

test("wrong attempts of one address are bounded, and its neighbours may still try", async () => {
  const clock = createFakeClock(0);
  const attempts = createSignInAttempts(clock, "refuse");
  for (let each = 0; each < ATTEMPTS_PER_ADDRESS; each++) assert.equal(await codeOf(attempts.run("a", wrong)), "key_unknown");
  let looked = 0;
  const look = () => Promise.resolve(looked++);
  assert.equal(await codeOf(attempts.run("a", look)), "rate_limited");
  assert.equal(looked, 0);
  assert.equal(await codeOf(attempts.run("b", look)), "in");
  clock.advance(60_000 / ATTEMPTS_PER_ADDRESS);
  assert.equal(await codeOf(attempts.run("a", look)), "in");
});

test("who signs in uses nothing up", async () => {
  const attempts = createSignInAttempts(createFakeClock(0), "refuse");
  for (let each = 0; each < 10 * ATTEMPTS_PER_ADDRESS; each++) assert.equal(await codeOf(attempts.run("a", () => Promise.resolve())), "in");
});

test("wrong attempts from everywhere are bounded together", async () => {
  const attempts = createSignInAttempts(createFakeClock(0), "refuse");
  for (let each = 0; each < ATTEMPTS_IN_ALL; each++) assert.equal(await codeOf(attempts.run(`a${each}`, wrong)), "key_unknown");
  assert.equal(await codeOf(attempts.run("another", wrong)), "rate_limited");
});

test("where looking costs little, whoever guesses locks nobody out: beyond the bound a right one is let in, a wrong one waits", async () => {
  const attempts = createSignInAttempts(createFakeClock(0), "look");
  for (let each = 0; each < ATTEMPTS_IN_ALL; each++) await codeOf(attempts.run(`a${each % 20}`, wrong));
  for (const address of ["a1", "another"]) {
    assert.equal(await codeOf(attempts.run(address, wrong)), "rate_limited");
    assert.equal(await codeOf(attempts.run(address, () => Promise.resolve())), "in");
  }
  const away = () => Promise.reject(new Fault("store_unavailable"));
  assert.equal(await codeOf(attempts.run("a1", away)), "store_unavailable");
});
