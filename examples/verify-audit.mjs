// Checks an exported audit chain without trusting the server that it came from. Node 20 or newer, no packages.
//   curl -H "authorization: Bearer $WEIR_ADMIN_KEY" "$WEIR/admin/v1/audit/export?tenant=acme" > acme.ndjson
//   node verify-audit.mjs acme.ndjson [KEY_ID]
// KEY_ID is the checkpoints' key as you noted it some other day: without it, who made the file may have made the key.
// Exit code 0: every hash, link and signature fits. 1: it does not, and the first place is told.
import { createHash, createPublicKey, verify } from "node:crypto";
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

const [path, keyId] = process.argv.slice(2);
const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const fail = (seq, what) => {
  console.log(`CHANGED at entry ${seq}: ${what}`);
  process.exit(1);
};

let chain;
let seq = 0;
let hash = "";
let end;
const hashes = new Map();
const checkpoints = [];
for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
  const { type, ...one } = JSON.parse(line);
  if (type === "chain") {
    if (chain !== undefined) fail(seq + 1, "another chain begins in the middle of this one");
    chain = one;
    ({ seq, hash } = one.start);
    const name = one.chain === "calls" ? one.tenantId : `decisions/${one.tenantId}`;
    if (!one.start.cut && (seq !== 0 || hash !== sha256(`weir-audit\n${name}`))) fail(1, "the chain does not begin where it must");
    hashes.set(seq, hash);
  } else if (type === "entry") {
    if (one.seq !== seq + 1) fail(seq + 1, one.seq > seq + 1 ? "an entry is missing" : "an entry is there twice");
    if (sha256(one.body) !== one.eventHash) fail(one.seq, "the body is not what was hashed");
    const linked = sha256(`${hash}\n${one.seq}\n${one.eventHash}${one.suspect ? "\nsuspect" : ""}`);
    if (linked !== one.hash) fail(one.seq, "the hash does not follow from the entry before");
    ({ seq, hash } = one);
    hashes.set(seq, hash);
  } else if (type === "checkpoint") checkpoints.push(one);
  else if (type === "end") end = one;
}
if (chain === undefined || end === undefined) fail(seq + 1, "the file was cut off");
if ((end.head?.seq ?? 0) > seq) fail(seq + 1, "entries are missing at the end");
if (end.head?.seq === seq && end.head.hash !== hash) fail(seq, "the chain's end is told otherwise");
// Where somebody knows the key, a file without its signatures proves nothing: every hash in it may have been made anew.
if (keyId !== undefined && checkpoints.length === 0) fail(0, `no checkpoint is signed by ${keyId}`);
let told;
if (checkpoints.length > 0) {
  told = sha256(end.publicKey).slice(0, 16);
  if (keyId !== undefined && told !== keyId) fail(0, `the checkpoints are signed by ${told}, not by ${keyId}`);
  const publicKey = createPublicKey(end.publicKey);
  for (const one of checkpoints) {
    if (one.tenantId !== chain.tenantId) fail(one.seq, "a checkpoint is of another chain");
    const text = [one.tenantId, one.seq, one.hash, one.at].join("\n");
    if (!verify(null, Buffer.from(text), publicKey, Buffer.from(one.signature, "base64"))) fail(one.seq, "a checkpoint is forged");
    if (one.seq > seq) fail(seq + 1, `entries are missing that a checkpoint of ${one.at} tells of`);
    if (hashes.has(one.seq) && hashes.get(one.seq) !== one.hash) fail(one.seq, `a checkpoint of ${one.at} says otherwise`);
  }
}
const cut = chain.start.cut ? `, from entry ${chain.start.seq + 1} on (older ones were deleted)` : "";
console.log(
  `whole: ${seq - chain.start.seq} entries${cut}, ${checkpoints.length} checkpoints${told === undefined ? "" : ` by key ${told}`}`,
);
