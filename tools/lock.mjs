/**
 * Completes package-lock.json: a registry that carries one platform only leaves the other platforms' optional packages out of the
 * lock, and `npm ci` then refuses it. Each gets an entry with its version and platform, taken from its name and its parent.
 * Run after `npm install`: node tools/lock.mjs. With --check it changes nothing and exits 1 when an entry is missing.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const OS = {
  android: "android",
  androideabi: "android",
  darwin: "darwin",
  freebsd: "freebsd",
  linux: "linux",
  openharmony: "openharmony",
  win32: "win32",
  win: "win32",
  mac: "darwin",
  windows: "win32",
};
const CPU = {
  arm: "arm",
  armv7l: "arm",
  arm64: "arm64",
  aarch64: "arm64",
  ia32: "ia32",
  ppc64: "ppc64",
  riscv64: "riscv64",
  s390x: "s390x",
  x64: "x64",
};
const LIBC = { gnu: "glibc", gnueabihf: "glibc", musl: "musl", musleabihf: "musl" };

/** The platform that a name such as `@oxlint/binding-linux-arm64-musl` stands for. */
function platformOf(name) {
  const words = name.slice(name.indexOf("/") + 1).split("-");
  const pick = (table) => words.map((word) => table[word]).find((value) => value !== undefined);
  const [os, cpu, libc] = [pick(OS), pick(CPU), pick(LIBC)];
  if (os === undefined || cpu === undefined) throw new Error(`${name}: no platform in its name`);
  return { cpu: [cpu], libc: os === "linux" && libc !== undefined ? [libc] : undefined, os: [os] };
}

const file = fileURLToPath(new URL("../package-lock.json", import.meta.url));
const lock = JSON.parse(readFileSync(file, "utf8"));
const added = [];
for (const [path, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (lock.packages[`node_modules/${name}`] !== undefined || lock.packages[`${path}/node_modules/${name}`] !== undefined) continue;
    added.push(name);
    const { cpu, libc, os } = platformOf(name);
    lock.packages[`node_modules/${name}`] = { version, cpu, dev: entry.dev, libc, optional: true, os };
  }
}

if (added.length === 0) console.log("package-lock.json names every platform");
else if (process.argv.includes("--check")) {
  console.error(`package-lock.json lacks ${added.length} packages of other platforms (${added[0]}, …): run node tools/lock.mjs`);
  process.exitCode = 1;
} else {
  lock.packages = Object.fromEntries(Object.entries(lock.packages).toSorted(([a], [b]) => a.localeCompare(b, "en")));
  writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`package-lock.json: added ${added.length} packages of other platforms`);
}
