import type { Finding } from "../../domain/finding.ts";
import { isNear, type Reach } from "./context.ts";
import type { PiiRule } from "./rule.ts";
import { HAS_DIGIT, type Scan } from "./scan.ts";
import { gapBefore } from "./token-at.ts";
import { NETWORK, ORDINARY } from "./topics.ts";

const DOT = 46;
const COLON = 58;
const DASH = 45;

function octet(scan: Scan, token: number): number {
  const start = scan.start[token] ?? 0;
  const end = scan.end[token] ?? 0;
  if (token >= scan.tokens || scan.flags[token] !== HAS_DIGIT || end - start > 3) return -1;
  const value = Number(scan.text.slice(start, end));
  return value > 255 || (end - start > 1 && scan.text.charCodeAt(start) === 48) ? -1 : value;
}

const isJoinedBy = (scan: Scan, token: number, unit: number): boolean =>
  token < scan.tokens && gapBefore(scan, token) === 1 && scan.text.charCodeAt((scan.start[token] ?? 0) - 1) === unit;

/** Of this host, of nobody, and of everybody: loopback, unspecified, broadcast, masks. */
const isNobodys = (first: number, second: number, last: number): boolean =>
  first === 127 || first === 0 || (first === 255 && second === 255) || (first === 255 && last === 0);

/** How far a word such as "version" reaches. */
const BEFORE: Reach = { beforeChars: 12, afterChars: 0 };

function findIpv4(scan: Scan, token: number, out: Finding[]): void {
  if (!isJoinedBy(scan, token + 1, DOT) || !isJoinedBy(scan, token + 2, DOT) || !isJoinedBy(scan, token + 3, DOT)) return;
  const [first, second, third, last] = [octet(scan, token), octet(scan, token + 1), octet(scan, token + 2), octet(scan, token + 3)];
  if (first < 0 || second < 0 || third < 0 || last < 0 || isNobodys(first, second, last)) return;
  const start = scan.start[token] ?? 0;
  const end = scan.end[token + 3] ?? 0;
  const before = scan.text.charCodeAt(start - 1);
  if (before === DOT || before === DASH || isJoinedBy(scan, token + 4, DOT) || isJoinedBy(scan, token + 4, DASH)) return;
  const hasContext = isNear(scan, NETWORK, start, end);
  // `4.18.2.1` is a version more often than a host.
  const isVersionLike =
    (first < 20 && first !== 10 && second < 100 && third < 100 && last < 100) || isNear(scan, ORDINARY, start, start, BEFORE);
  out.push({ type: "IP_ADDRESS", start, end, score: hasContext ? 0.95 : isVersionLike ? 0.4 : 0.85, reason: "shape:ipv4" });
}

const isHex = (unit: number): boolean => (unit >= 48 && unit <= 57) || (unit >= 97 && unit <= 102) || (unit >= 65 && unit <= 70);
const isWord = (unit: number): boolean => isHex(unit) || (unit >= 103 && unit <= 122) || (unit >= 71 && unit <= 90) || unit === 95;

/** Eight groups of four, seven colons, and an IPv4 tail. */
const IPV6_MAX = 45;

function isIpv6(address: string): boolean {
  const halves = address.split("::");
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")));
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false;
  if (halves.length === 1) return groups.length === 8;
  // `a::b` is a name in a program; what begins like a routed or local address, or has four groups, is not.
  return (
    groups.length < 8 &&
    groups.length >= 2 &&
    /\d/.test(address) &&
    (groups.length >= 4 || /^(?:2[0-9a-f]{3}|3[0-9a-f]{3}|f[cd][0-9a-f]{2}|fe80|64):/i.test(address))
  );
}

const mac = /^[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}$/i;
const ciscoMac = /^[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}$/i;

const isNullMac = (address: string): boolean => /^(?:00[:-]?)+$|^(?:ff[:-]?)+$/i.test(address);

const isColoned = (unit: number): boolean => isHex(unit) || unit === COLON;

/** Where the run ends that was looked at; colons before it belong to it. */
function findColoned(scan: Scan, colon: number, searched: number, out: Finding[]): number {
  const { text } = scan;
  let start = colon;
  while (start > searched && isColoned(text.charCodeAt(start - 1))) start--;
  let end = colon + 1;
  while (isColoned(text.charCodeAt(end))) end++;
  if (end - start > IPV6_MAX) return end;
  if (isWord(text.charCodeAt(start - 1)) || isWord(text.charCodeAt(end)) || end - start < 6) return end;
  let address = text.slice(start, end);
  if (address.endsWith(":") && !address.endsWith("::")) address = address.slice(0, -1);
  const stop = start + address.length;
  if (mac.test(address) && !isNullMac(address)) out.push({ type: "MAC_ADDRESS", start, end: stop, score: 0.95, reason: "shape:mac" });
  else if (isIpv6(address)) out.push({ type: "IP_ADDRESS", start, end: stop, score: 0.95, reason: "shape:ipv6" });
  return end;
}

/** `00-1B-44-11-3A-B7`, `001b.4411.3ab7`: the groups by dashes or dots around one that has a digit. */
function findDashedMac(scan: Scan, token: number, out: Finding[]): void {
  const size = (scan.end[token] ?? 0) - (scan.start[token] ?? 0);
  if (size !== 2 && size !== 4) return;
  const separator = size === 2 ? DASH : DOT;
  let first = token;
  while (token - first < 5 && first > 0 && isJoinedBy(scan, first, separator)) first--;
  const last = first + (size === 2 ? 5 : 2);
  if (last >= scan.tokens || last < token || isJoinedBy(scan, last + 1, separator)) return;
  for (let group = first + 1; group <= last; group++) if (!isJoinedBy(scan, group, separator)) return;
  const start = scan.start[first] ?? 0;
  const end = scan.end[last] ?? 0;
  const address = scan.text.slice(start, Math.min(end, start + 18));
  if (out.at(-1)?.start === start || isNullMac(address)) return;
  const isMac = mac.test(address) && /[a-f]/i.test(address);
  const isCisco = ciscoMac.test(address) && /[a-f]/i.test(address);
  if (isMac || isCisco) out.push({ type: "MAC_ADDRESS", start, end, score: isMac ? 0.9 : 0.75, reason: "shape:mac" });
}

export function createNetworkRule(): PiiRule {
  return {
    name: "network",
    types: ["IP_ADDRESS", "MAC_ADDRESS"],
    run: (scan, out) => {
      for (const token of scan.numbers) {
        const before = scan.text.charCodeAt((scan.start[token] ?? 0) - 1);
        const after = scan.text.charCodeAt(scan.end[token] ?? 0);
        if (after === DOT) findIpv4(scan, token, out);
        if (after === DOT || after === DASH || before === DOT || before === DASH) findDashedMac(scan, token, out);
      }
      let searched = 0;
      for (const colon of scan.hexColons) if (colon >= searched) searched = findColoned(scan, colon, searched, out);
    },
  };
}
