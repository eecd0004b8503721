import { BASE62, CAPITALS, DIGITS, HEX, SMALL, type Dice } from "./dice.fixture.ts";
import type { Sample } from "./sample.fixture.ts";

const WORD = `${BASE62}_-`;
const BASE64 = `${BASE62}+/`;

/** A random run that begins and ends with a letter or digit, and has a digit: as vendors' keys practically always do. */
const run = (dice: Dice, size: number, alphabet: string = BASE62): string =>
  `${dice.digits(1)}${dice.of(alphabet, size - 2)}${dice.of(SMALL, 1)}`;

const KEYS: Readonly<Record<string, (dice: Dice) => string>> = {
  "aws-access-key": (dice) => `${dice.pick(["AKIA", "ASIA"])}${dice.of(`${CAPITALS}234567`, 16)}`,
  "google-api-key": (dice) => `AIza${run(dice, 35, WORD)}`,
  "github-token": (dice) => dice.pick([`ghp_${run(dice, 36)}`, `gho_${run(dice, 36)}`, `github_pat_${run(dice, 22)}_${run(dice, 59)}`]),
  "gitlab-token": (dice) => `glpat-${run(dice, 20, WORD)}`,
  "slack-token": (dice) => `xoxb-${dice.digits(12)}-${dice.digits(12)}-${run(dice, 24)}`,
  "stripe-key": (dice) => dice.pick([`sk_live_${run(dice, 24)}`, `rk_test_${run(dice, 24)}`]),
  "openai-key": (dice) => dice.pick([`sk-${run(dice, 48)}`, `sk-proj-${run(dice, 100, WORD)}`]),
  "anthropic-key": (dice) => `sk-ant-api03-${run(dice, 93, WORD)}`,
  "hugging-face": (dice) => `hf_${dice.of(BASE62, 34)}`,
  "npm-token": (dice) => `npm_${run(dice, 36)}`,
  "pypi-token": (dice) => `pypi-AgEIcHlwaS5vcmc${run(dice, 120, WORD)}`,
  "twilio-key": (dice) => `SK${dice.of(HEX, 32)}`,
  "sendgrid-key": (dice) => `SG.${run(dice, 22, WORD)}.${run(dice, 43, WORD)}`,
  "telegram-token": (dice) => `${dice.of("123456789", 1)}${dice.digits(8)}:AA${run(dice, 33, WORD)}`,
  "azure-secret": (dice) => `${run(dice, 3)}8Q~${run(dice, 34, `${WORD}.`)}`,
  "weir-key": (dice) => `weir-${dice.of("0123456789abcdefghijklmnopqrstuv", 32)}`,
  jwt: (dice) => `eyJhbGciOiJIUzI1NiJ9.eyJ${run(dice, 40, WORD)}.${run(dice, 43, WORD)}`,
  "private key": (dice) => `-----BEGIN PRIVATE KEY-----\n${dice.of(BASE64, 64)}\n${dice.of(BASE64, 64)}\n-----END PRIVATE KEY-----`,
  "connection string": (dice) =>
    `${dice.pick(["postgres", "mysql", "mongodb+srv", "redis"])}://${dice.of(SMALL, 6)}:${run(dice, 12)}@db.${dice.of(SMALL, 6)}.com:5432/app`,
  webhook: (dice) => `https://hooks.slack.com/services/T${dice.of(CAPITALS, 8)}/B${dice.of(CAPITALS, 8)}/${run(dice, 24)}`,
};

const password = (dice: Dice): string =>
  `${dice.of(CAPITALS, 1)}${dice.of(SMALL, 5)}${dice.of("!@#$%&*", 1)}${dice.of(DIGITS, 3)}${dice.of(SMALL, 1)}`;

const PASSWORD_WORDS = [
  "password",
  "Passwort",
  "mot de passe",
  "contraseña",
  "password",
  "senha",
  "wachtwoord",
  "hasło",
  "パスワード",
  "पासवर्ड",
];

export const SECRET_SAMPLES: readonly Sample[] = [
  ...Object.entries(KEYS).map(([name, make]) => ({ name, type: "SECRET" as const, make })),
  { name: "password", type: "SECRET", label: PASSWORD_WORDS, make: password },
  {
    name: "address with a password",
    type: "URL",
    make: (dice) => `https://${dice.of(SMALL, 5)}:${run(dice, 9)}@${dice.of(SMALL, 8)}.com/path`,
  },
  { name: "address with a token", type: "URL", make: (dice) => `https://${dice.of(SMALL, 8)}.com/reset?user=1&token=${run(dice, 24)}` },
];
