import type { Finding } from "../../domain/finding.ts";
import { isBase58Check } from "./base58.ts";
import { isBech32 } from "./bech32.ts";
import { isNear } from "./context.ts";
import { keccak256 } from "./keccak.ts";
import type { PiiRule } from "./rule.ts";
import type { Scan } from "./scan.ts";
import { WALLET } from "./topics.ts";

const SIZE_MIN = 26;
const SIZE_MAX = 95;

/** Bitcoin, Litecoin, Dogecoin, Tron, Dash, Zcash: version bytes that make these first letters. */
const base58 = /^[13LMDTX9A][1-9A-HJ-NP-Za-km-z]{25,34}$/;
const ethereum = /^0x[0-9a-fA-F]{40}$/;
const bech32 = /^(bc|tb|ltc|BC|TB|LTC)1[a-zA-Z0-9]{25,87}$/;
const monero = /^[48][0-9AB][1-9A-HJ-NP-Za-km-z]{93}$/;
const solana = /^[1-9A-HJ-NP-Za-km-z]{32,44}$/;
const ripple = /^r[1-9A-HJ-NP-Za-km-z]{24,34}$/;

/** EIP-55: a letter is upper-case where the digest of the lower-case address has a half-byte of 8 or more. */
function isEip55(address: string): boolean {
  const lower = address.slice(2).toLowerCase();
  const digest = keccak256(lower);
  for (let i = 0; i < 40; i++) {
    const letter = lower.charAt(i);
    const wanted = Number.parseInt(digest.charAt(i), 16) >= 8 ? letter.toUpperCase() : letter;
    if (address.charAt(i + 2) !== wanted) return false;
  }
  return true;
}

function judge(scan: Scan, word: string, start: number, end: number): Pick<Finding, "score" | "reason"> | undefined {
  const hasContext = (): boolean => isNear(scan, WALLET, start, end);
  if (ethereum.test(word)) {
    const isMixed = /[a-f]/.test(word) && /[A-F]/.test(word.slice(2));
    if (isMixed && isEip55(word)) return { score: 0.95, reason: "checksum:eip-55" };
    return hasContext() ? { score: 0.85, reason: "context:wallet" } : undefined;
  }
  const prefix = bech32.exec(word)?.[1]?.toLowerCase();
  if (prefix !== undefined && isBech32(word, prefix)) return { score: 0.97, reason: "checksum:bech32" };
  if (base58.test(word) && isBase58Check(word)) return { score: 0.95, reason: "checksum:base58" };
  const isLikely = /\d/.test(word) && /[a-z]/.test(word) && /[A-Z]/.test(word);
  if (!isLikely || !(monero.test(word) || solana.test(word) || ripple.test(word))) return undefined;
  return hasContext() ? { score: 0.7, reason: "context:wallet" } : undefined;
}

export function createWalletRule(): PiiRule {
  return {
    name: "wallet",
    types: ["CRYPTO_WALLET"],
    run: (scan, out) => {
      for (const token of scan.numbers) {
        const start = scan.start[token] ?? 0;
        const end = scan.end[token] ?? 0;
        if (end - start < SIZE_MIN || end - start > SIZE_MAX) continue;
        const judged = judge(scan, scan.text.slice(start, end), start, end);
        if (judged !== undefined) out.push({ type: "CRYPTO_WALLET", start, end, ...judged });
      }
    },
  };
}
