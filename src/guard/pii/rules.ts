import { createAgeRule } from "./age.ts";
import { createBicRule } from "./bic.ts";
import { createBornRule } from "./born.ts";
import { createSpokenDigitsRule } from "./digits-spoken.ts";
import { createEmailRule } from "./email.ts";
import { createSpelledEmailRule } from "./email-spelled.ts";
import { createLabelledRule } from "./labelled.ts";
import { createNetworkRule } from "./network.ts";
import { createNumbersRule } from "./numbers.ts";
import { createPhonePlan } from "./phone-plan.ts";
import { createPhoneRule } from "./phone.ts";
import { createPrivateKeyRule } from "./private-key.ts";
import type { PiiRule } from "./rule.ts";
import { createSecretAssignmentRule } from "./secret-assignment.ts";
import { createSecretKeyRule } from "./secret-key.ts";
import { createSecretUrlRule } from "./secret-url.ts";
import { createWalletRule } from "./wallet.ts";

export type RulesOptions = { readonly phoneRegions: readonly string[] };

/** Every rule once. Their order makes no difference: what overlaps is resolved by score and length. */
export const createRules = ({ phoneRegions }: RulesOptions): readonly PiiRule[] => [
  createEmailRule(),
  createSpelledEmailRule(),
  createNumbersRule(),
  createPhoneRule(createPhonePlan(phoneRegions)),
  createSpokenDigitsRule(),
  createSecretKeyRule(),
  createPrivateKeyRule(),
  createSecretUrlRule(),
  createSecretAssignmentRule(),
  createNetworkRule(),
  createLabelledRule(),
  createBornRule(),
  createAgeRule(),
  createBicRule(),
  createWalletRule(),
];
