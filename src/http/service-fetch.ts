import { rootCertificates } from "node:tls";
import { systemFetch, type Fetch } from "../kernel/outbound.ts";

/** Reaches the operator's services. `ca` is trusted beside the public authorities; proxies are those of the environment. */
export function createServiceFetch(ca: string | undefined): Fetch {
  if (ca === undefined) return systemFetch;
  const tls = { ca: [...rootCertificates, ca] };
  return (url, init) => fetch(url, { redirect: "error", ...init, tls });
}
