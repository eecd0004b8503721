/** What is wrong with an address, or that it is nobody else's business. `wait`: it cannot be told yet. */
export type Verdict = "wait" | "fine" | { readonly bad: "host" | "scheme" | "unreadable" } | { readonly listed: boolean };

export type HostList = (host: string) => boolean;

/**
 * Host patterns as an operator writes them: `example.com`, `*.example.com` (any host under it, not itself). Both sides are compared as
 * browsers write hosts: lower case, international names in punycode. A pattern that no browser takes for a host lists nothing.
 */
export function createHostList(patterns: readonly string[]): HostList {
  const exact = new Set<string>();
  const under: string[] = [];
  for (const pattern of patterns) {
    const isUnder = pattern.startsWith("*.");
    const host = hostOf(`https://${isUnder ? pattern.slice(2) : pattern}/`);
    if (host === undefined) continue;
    if (isUnder) under.push(`.${host}`);
    else exact.add(host);
  }
  return (host) => exact.has(host) || under.some((end) => host.endsWith(end));
}

/** Read as browsers do: backslashes are slashes, tabs and newlines are nothing, what stands before an @ is no host. */
function hostOf(address: string): string | undefined {
  const url = URL.parse(address);
  return url === null || url.hostname === "" ? undefined : url.hostname.replace(/\.$/, "");
}

/** Schemes that fetch from a host, however many slashes follow. */
const FETCHING = new Set(["http", "https", "ftp", "ws", "wss"]);
/** Schemes that run what stands in them, or show it, or read from this machine. */
const RUNNING = new Set(["javascript", "vbscript", "data", "file", "blob", "filesystem", "view-source"]);
/** They open a program, which shows what is to be sent. */
const CALLING = new Set(["mailto", "tel", "sms"]);

const ENTITIES: Readonly<Record<string, string>> = {
  colon: ":", sol: "/", bsol: "\\", period: ".", tab: "", newline: "", amp: "&", lpar: "(", rpar: ")", num: "#", quest: "?", commat: "@",
}; // prettier-ignore

const decodeEntities = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));?/gi, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex ?? "0", 16) : Number(decimal);
    return code < 0x11_0000 ? String.fromCodePoint(code) : "";
  });

/**
 * Judges the address of a link or an image as far as it is known. In prose a word before a colon is seldom a scheme, so `anyScheme`
 * says whether an unknown one counts.
 */
export function judgeTarget(written: string, isWhole: boolean, anyScheme: boolean, isListed: HostList): Verdict {
  // The beginning of an entity may become anything.
  const read = isWhole ? written : written.replace(/&[#\w]*$/, "");
  const address = (read.includes("&") ? decodeEntities(read) : read)
    // oxlint-disable-next-line no-control-regex -- browsers strip these
    .replace(/^[\u0000-\u0020]+|[\t\n\r]/g, "");
  const colon = address.search(/[:/?#\\]/);
  if (colon < 0) return isWhole ? "fine" : "wait";
  if (address[colon] !== ":") {
    if (colon > 0 || address[0] === "?" || address[0] === "#") return "fine";
    if (address.length < 2) return isWhole ? "fine" : "wait";
    return /^[/\\]{2}/.test(address) ? judgeAuthority(address.replace(/^[/\\]+/, ""), isWhole, isListed) : "fine";
  }
  const scheme = address.slice(0, colon).toLowerCase();
  if (FETCHING.has(scheme)) return judgeAuthority(address.slice(colon + 1).replace(/^[/\\]+/, ""), isWhole, isListed);
  if (CALLING.has(scheme)) return address.includes("?") ? { bad: "scheme" } : isWhole ? "fine" : "wait";
  if (RUNNING.has(scheme)) return { bad: "scheme" };
  return anyScheme && /^[a-z][a-z0-9+.-]*$/.test(scheme) ? { bad: "scheme" } : "fine";
}

/** What follows the slashes: `user@host:port`, known once a slash, a question mark or a number sign follows. */
export function judgeAuthority(rest: string, isWhole: boolean, isListed: HostList): Verdict {
  const end = rest.search(/[/?#\\]/);
  if (end < 0 && !isWhole) return "wait";
  const host = hostOf(`https://${end < 0 ? rest : rest.slice(0, end)}/`);
  // `https://${HOST}/` in a program leads nowhere.
  if (host === undefined || /[^a-z0-9.:[\]_-]/.test(host)) return "fine";
  return { listed: isListed(host) };
}

/** A question, a comment or an answer's worth of text in an address: parameters of ordinary links are shorter. */
const QUERY_CHARACTERS_MAX = 80;
/** Encoded text without a break: ids and hashes of commits (40 hex digits) are shorter or as long. */
const ENCODED = /[A-Za-z0-9+/_=-]{44,}|(?:%[0-9a-f]{2}){8,}/i;
/** One label of a host: those of people and content networks are shorter. */
const LABEL = /^[^/?#]*[^./?#]{40,}/;

/** Whether an address can carry away what an answer should keep. */
export function carriesData(address: string): boolean {
  const rest = address.replace(/^[a-z]*:?[/\\]*/i, "");
  const query = rest.search(/[?#]/);
  if (query >= 0 && rest.length - query > QUERY_CHARACTERS_MAX) return true;
  // Words with hyphens between are a title.
  const encoded = rest
    .split(/[/?#&=]/)
    .some((piece) => ENCODED.test(piece) && !/^(?:[a-z]{1,24}[-_.]|\d{1,4}[-_.])+\w{1,24}$/i.test(piece));
  return encoded || LABEL.test(rest);
}
