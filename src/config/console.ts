import { readFile } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { isLoopback } from "../kernel/loopback.ts";
import { errorCode } from "./reference.ts";
import type { Source } from "./source.ts";

export type ConsoleLogo = { readonly type: "image/svg+xml" | "image/png" | "image/webp"; readonly bytes: Uint8Array };

/** How the web console looks, and for how long a browser is signed in. */
export type ConsoleConfig = {
  readonly enabled: boolean;
  readonly name: string;
  readonly logo: ConsoleLogo | undefined;
  /** CSS hexadecimal colours. */
  readonly accent: { readonly light?: string | undefined; readonly dark?: string | undefined };
  readonly links: readonly { readonly label: string; readonly url: string }[];
  readonly sessionHours: number;
  /** Origin that browsers see, such as `https://weir.example.com`; undefined: as the request has it. */
  readonly origin: string | undefined;
};

/** It is kept in memory, and comes with every page. */
const LOGO_BYTES_MAX = 256 * 1024;
const LOGO_TYPES = new Map<string, ConsoleLogo["type"]>([
  [".svg", "image/svg+xml"],
  [".png", "image/png"],
  [".webp", "image/webp"],
]);

export async function readConsole(source: Source): Promise<ConsoleConfig> {
  const { console: own } = source.value;
  for (const [at, { url }] of own.links.entries())
    if (!URL.canParse(url) || !["https:", "mailto:"].includes(new URL(url).protocol))
      source.findings.problems.push({
        place: source.placeOf(["console", "links", at, "url"]),
        message: "expected an address that begins with https:// or mailto:.",
      });
  return {
    enabled: own.enabled,
    name: own.name,
    logo: own.logo === undefined ? undefined : await readLogo(own.logo, source),
    accent: own.accent,
    links: own.links,
    sessionHours: own.sessionHours,
    origin: own.url === undefined ? undefined : readOrigin(own.url, source),
  };
}

async function readLogo(path: string, source: Source): Promise<ConsoleLogo | undefined> {
  const problem = (message: string): undefined => {
    source.findings.problems.push({ place: source.placeOf(["console", "logo"]), message });
  };
  const type = LOGO_TYPES.get(extname(path).toLowerCase());
  if (type === undefined) return problem("expected a file whose name ends in .svg, .png or .webp.");
  const full = resolve(source.baseDir, path);
  try {
    const bytes = new Uint8Array(await readFile(full));
    return bytes.length > LOGO_BYTES_MAX ? problem(`the file ${full} is larger than 256 kB.`) : { type, bytes };
  } catch (error) {
    return problem(`the file ${full} cannot be read (${errorCode(error)}).`);
  }
}

function readOrigin(text: string, source: Source): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSafe = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
  if (url !== undefined && isSafe && url.pathname === "/" && url.search === "" && url.hash === "" && url.username === "") return url.origin;
  source.findings.problems.push({
    place: source.placeOf(["console", "url"]),
    message: "expected an address such as https://weir.example.com, without a path.",
  });
  return undefined;
}
