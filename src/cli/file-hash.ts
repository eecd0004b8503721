import { createHash, type Hash } from "node:crypto";
import { open } from "node:fs/promises";

const PIECE_BYTES = 1024 * 1024;

/** SHA-256 over a file as it is, open for more; and how many bytes it has. */
export async function hashFile(path: string): Promise<{ readonly hash: Hash; readonly bytes: number }> {
  const hash = createHash("sha256");
  const piece = Buffer.alloc(PIECE_BYTES);
  const file = await open(path, "r");
  try {
    let bytes = 0;
    for (;;) {
      const { bytesRead } = await file.read(piece, 0, piece.length, bytes);
      if (bytesRead === 0) return { hash, bytes };
      hash.update(piece.subarray(0, bytesRead));
      bytes += bytesRead;
    }
  } finally {
    await file.close();
  }
}
