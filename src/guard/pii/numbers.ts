import type { Finding } from "../../domain/finding.ts";
import { detectCard } from "./card.ts";
import { detectIban } from "./iban.ts";
import { detectIdentity } from "./identity.ts";
import { detectHealthInsurance, detectImei, detectRouting, detectVin } from "./number-extras.ts";
import type { PiiRule } from "./rule.ts";
import { createWindow, eachWindow } from "./window.ts";

/** All identifiers that are groups of digits and capitals. One walk over the text's numbers serves them all. */
export function createNumbersRule(): PiiRule {
  const window = createWindow();
  return {
    name: "numbers",
    types: ["CARD", "IBAN", "NATIONAL_ID", "DEVICE", "VEHICLE", "BANK_ACCOUNT", "HEALTH_INSURANCE"],
    run: (scan, out: Finding[]) => {
      eachWindow(scan, window, () => {
        detectCard(scan, window, out);
        detectIban(scan, window, out);
        detectIdentity(scan, window, out);
        detectImei(scan, window, out);
        detectVin(scan, window, out);
        detectRouting(scan, window, out);
        detectHealthInsurance(scan, window, out);
      });
    },
  };
}
