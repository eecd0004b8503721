/** Keccak-256 as Ethereum uses it: SHA-3's permutation with the older padding. For messages under 136 bytes, that is, one block. */

const LANES = 25;
const RATE_BYTES = 136;
const MASK = (1n << 64n) - 1n;

const ROUND_CONSTANTS = [
  0x0000000000000001n,
  0x0000000000008082n,
  0x800000000000808an,
  0x8000000080008000n,
  0x000000000000808bn,
  0x0000000080000001n,
  0x8000000080008081n,
  0x8000000000008009n,
  0x000000000000008an,
  0x0000000000000088n,
  0x0000000080008009n,
  0x000000008000000an,
  0x000000008000808bn,
  0x800000000000008bn,
  0x8000000000008089n,
  0x8000000000008003n,
  0x8000000000008002n,
  0x8000000000000080n,
  0x000000000000800an,
  0x800000008000000an,
  0x8000000080008081n,
  0x8000000000008080n,
  0x0000000080000001n,
  0x8000000080008008n,
];
const ROTATIONS = [1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44];
const LANE_ORDER = [10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1];

const rotate = (lane: bigint, bits: number): bigint => ((lane << BigInt(bits)) | (lane >> BigInt(64 - bits))) & MASK;
const at = (lanes: readonly bigint[], i: number): bigint => lanes[i] ?? 0n;

function mixColumns(lanes: bigint[]): void {
  const columns = [0, 1, 2, 3, 4].map((x) => at(lanes, x) ^ at(lanes, x + 5) ^ at(lanes, x + 10) ^ at(lanes, x + 15) ^ at(lanes, x + 20));
  for (let i = 0; i < LANES; i++) lanes[i] = at(lanes, i) ^ at(columns, (i + 4) % 5) ^ rotate(at(columns, (i + 1) % 5), 1);
}

function moveLanes(lanes: bigint[]): void {
  let moving = at(lanes, 1);
  for (const [i, lane] of LANE_ORDER.entries()) {
    const next = at(lanes, lane);
    lanes[lane] = rotate(moving, ROTATIONS[i] ?? 0);
    moving = next;
  }
}

function mixRows(lanes: bigint[]): void {
  for (let row = 0; row < LANES; row += 5) {
    const before = lanes.slice(row, row + 5);
    for (let x = 0; x < 5; x++) lanes[row + x] = at(before, x) ^ (~at(before, (x + 1) % 5) & MASK & at(before, (x + 2) % 5));
  }
}

/** The digest in hexadecimal. `message` is ASCII, of less than 136 characters. */
export function keccak256(message: string): string {
  const block = new Uint8Array(RATE_BYTES);
  for (let i = 0; i < message.length; i++) block[i] = message.charCodeAt(i);
  block[message.length] = 1;
  block[RATE_BYTES - 1] = (block[RATE_BYTES - 1] ?? 0) | 0x80;
  const view = new DataView(block.buffer);
  const lanes = Array.from({ length: LANES }, (_, i) => (i < RATE_BYTES / 8 ? view.getBigUint64(i * 8, true) : 0n));
  for (const constant of ROUND_CONSTANTS) {
    mixColumns(lanes);
    moveLanes(lanes);
    mixRows(lanes);
    lanes[0] = at(lanes, 0) ^ constant;
  }
  const digest = new DataView(new ArrayBuffer(32));
  for (let i = 0; i < 4; i++) digest.setBigUint64(i * 8, at(lanes, i), true);
  return Buffer.from(digest.buffer).toString("hex");
}
