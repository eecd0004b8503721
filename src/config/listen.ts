import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { type Env, envPlace, isServiceLink, readEnv } from "./environment.ts";
import type { Findings, Place, Problem } from "./problem.ts";
import { errorCode } from "./reference.ts";

/** Flags of the command line, as text. */
export type ConfigFlags = {
  readonly port?: string | undefined;
  readonly host?: string | undefined;
  readonly data?: string | undefined;
  readonly config?: string | undefined;
  readonly demo?: boolean | undefined;
  /** `false`: whatever the file says, there is none. */
  readonly console?: boolean | undefined;
};

const HOST_DEFAULT = "127.0.0.1";
const PORT_DEFAULT = 8080;
const PORT_MAX = 65_535;
const DATA_DIR_DEFAULT = "data";
const CONFIG_DEFAULT = "weir.yaml";

export const resolveDataDir = (flags: ConfigFlags, env: Env, cwd: string): string =>
  resolve(cwd, flags.data ?? readEnv(env, "WEIR_DATA_DIR") ?? DATA_DIR_DEFAULT);

export type FoundFile =
  | { readonly kind: "found"; readonly path: string; readonly problem?: undefined }
  /** None was named, and there is no weir.yaml in the working folder. */
  | { readonly kind: "none"; readonly path?: undefined; readonly problem?: undefined }
  | { readonly kind: "missing"; readonly path?: undefined; readonly problem: Problem };

/** The file that was named, or `weir.yaml` in the working folder where there is one. */
export async function findConfigFile(flags: ConfigFlags, env: Env, cwd: string): Promise<FoundFile> {
  const named = flags.config ?? readEnv(env, "WEIR_CONFIG");
  const path = resolve(cwd, named ?? CONFIG_DEFAULT);
  let state: string;
  try {
    if ((await stat(path)).isFile()) return { kind: "found", path };
    state = "is not a file";
  } catch (error) {
    state = `cannot be read (${errorCode(error)})`;
    if (named === undefined && errorCode(error) === "ENOENT") return { kind: "none" };
  }
  const place: Place = named === undefined ? { in: "folder", path: CONFIG_DEFAULT } : configPlace(flags);
  return { kind: "missing", problem: { place, message: `the config file ${path} ${state}.` } };
}

const configPlace = (flags: ConfigFlags): Place => (flags.config === undefined ? envPlace("WEIR_CONFIG") : { in: "flag", name: "config" });

export function readDatabaseUrl(env: Env, findings: Findings): string | undefined {
  const url = readEnv(env, "DATABASE_URL");
  if (url === undefined || /^postgres(ql)?:\/\/./.test(url)) return url;
  findings.problems.push({
    place: envPlace("DATABASE_URL"),
    message: "expected postgres://USER:PASSWORD@HOST:PORT/DATABASE. Unset it for the embedded database.",
  });
  return undefined;
}

export function readListen(
  flags: ConfigFlags,
  env: Env,
  file: { readonly host: string | undefined; readonly port: number | undefined } | undefined,
  findings: Findings,
): { readonly host: string; readonly port: number } {
  return {
    host: readHost(flags, env, findings) ?? file?.host ?? HOST_DEFAULT,
    port: readPort(flags, env, findings) ?? file?.port ?? PORT_DEFAULT,
  };
}

function readHost(flags: ConfigFlags, env: Env, findings: Findings): string | undefined {
  const host = flags.host ?? readEnv(env, "WEIR_HOST");
  if (host === undefined || /^[A-Za-z0-9._:%-]+$/.test(host)) return host;
  const place: Place = flags.host === undefined ? envPlace("WEIR_HOST") : { in: "flag", name: "host" };
  findings.problems.push({
    place,
    message: "expected an address or a host name, such as 127.0.0.1 or 0.0.0.0, without http:// or a port.",
  });
  return undefined;
}

function readPort(flags: ConfigFlags, env: Env, findings: Findings): number | undefined {
  const fromEnv = readEnv(env, "WEIR_PORT");
  if (flags.port === undefined && fromEnv !== undefined && isServiceLink(fromEnv)) {
    const message =
      "was set by Kubernetes for a service called weir, not by you, and is ignored. Set enableServiceLinks: false on the pod.";
    findings.warnings.push({ place: envPlace("WEIR_PORT"), message });
    return undefined;
  }
  const text = flags.port ?? fromEnv;
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) <= PORT_MAX) return Number(text);
  const place: Place = flags.port === undefined ? envPlace("WEIR_PORT") : { in: "flag", name: "port" };
  findings.problems.push({ place, message: `expected a whole number from 0 to ${String(PORT_MAX)}; 0 picks a free port.` });
  return undefined;
}
