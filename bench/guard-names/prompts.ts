import { createDice } from "../../tools/names/dice.ts";

const SENTENCES = [
  "Please summarise the attached report in five bullet points and keep the tone friendly but precise.",
  "The quarterly figures show that revenue grew faster than costs, although the margin in the second region fell slightly.",
  "Write a function that takes a list of integers and returns the running median without sorting the whole list each time.",
  "I would like to understand why the build fails on the second run when the cache is warm and the network is slow.",
  "Our customers often ask whether the service keeps their documents, and for how long they are stored.",
  "Explain the difference between a hash map and a balanced tree, and say when each of them is the better choice.",
  "However, the test passes locally; it only fails on the machine that runs the nightly jobs.",
  "What would be a good way to explain compound interest to a child of ten?",
  "The committee decided to postpone the vote until Monday because several members were ill.",
  "In Python, a dictionary keeps the order in which keys were added; in older versions it did not.",
  "Rewrite the following paragraph so that it is shorter, and do not use the passive voice.",
  "If the answer cannot be found in the documents, say so rather than guessing.",
  "My colleague Anna Kowalska from Berlin wrote the first draft, and I changed the second half.",
  "The engine of the old train was loud, but the view over the valley made up for it.",
  "You are a careful assistant. Answer in English, cite the passages you used, and ask when the question is not clear.",
  "The API returns a JSON object with three fields: id, status and created_at.",
];

/** Ordinary English of at least `chars` chars, cut there; the same for the same seed. */
export function ordinaryPrompt(seed: number, chars: number): string {
  const dice = createDice(seed);
  const parts: string[] = [];
  for (let size = 0; size < chars;) {
    const sentence = dice.pick(SENTENCES);
    parts.push(sentence);
    size += sentence.length + 1;
  }
  return parts.join(dice.chance(0.2) ? "\n" : " ").slice(0, chars);
}
