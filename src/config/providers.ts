import { isLoopback } from "../kernel/loopback.ts";
import { readLlama } from "./llama.ts";
import { didYouMean } from "./nearest.ts";
import { resolveSecret, resolveText } from "./reference.ts";
import type { Place } from "./problem.ts";
import type { FileProvider } from "./schema.ts";
import type { Source } from "./source.ts";
import type { ProviderConfig, RemoteConfig } from "./types.ts";

/** Public services, which nobody runs on hardware of their own. */
const PUBLIC_HOSTS = [
  "api.anthropic.com",
  "api.openai.com",
  "api.deepseek.com",
  "api.groq.com",
  "api.mistral.ai",
  "api.together.xyz",
  "api.x.ai",
  "generativelanguage.googleapis.com",
  "openrouter.ai",
];

type Remote = Exclude<FileProvider, { kind: "llama" }>;

export type Providers = {
  readonly started: readonly ProviderConfig[];
};

export async function readProviders(source: Source): Promise<Providers> {
  const started: ProviderConfig[] = [];
  for (const [name, provider] of Object.entries(source.value.providers)) {
    if (name === "extractive") {
      source.findings.problems.push({
        place: source.placeOf(["providers", name], "key"),
        message: "is a reserved name: the provider extractive always exists.",
      });
    }
    if (provider.timeouts.totalMs < provider.timeouts.firstByteMs) {
      const place = source.placeOf(["providers", name, "timeouts", "totalMs"]);
      source.findings.problems.push({
        place,
        message: `must be at least firstByteMs (${String(provider.timeouts.firstByteMs)} milliseconds): the first byte comes before the last.`,
      });
    }
    const read = provider.kind === "llama" ? await readLlama(name, provider, source) : await readRemote(name, provider, source);
    if (read !== undefined) started.push(read);
  }
  return { started };
}

async function readRemote(name: string, provider: Remote, source: Source): Promise<RemoteConfig> {
  const placeOf = (setting: string): Place => source.placeOf(["providers", name, setting]);
  const address = resolveText(provider.baseUrl, placeOf("baseUrl"), source);
  const baseUrl = address === undefined ? undefined : readBaseUrl(address, provider, placeOf("baseUrl"), source);
  const apiKey = provider.apiKey === undefined ? undefined : await resolveSecret(provider.apiKey, placeOf("apiKey"), source);
  const vllm = provider.kind === "openai" ? readVllm(name, provider, source) : {};
  return {
    name,
    kind: provider.kind,
    ...vllm,
    baseUrl: baseUrl ?? "",
    apiKey,
    trust: provider.trust,
    region: provider.region,
    ...(provider.dataCollection === undefined || provider.dataCollection === "allow" ? {} : { dataCollection: provider.dataCollection }),
    timeouts: provider.timeouts,
  };
}

/** A priority for a tier that is none would be a promise that nobody keeps. */
function readVllm(
  name: string,
  provider: Extract<Remote, { kind: "openai" }>,
  source: Source,
): Pick<RemoteConfig, "engine" | "tierPriority"> {
  const { engine, tierPriority } = provider;
  const { problems } = source.findings;
  if (tierPriority !== undefined && engine !== "vllm") {
    const place = source.placeOf(["providers", name, "tierPriority"], "key");
    problems.push({ place, message: "is for servers that know priorities: set engine: vllm beside it." });
  }
  const tiers = Object.keys(source.value.tiers);
  for (const tier of Object.keys(tierPriority ?? {})) {
    if (tiers.includes(tier)) continue;
    const known = tiers.length === 0 ? " There are no tiers." : ` Known: ${tiers.join(", ")}.`;
    const place = source.placeOf(["providers", name, "tierPriority", tier], "key");
    problems.push({ place, message: `there is no tier "${tier}".${didYouMean(tier, tiers) || known}` });
  }
  return { ...(engine === undefined ? {} : { engine }), ...(tierPriority === undefined ? {} : { tierPriority }) };
}

/** Without trailing slashes; undefined when it is no address, which has been said. The address is not quoted: it may hold a password. */
function readBaseUrl(address: string, provider: Remote, place: Place, source: Source): string | undefined {
  const { problems, warnings } = source.findings;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || (url.protocol !== "http:" && url.protocol !== "https:")) {
    problems.push({ place, message: "expected an address such as http://127.0.0.1:8000/v1." });
    return undefined;
  }
  if (url.username !== "" || url.password !== "")
    problems.push({ place, message: "an address may not hold a user or password: use apiKey." });
  if (url.search !== "" || url.hash !== "") problems.push({ place, message: "an address ends before any ? or #." });
  if (provider.trust === "private" && PUBLIC_HOSTS.includes(url.hostname)) {
    warnings.push({
      place,
      message: `${url.hostname} is a public service, but the provider is declared private: personal data would go there. Is trust: external meant?`,
    });
  }
  if (provider.trust === "external" && url.protocol === "http:" && !isLoopback(url.hostname)) {
    warnings.push({
      place,
      message: "http:// to an external provider: prompts and the key cross the network in the clear. Is https:// meant?",
    });
  }
  const path = url.pathname.replace(/\/+$/, "");
  if (provider.kind === "openai" && path === "") {
    warnings.push({ place, message: "the address has no path. Most OpenAI-compatible servers answer below /v1: is …/v1 meant?" });
  }
  // Anthropic's own SDKs take the address without the version; people copy it with.
  return url.origin + (provider.kind === "anthropic" ? path.replace(/\/v1$/, "") : path);
}
