import type { Finding } from "../../domain/finding.ts";
import type { PiiRule } from "./rule.ts";

/** `RSA`, `OPENSSH`, `ENCRYPTED`, `PGP` may stand between. */
const HEADER_MAX = 64;
/** A key of 16,384 bits is 12,700 characters; one that is not ended is masked that far. */
const KEY_MAX = 16_384;

const END = "-----END";

/** PEM and PGP private keys, from the first dash to the last. */
export function createPrivateKeyRule(): PiiRule {
  return {
    name: "private-key",
    types: ["SECRET"],
    run: (scan, out: Finding[]) => {
      const { text } = scan;
      // The next end is looked for once, not once a beginning.
      let next = -1;
      let hasNext = true;
      let searched = 0;
      for (const start of scan.armours) {
        if (start < searched || !text.slice(start, start + HEADER_MAX).includes("PRIVATE KEY")) continue;
        if (hasNext && next < start) {
          next = text.indexOf(END, start);
          hasNext = next >= 0;
        }
        const limit = Math.min(text.length, start + KEY_MAX);
        let end = limit;
        if (hasNext && next < limit) {
          const close = text.slice(next + END.length, next + END.length + HEADER_MAX).indexOf("-----");
          end = close < 0 ? next + END.length : next + END.length + close + 5;
        }
        searched = end;
        out.push({ type: "SECRET", start, end, score: 0.99, reason: "shape:private-key" });
      }
    },
  };
}
