import type { Endpoint } from "../endpoint.ts";
import { cspReports, type CspReportsDeps } from "./csp-reports.ts";
import { login, type LoginDeps } from "./login.ts";
import { settings, type SettingsDeps } from "./settings.ts";
import { signIn, type SignInDeps } from "./sign-in.ts";
import { site, type SiteDeps } from "./site.ts";

export type ConsoleDeps = {
  readonly site: SiteDeps;
  readonly settings: SettingsDeps;
  readonly signIn: SignInDeps;
  readonly login: LoginDeps;
  readonly reports: CspReportsDeps;
};

/** The web console: its files, how a browser signs in, and what browsers report. What it shows it asks the public and the admin API for. */
export const consoleEndpoints = (deps: ConsoleDeps): Endpoint[] => [
  ...settings(deps.settings),
  ...signIn(deps.signIn),
  ...login(deps.login),
  cspReports(deps.reports),
  ...site(deps.site),
];

export { createSignInLinks, type SignInLinks } from "./links.ts";
export { createSessions, type Sessions } from "./sessions.ts";
export { securityHeaders } from "./security-headers.ts";
export { CONSOLE_HEADER } from "./own-request.ts";
