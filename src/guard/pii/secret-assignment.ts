import type { Finding } from "../../domain/finding.ts";
import type { PiiRule } from "./rule.ts";
import type { Scan } from "./scan.ts";
import { BEARER, SECRET } from "./topics.ts";

/** Between a label and its value: quotes, spaces, a sign of assignment or a verb. */
const assignment =
  /["'`\])}*_]{0,3}[ \t]{0,4}(?:(=>|:=|[:=：](?![:=]))[ \t]{0,4}|(?: (?:is|ist|lautet|est|es|è|é|jest|to|was|war|est|set to)[: ]|(?:は|：|है|=) ?)[ \t]{0,3})(["'`*]{0,3})/y;
/** "Passwort für den Admin: …", "la password del router è …": whose it is stands between the word and the sign. */
const ownerWord = / ([\p{L}\d'’-]{1,24})/uy;
const OWNER_WORDS: ReadonlySet<string> = new Set(
  "for to of on in at für vom von zum zur des der pour du de sur para del da do na per della di voor van op dla z".split(" "),
);
const OWNER_WORDS_MAX = 5;
/** The value: up to white space, or up to the closing quote. Longer ones are no passwords. */
const bareValue = /[^\s"'`,;<>|\u3000-\u30ff\u4e00-\u9fff]{3,400}/y;
const bearerValue = /[ \t]{1,3}["']?([A-Za-z0-9._~+/=-]{16,4000})/y;
/** Nearby, though not assigned: "the api key for staging, 8f2…". */
const entropyValue = /[A-Za-z0-9+/=_-]{20,400}/y;

const NEARBY_CHARS = 48;

/** What stands where a secret will be, or a word of a program. */
const placeholder =
  /^(?:null|nil|none|true|false|undefined|string|str|bytes|text|varchar.*|char|required|optional|redacted|hidden|secret|password|passwd|token|changeme|example|your.*|my_?.*|the|not|env\..*|process\.env.*|os\.environ.*|os\.getenv.*|getenv.*|config\..*|settings\..*|self\..*|this\..*|args\..*|req\..*|request\..*|\*+|x{3,}|\.{3,}|-+|_+|\$.*|%.*|\{.*|<.*|\[.*|#.*)$/i;
const code = /[()[\]{}]|=>|::|->/;
const hasDigit = /\d/;
const hasLetter = /\p{L}/u;
const hasMark = /[!@#$%^&*?~+]/;
const hasSmall = /\p{Ll}/u;
const hasCapital = /\p{Lu}/u;
const hasBothCases = (value: string): boolean => hasSmall.test(value) && hasCapital.test(value);
const identifierPath = /^[a-z_$][\w$]*(?:\.[a-z_$][\w$]*)+$/i;
const digitsOnly = /^\d+$/;

const PIN = /^(?:\d{3,4}|\d{6}|\d{8})$/;

/** Bits a character, of at most 64 characters: prose is under 3.5 at this length, random base 62 above 4. */
function entropyBits(value: string): number {
  const counts = new Map<string, number>();
  const head = value.slice(0, 64);
  for (const letter of head) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / head.length) * Math.log2(count / head.length);
  return bits;
}

/** How likely `value` is the secret itself, not a word about it. */
function valueScore(label: string, value: string, isSigned: boolean, isQuoted: boolean): number {
  if (placeholder.test(value) || identifierPath.test(value)) return 0;
  if (/^(?:pin|cvv|cvc|otp|.*code|.*コード|暗証番号|पिन|one time password|pin is)$/i.test(label) && PIN.test(value)) return 0.65;
  if (digitsOnly.test(value))
    return value.length >= 6 && isSigned && /^(?:pass|pwd|senha|clave|wacht|has|mot|contra|kenn|パス|पास)/i.test(label) ? 0.6 : 0;
  if (code.test(value) && !isQuoted) return 0;
  const kinds = Number(hasDigit.test(value)) + Number(hasLetter.test(value)) + Number(hasMark.test(value)) + Number(hasBothCases(value));
  if (value.length >= 6 && kinds >= 2 && (hasDigit.test(value) || hasMark.test(value) || isQuoted)) return isSigned ? 0.85 : 0.75;
  if (isQuoted && isSigned && value.length >= 6 && !value.includes(" ")) return 0.6;
  return isSigned && value.length >= 16 && isMixed(value) && entropyBits(value) >= 3.5 ? 0.6 : 0;
}

const closing = /[.,;:?)\]}。、*]{1,8}$/;

/** "the password Summer!2024 is old": nothing but a space between. What is no word by any measure, then. */
const besideValue = / ["'`*]{0,2}([^\s"'`,;<>|\u3000-\u30ff\u4e00-\u9fff]{8,100})/y;

function findBeside(scan: Scan, mark: number, out: Finding[]): boolean {
  if (/^pass$/i.test(scan.text.slice(scan.markStart[mark] ?? 0, scan.markEnd[mark] ?? 0))) return false;
  besideValue.lastIndex = scan.markEnd[mark] ?? 0;
  const value = besideValue.exec(scan.text)?.[1]?.replace(closing, "");
  if (value === undefined || code.test(value) || !hasDigit.test(value) || !hasLetter.test(value) || !hasMark.test(value)) return false;
  const start = scan.text.indexOf(value, scan.markEnd[mark] ?? 0);
  out.push({ type: "SECRET", start, end: start + value.length, score: 0.6, reason: "context:secret" });
  return true;
}

/** The sign or verb after a label, or after the label and whose it is. */
function assignmentAfter(text: string, labelEnd: number): RegExpExecArray | null {
  assignment.lastIndex = labelEnd;
  const direct = assignment.exec(text);
  if (direct !== null) return direct;
  let at = labelEnd;
  for (let words = 0; words < OWNER_WORDS_MAX; words++) {
    ownerWord.lastIndex = at;
    const word = ownerWord.exec(text)?.[1];
    if (word === undefined || (words === 0 && !OWNER_WORDS.has(word.toLowerCase()))) return null;
    at += word.length + 1;
    assignment.lastIndex = at;
    const assigned = words > 0 ? assignment.exec(text) : null;
    if (assigned !== null) return assigned;
  }
  return null;
}

function findAssigned(scan: Scan, mark: number, out: Finding[]): boolean {
  const { text } = scan;
  const labelEnd = scan.markEnd[mark] ?? 0;
  const assigned = assignmentAfter(text, labelEnd);
  if (assigned === null) return false;
  const start = assigned.index + assigned[0].length;
  bareValue.lastIndex = start;
  const raw = bareValue.exec(text)?.[0];
  if (raw === undefined) return false;
  const isQuoted = (assigned[2] ?? "") !== "";
  const value = isQuoted ? raw : raw.replace(closing, "");
  const label = text.slice(scan.markStart[mark] ?? 0, labelEnd);
  // "pass=…" is a password; what "the pass is" may be anything.
  if (assigned[1] === undefined && /^pass$/i.test(label)) return false;
  const score = valueScore(label, value, assigned[1] !== undefined, isQuoted);
  if (score > 0) out.push({ type: "SECRET", start, end: start + value.length, score, reason: "context:secret" });
  return score > 0;
}

const kindOf = (unit: number): number => (unit >= 48 && unit <= 57 ? 1 : unit >= 97 && unit <= 122 ? 2 : unit >= 65 && unit <= 90 ? 3 : 0);

/** Random letters change between small, capital and digit at every second place; names in a program at every fifth. */
function isMixed(value: string): boolean {
  let changes = 0;
  for (let i = 1; i < value.length; i++) if (kindOf(value.charCodeAt(i)) !== kindOf(value.charCodeAt(i - 1))) changes++;
  return changes / value.length >= 0.3;
}

/** Hashes are hexadecimal, identifiers have words in them: neither is taken for a key from afar. */
const isKeyLike = (value: string): boolean =>
  hasDigit.test(value) &&
  /[a-z]/.test(value) &&
  /[A-Z]/.test(value) &&
  !/^[0-9a-f-]+$/i.test(value) &&
  isMixed(value) &&
  entropyBits(value) >= 3.8;

function findNearby(scan: Scan, mark: number, out: Finding[]): void {
  const { text } = scan;
  const from = scan.markEnd[mark] ?? 0;
  const limit = Math.min(text.length, from + NEARBY_CHARS);
  for (let at = from; at < limit; at++) {
    const unit = text.charCodeAt(at);
    if (unit !== 32 && unit !== 10 && unit !== 34 && unit !== 39 && unit !== 96) continue;
    entropyValue.lastIndex = at + 1;
    const value = entropyValue.exec(text)?.[0];
    if (value === undefined || !isKeyLike(value)) continue;
    out.push({ type: "SECRET", start: at + 1, end: at + 1 + value.length, score: 0.6, reason: "context:entropy" });
    return;
  }
}

function findBearer(scan: Scan, mark: number, out: Finding[]): void {
  bearerValue.lastIndex = scan.markEnd[mark] ?? 0;
  const value = bearerValue.exec(scan.text)?.[1];
  if (value === undefined || !hasDigit.test(value)) return;
  const end = bearerValue.lastIndex;
  out.push({ type: "SECRET", start: end - value.length, end, score: 0.9, reason: "context:bearer" });
}

/** `password: …`, `API_KEY=…`, `Bearer …`, and random strings close after such a word. */
export function createSecretAssignmentRule(): PiiRule {
  return {
    name: "secret-assignment",
    types: ["SECRET"],
    run: (scan, out) => {
      if ((scan.topics & (SECRET | BEARER)) === 0) return;
      for (let mark = 0; mark < scan.markTopics.length; mark++) {
        const topics = scan.markTopics[mark] ?? 0;
        if ((topics & BEARER) !== 0) findBearer(scan, mark, out);
        if ((topics & SECRET) !== 0 && !findAssigned(scan, mark, out) && !findBeside(scan, mark, out)) findNearby(scan, mark, out);
      }
    },
  };
}
