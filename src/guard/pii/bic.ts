import type { Finding } from "../../domain/finding.ts";
import { valueTokenNamed } from "./labelled-value.ts";
import type { PiiRule } from "./rule.ts";
import { firstTokenFrom } from "./token-at.ts";
import { BIC } from "./topics.ts";

/** ISO 9362: bank, country, place, and a branch if need be. */
const bic = /^[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?$/;

/** ISO 3166, and Kosovo. A word in capitals of eight letters has seldom one of them at its fifth. */
const COUNTRIES: ReadonlySet<string> = new Set(
  (
    "AD AE AF AG AI AL AM AO AR AT AU AW AZ BA BB BD BE BF BG BH BI BJ BM BN BO BR BS BT BW BY BZ CA CD CF CG CH CI CK CL CM CN CO CR CU CV CW CY CZ DE DJ DK " +
    "DM DO DZ EC EE EG ER ES ET FI FJ FK FM FO FR GA GB GD GE GG GH GI GL GM GN GP GQ GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IQ IR IS IT JE JM JO JP KE " +
    "KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MG MH MK ML MM MN MO MP MR MS MT MU MV MW MX MY MZ NA NC NE NG NI NL NO NP NR " +
    "NZ OM PA PE PF PG PH PK PL PM PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TG TH TJ TL TM TN TO TR " +
    "TT TV TW TZ UA UG US UY UZ VA VC VE VG VI VN VU WF WS XK YE ZA ZM ZW"
  ).split(" "),
);

/** A bank's code right after the word. It names no account by itself, and is written beside one. */
export function createBicRule(): PiiRule {
  return {
    name: "bic",
    types: ["BANK_ACCOUNT"],
    run: (scan, out: Finding[]) => {
      if ((scan.topics & BIC) === 0) return;
      for (let mark = 0; mark < scan.markTopics.length; mark++) {
        if (((scan.markTopics[mark] ?? 0) & BIC) === 0) continue;
        const from = scan.markEnd[mark] ?? 0;
        const token = valueTokenNamed(scan, firstTokenFrom(scan, from), from);
        if (token < 0) continue;
        const start = scan.start[token] ?? 0;
        const end = scan.end[token] ?? 0;
        if (end - start !== 8 && end - start !== 11) continue;
        const code = scan.text.slice(start, end);
        if (bic.test(code) && COUNTRIES.has(code.slice(4, 6)))
          out.push({ type: "BANK_ACCOUNT", start, end, score: 0.8, reason: "context:bic" });
      }
    },
  };
}
