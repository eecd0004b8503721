import { expect } from "bun:test";
import type { LoginIssuer } from "../../src/admit/login-issuer.fixture.ts";
import { openPage, type ConsolePage, type PageOptions } from "./browser.ts";

/** What weir.yaml says of the issuer; its secret is `CONSOLE_SECRET`. The button is called Example Inc. */
export const consoleOf = (issuer: LoginIssuer): string =>
  `{ clientId: ${issuer.clientId}, clientSecret: env:CONSOLE_SECRET, label: Example Inc. }`;

/** A browser of somebody who signed in at the issuer, which is another origin: going there is what was asked for. */
export async function openByIssuer(
  url: string,
  issuer: LoginIssuer,
  holder: LoginIssuer["holder"],
  path: string,
  more: PageOptions = {},
): Promise<ConsolePage> {
  const opened = await openPage(url, more);
  const { page, context, problems } = opened;
  issuer.holder = holder;
  await page.goto(`${url}/console/login`);
  await page.getByRole("link", { name: "Continue with Example Inc." }).click();
  await page.getByRole("link", { name: /Continue as/ }).click();
  await page.waitForURL(`${url}/console/**`);
  await page.goto(`${url}/console${path}`);
  return {
    ...opened,
    async close() {
      await context.close();
      expect(problems.filter((each) => !each.startsWith(`a request to ${issuer.url}`))).toEqual([]);
    },
  };
}
