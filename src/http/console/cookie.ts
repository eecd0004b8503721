/** A browser keeps no cookie of more than 4096 characters, its name and attributes among them. */
export const COOKIE_VALUE_CHARS_MAX = 3800;

type Kind = {
  readonly name: string;
  /** `Strict`: never sent with a request that another site began. `Lax`: with a link from there. */
  readonly sameSite: "Strict" | "Lax";
};

export const SESSION: Kind = { name: "weir-session", sameSite: "Strict" };
/** Between leaving for an issuer and coming back: that is a link from another site. */
export const LOGIN: Kind = { name: "weir-login", sameSite: "Lax" };

/** On https nobody but this very host can set it, and it is never sent without encryption. */
const nameOf = ({ name }: Kind, origin: string): string => (isSecure(origin) ? `__Host-${name}` : name);
const isSecure = (origin: string): boolean => origin.startsWith("https:");

export function findCookie(headers: Headers, kind: Kind, origin: string): string | undefined {
  const start = `${nameOf(kind, origin)}=`;
  const found = headers
    .get("cookie")
    ?.split(";")
    .map((each) => each.trim())
    .find((each) => each.startsWith(start));
  return found?.slice(start.length);
}

/** `seconds` 0 takes it away. */
export const toCookie = (kind: Kind, origin: string, value: string, seconds: number): string =>
  [
    `${nameOf(kind, origin)}=${value}`,
    "Path=/",
    "HttpOnly",
    `SameSite=${kind.sameSite}`,
    ...(isSecure(origin) ? ["Secure"] : []),
    `Max-Age=${String(seconds)}`,
  ].join("; ");
