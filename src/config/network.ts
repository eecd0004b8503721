import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import type { Place } from "./problem.ts";
import { errorCode, resolveText } from "./reference.ts";
import type { Source } from "./source.ts";
import type { OutboundConfig, TlsConfig } from "./types.ts";

/** Certificate and key, read and found to belong together. undefined: HTTP, or a problem was found. */
export async function readTls(source: Source): Promise<TlsConfig | undefined> {
  const { tls } = source.value;
  if (tls === undefined) return undefined;
  const certPlace = source.placeOf(["tls", "cert"]);
  const keyPlace = source.placeOf(["tls", "key"]);
  const [certFile, keyFile] = [resolve(source.baseDir, tls.cert), resolve(source.baseDir, tls.key)];
  const cert = await readPem(certFile, certPlace, source);
  const key = await readPem(keyFile, keyPlace, source);
  if (cert === undefined || key === undefined) return undefined;
  const read = parseCertificate(cert, certPlace, source);
  if (read === undefined) return undefined;
  try {
    if (!read.checkPrivateKey(createPrivateKey(key)))
      source.findings.problems.push({ place: keyPlace, message: "is not the key of the certificate in tls.cert." });
  } catch {
    source.findings.problems.push({ place: keyPlace, message: "is not a private key in PEM, or it has a passphrase." });
  }
  return { cert, key, files: [certFile, keyFile] };
}

export async function readOutbound(source: Source): Promise<OutboundConfig> {
  const { ca, proxy } = source.value.outbound;
  const caFile = ca === undefined ? undefined : resolve(source.baseDir, ca);
  const place = source.placeOf(["outbound", "ca"]);
  const pem = caFile === undefined ? undefined : await readPem(caFile, place, source);
  const isSound = pem === undefined || parseCertificate(pem, place, source) !== undefined;
  return { ca: isSound ? pem : undefined, caFile, proxy: proxy === undefined ? undefined : readProxy(proxy, source) };
}

function readProxy(raw: string, source: Source): string | undefined {
  const place = source.placeOf(["outbound", "proxy"]);
  const text = resolveText(raw, place, source);
  if (text === undefined) return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && (url.protocol === "http:" || url.protocol === "https:")) return text;
  source.findings.problems.push({ place, message: "expected an address such as http://proxy.internal:3128." });
  return undefined;
}

async function readPem(file: string, place: Place, source: Source): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    source.findings.problems.push({ place, message: `the file ${file} cannot be read (${errorCode(error)}).` });
    return undefined;
  }
}

function parseCertificate(pem: string, place: Place, source: Source): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    source.findings.problems.push({ place, message: "does not hold a certificate in PEM (-----BEGIN CERTIFICATE-----)." });
    return undefined;
  }
}
