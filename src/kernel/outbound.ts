/** A request to a service of the operator's: object store, key service, collector. Models are reached by `provider/` instead. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** A redirect is an error: what is sent carries credentials for the configured address only. */
export const systemFetch: Fetch = (url, init) => fetch(url, { redirect: "error", ...init });
