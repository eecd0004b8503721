import { X509Certificate } from "node:crypto";
import { createRequire } from "node:module";
import type { Config } from "../config/index.ts";
import type { Clock } from "../kernel/clock.ts";
import { Fault, type FaultCode } from "../kernel/fault.ts";
import { createProviders, readMetrics, whyUnread, type Provider } from "../provider/index.ts";
import { ok, problem, warning, type Finding } from "./finding.ts";

const PROBE_MS = 10_000;
const LLAMA = "node-llama-cpp";

const TODO: Partial<Record<FaultCode, string>> = {
  target_denied: "Its apiKey is wrong or has expired: look at the variable or file that weir.yaml names.",
  target_down:
    "Is it running, and is baseUrl right as seen from this machine? Behind a proxy set HTTPS_PROXY or outbound.proxy; with a private authority outbound.ca.",
  target_timeout: "It is there but slow, or a firewall swallows the connection.",
  target_missing: "baseUrl leads somewhere else: OpenAI-compatible servers mostly answer below /v1.",
};

/** Each is asked what it is, at once and at no cost. */
export async function checkProviders(clock: Clock, config: Config): Promise<readonly Finding[]> {
  const remote = config.providers.filter(({ kind }) => kind !== "llama");
  const providers = createProviders(remote, { clock, cacheSalt: () => "", outbound: config.outbound });
  const probed = (await Promise.all([...providers.values()].map(look))).flat();
  for (const provider of providers.values()) provider.close();
  const none =
    config.providers.length === 0
      ? [warning("providers", "none: only answers from documents", "Name one in weir.yaml, or set ANTHROPIC_API_KEY.")]
      : [];
  return [...none, ...probed, ...checkLlama(config)];
}

async function look(provider: Provider): Promise<readonly Finding[]> {
  const found = await probe(provider);
  // Of a server that is away nothing more is to be told.
  return found.state === "ok" && provider.metrics !== undefined ? [found, await probeMetrics(provider)] : [found];
}

/** Calls are answered without them, only not where the queue is shortest. */
async function probeMetrics(provider: Provider): Promise<Finding> {
  const about = `provider ${provider.name} metrics`;
  try {
    const measured = readMetrics((await provider.metrics?.(AbortSignal.timeout(PROBE_MS))) ?? "");
    if (measured !== undefined) return ok(about, `${String(measured.running)} running, ${String(measured.waiting)} waiting`);
    return warning(about, "what /metrics answers is not vLLM's", "engine: vllm is for vLLM servers: is it one?");
  } catch (error) {
    const fault = Fault.from(error);
    const todo =
      "GET /metrics beside the API must reach vLLM itself: a proxy before it may let only /v1 through. Until then its queue is not known.";
    return warning(about, `cannot be read: ${whyUnread(fault)} (${fault.code})`, todo);
  }
}

async function probe(provider: Provider): Promise<Finding> {
  const about = `provider ${provider.name}`;
  try {
    await provider.probe(AbortSignal.timeout(PROBE_MS));
    return ok(about, "answers");
  } catch (error) {
    const { code, message } = Fault.from(error);
    return problem(about, `${message} (${code})`, TODO[code]);
  }
}

/** Models in the server's own process need a part that is not installed everywhere. */
function checkLlama(config: Config): readonly Finding[] {
  const wanted = config.providers.some(({ kind }) => kind === "llama");
  const there = isInstalled();
  if (there) return [ok("llama", "models can run in this process")];
  const how = `npm install ${LLAMA} --omit=dev --ignore-scripts in the program's folder; docs/operations.md says more.`;
  return [
    wanted
      ? problem("llama", "weir.yaml has a provider of kind llama, and the part that runs it is not installed", how)
      : ok("llama", `not installed, and not asked for (${how})`),
  ];
}

function isInstalled(): boolean {
  try {
    createRequire(import.meta.url).resolve(`${LLAMA}/package.json`);
    return true;
  } catch {
    return false;
  }
}

const SOON_MS = 14 * 86_400_000;

/** The certificate that this server shows. */
export function checkCertificate(clock: Clock, { tls }: Config): readonly Finding[] {
  if (tls === undefined) return [];
  const { validTo } = new X509Certificate(tls.cert);
  const leftMs = Date.parse(validTo) - clock.nowMs();
  const todo = "Renew it; a running server takes the new file up by itself.";
  if (leftMs < 0) return [problem("tls", `the certificate ended on ${validTo}`, todo)];
  return [
    leftMs < SOON_MS ? warning("tls", `the certificate ends on ${validTo}`, todo) : ok("tls", `the certificate is good until ${validTo}`),
  ];
}
