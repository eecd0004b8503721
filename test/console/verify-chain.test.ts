import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { test } from "bun:test";
import {
  verifyChain,
  type ChainPage,
  type Checkpoints,
  type Remembered,
  type Verdict,
} from "../../console/src/pages/audit/verify-chain.ts";

/** What the browser computes, on chains that are made here by the format's description and then changed in every way. */

const ENTRIES = 300;
const PAGE = 100;
const TENANT = "ten_test";
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const PEM = publicKey.export({ format: "pem", type: "spki" });
const KEY_ID = sha256(PEM).slice(0, 16);

type Link = ChainPage["data"][number];
type Told = { links: Link[]; start: ChainPage["start"]; head: { seq: number; hash: string }; checkpoints: Checkpoints["data"] };

const entryHash = (prevHash: string, link: Pick<Link, "seq" | "eventHash" | "suspect">): string =>
  sha256(`${prevHash}\n${link.seq}\n${link.eventHash}${link.suspect ? "\nsuspect" : ""}`);

function signed(seq: number, hash: string): Checkpoints["data"][number] {
  const at = "2026-11-21T12:00:00.000Z";
  const signature = sign(null, Buffer.from([TENANT, seq, hash, at].join("\n")), privateKey).toString("base64");
  return { tenantId: TENANT, seq, hash, at, keyId: KEY_ID, signature };
}

/** `cutAt`: entries up to it are deleted. */
function makeChain(cutAt = 0): Told {
  let hash = sha256(`weir-audit\n${TENANT}`);
  let start = { seq: 0, hash, cut: false };
  const links: Link[] = [];
  for (let seq = 1; seq <= ENTRIES; seq++) {
    const body = JSON.stringify({ seq, costMicroUsd: seq * 7, text: "ünïcode 漢字" });
    const link = { seq, eventHash: sha256(body), suspect: seq % 50 === 0, body };
    hash = entryHash(hash, link);
    links.push({ ...link, hash });
    if (seq === cutAt) start = { seq, hash, cut: true };
  }
  const checkpoints = [50, 120, 299].map((seq) => signed(seq, links[seq - 1]?.hash ?? ""));
  return { links: links.filter(({ seq }) => seq > cutAt), start, head: { seq: ENTRIES, hash }, checkpoints };
}

const verify = ({ links, start, head, checkpoints }: Told, remembered?: Remembered): Promise<Verdict> =>
  verifyChain({
    readPage: (after) => {
      // Two entries of one number come together, as the server has it.
      const rest = links.filter(({ seq }) => seq > after);
      const data = rest.filter(({ seq }, place) => place < PAGE || seq === rest[PAGE - 1]?.seq);
      const nextCursor = data.length >= PAGE ? String(data.at(-1)?.seq) : null;
      return Promise.resolve({ tenantId: TENANT, chain: "calls", start, head, data, nextCursor });
    },
    readCheckpoints: () => Promise.resolve({ data: checkpoints, publicKey: PEM, keyId: KEY_ID }),
    remembered,
    onProgress: () => undefined,
  });

/** Makes every hash from an entry on fit again: whoever has the server's code can. */
function rechain(told: Told, from: number): void {
  let hash = told.start.hash;
  for (const link of told.links) {
    if (link.seq >= from) {
      link.eventHash = sha256(link.body);
      link.hash = entryHash(hash, link);
    }
    ({ hash } = link);
  }
  told.head = { seq: told.links.at(-1)?.seq ?? 0, hash };
}
const at = (told: Told, seq: number): Link => {
  const found = told.links.find((link) => link.seq === seq);
  if (found === undefined) throw new Error(`no entry ${seq}`);
  return found;
};

