import { test } from "bun:test";
import assert from "node:assert/strict";
import { createCipheriv, randomBytes } from "node:crypto";
import { KEY_BYTES, NONCE_BYTES, openPacked, sealPacked, TAG_BYTES } from "./gcm.ts";

const key = randomBytes(KEY_BYTES);
const name = Buffer.from("job_1");

test("what was packed opens under its key and name only; every bit that is changed and every byte that is cut is told", () => {
  const text = Buffer.from("ada.lovelace@analytical.example");
  const packed = sealPacked(key, name, text);
  assert.equal(packed.length, NONCE_BYTES + TAG_BYTES + text.length);
  assert.deepEqual(Buffer.from(openPacked(key, name, packed)), text);
  assert.throws(() => openPacked(randomBytes(KEY_BYTES), name, packed));
  assert.throws(() => openPacked(key, Buffer.from("job_2"), packed));
  for (let bit = 0; bit < packed.length * 8; bit++) {
    const changed = Buffer.from(packed);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    assert.throws(() => openPacked(key, name, changed), `bit ${bit}`);
  }
  for (let length = 0; length < packed.length; length++)
    assert.throws(() => openPacked(key, name, packed.subarray(0, length)), `${length}`);
  console.log(`# packed: ${packed.length * 8} bits changed, ${packed.length} cuts, all refused`);
});

test("the same text is packed differently each time, and an empty one can be", () => {
  assert.notDeepEqual(sealPacked(key, name, name), sealPacked(key, name, name));
  assert.equal(openPacked(key, name, sealPacked(key, name, new Uint8Array())).length, 0);
});

test("rows of before this was one function open: nonce, tag, text", () => {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(name);
  const text = Buffer.concat([cipher.update("ada", "utf8"), cipher.final()]);
  assert.equal(Buffer.from(openPacked(key, name, Buffer.concat([nonce, cipher.getAuthTag(), text]))).toString(), "ada");
});
