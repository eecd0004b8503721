/** What of a browser counts here: it keeps cookies, says where its requests come from, and follows no redirect by itself. */
export type FakeBrowser = {
  readonly cookies: Map<string, string>;
  /** As a script of the console's pages sends it. */
  send(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** As somebody who follows a link. `from`: another site, from where only cookies that are `Lax` come along. */
  visit(url: string, from?: "elsewhere"): Promise<Response>;
  /** Another one with the same cookies, such as who has stolen them. */
  copy(): FakeBrowser;
};

export function createFakeBrowser(base: string, cookies = new Map<string, string>(), strict = new Set<string>()): FakeBrowser {
  const take = (response: Response): Response => {
    for (const line of response.headers.getSetCookie()) {
      const [pair = "", ...attributes] = line.split("; ");
      const name = pair.slice(0, pair.indexOf("="));
      if (attributes.includes("Max-Age=0")) cookies.delete(name);
      else cookies.set(name, pair.slice(name.length + 1));
      if (attributes.includes("SameSite=Strict")) strict.add(name);
    }
    return response;
  };
  const header = (names: readonly string[]): string => names.map((name) => `${name}=${cookies.get(name) ?? ""}`).join("; ");
  return {
    cookies,
    async send(method, path, body, headers = {}) {
      const init: RequestInit = {
        method,
        redirect: "manual",
        headers: {
          cookie: header([...cookies.keys()]),
          "x-weir-console": "1",
          "sec-fetch-site": "same-origin",
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      };
      return take(await fetch(base + path, init));
    },
    async visit(url, from) {
      const names = [...cookies.keys()].filter((name) => from === undefined || !strict.has(name));
      return take(await fetch(url, { redirect: "manual", headers: { accept: "text/html", cookie: header(names) } }));
    },
    copy: () => createFakeBrowser(base, new Map(cookies), new Set(strict)),
  };
}