const CHANGES: readonly (readonly [name: string, change: (told: Told, seq: number) => void, foundAt: (seq: number) => number])[] = [
  ["a letter of a body", (told, seq) => (at(told, seq).body = at(told, seq).body.replace("7", "8") + " "), (seq) => seq],
  ["a body and its hash", (told, seq) => Object.assign(at(told, seq), { body: "{}", eventHash: sha256("{}") }), (seq) => seq],
  ["an entry's hash", (told, seq) => (at(told, seq).hash = sha256("x")), (seq) => seq],
  ["the mark of a damaged journal", (told, seq) => (at(told, seq).suspect = !at(told, seq).suspect), (seq) => seq],
  ["an entry left out", (told, seq) => (told.links = told.links.filter((link) => link.seq !== seq)), (seq) => seq],
  ["an entry twice", (told, seq) => told.links.splice(told.links.indexOf(at(told, seq)), 0, { ...at(told, seq) }), (seq) => seq],
  [
    "all rewritten from an entry on",
    (told, seq) => {
      at(told, seq).body += " ";
      rechain(told, seq);
    },
    // At the first signed checkpoint behind it.
    (seq) => [50, 120, 299].find((told) => told >= seq) ?? 0,
  ],
];

test("a whole chain is whole, also one whose beginning was deleted, and every change of an entry is found at its place", async () => {
  for (const cutAt of [0, 49, 120]) {
    const verdict = await verify(makeChain(cutAt));
    assert.ok(verdict.ok);
    assert.deepEqual([verdict.entries, verdict.cutAt, verdict.keyId, verdict.signatures], [ENTRIES - cutAt, cutAt, KEY_ID, true]);
  }
  let cases = 0;
  for (const [name, change, foundAt] of CHANGES)
    for (const seq of [1, 2, 50, 99, 100, 101, 200, 298]) {
      const told = makeChain();
      change(told, seq);
      const verdict = await verify(told);
      assert.ok(!verdict.ok, `${name} at ${seq} was not found`);
      assert.equal(verdict.seq, foundAt(seq), `${name} at ${seq}`);
      cases++;
    }
  console.log(
    `# verify-chain: ${cases} of ${cases} changes of ${CHANGES.length} kinds found at their entry; 3 whole chains without an alarm`,
  );
});

test("what entries cannot show is found by checkpoints, by the chain's end, and by what this browser saw before", async () => {
  const seen = (seq: number, hash?: string): Remembered => ({
    seq,
    hash: hash ?? at(makeChain(), seq).hash,
    at: "2026-11-21T12:00:00.000Z",
    keyId: KEY_ID,
  });
  const short = makeChain();
  short.links = short.links.slice(0, 200);
  rechain(short, ENTRIES);
  const forged = makeChain();
  forged.checkpoints[1] = { ...signed(120, at(forged, 120).hash), signature: Buffer.alloc(64).toString("base64") };
  const noEnd = makeChain();
  noEnd.links.pop();
  const rewritten = makeChain();
  at(rewritten, 10).body = "{}";
  rechain(rewritten, 10);
  rewritten.checkpoints = [];
  const shortened = { ...short, checkpoints: [] };
  const foreign = makeChain();
  foreign.start = { seq: 0, hash: sha256("weir-audit\nten_other"), cut: false };
  const cases: readonly (readonly [string, Told, Remembered | undefined, string])[] = [
    ["a checkpoint beyond the end", short, undefined, "checkpoint-missing"],
    ["a forged checkpoint", forged, undefined, "checkpoint-forged"],
    ["an end that is not there", noEnd, undefined, "gap"],
    ["a chain of another tenant", foreign, undefined, "start"],
    ["a chain rewritten with its checkpoints taken away", rewritten, seen(ENTRIES), "remembered-differs"],
    ["a chain shortened with its checkpoints taken away", shortened, seen(250), "remembered-missing"],
    ["other keys than before", makeChain(), { ...seen(200), keyId: "0000000000000000" }, "key-changed"],
  ];
  for (const [name, told, remembered, flaw] of cases) {
    const verdict = await verify(told, remembered);
    assert.deepEqual([name, verdict.ok ? "whole" : verdict.flaw], [name, flaw]);
  }
  for (const seq of [1, 99, 200, ENTRIES]) assert.ok((await verify(makeChain(), seen(seq))).ok, `a false alarm at ${seq}`);
  // What was seen before and deleted since is no alarm.
  assert.ok((await verify(makeChain(120), seen(60))).ok);
  console.log(`# verify-chain: ${cases.length} of ${cases.length} lies about the whole found, 5 honest chains without an alarm`);
});
