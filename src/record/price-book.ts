import { readFileSync } from "node:fs";
import type { Price } from "../kernel/money.ts";

export type ListPrice = {
  readonly price: Price;
  /** Of the book, for the event: a bill can be checked years later. */ readonly version: string;
};

/** List prices of commercial models. A model that is not in it has no known price, which is not a price of 0. */
export type PriceBook = {
  readonly version: string;
  /** By the kind of the provider and the model's name there; a date or `-latest` behind the name is passed over. */
  findPrice(kind: string, upstream: string): ListPrice | undefined;
};

/** Reads the book that comes with this version of the program. */
export function readPriceBook(): PriceBook {
  return createPriceBook(JSON.parse(readFileSync(new URL("./price-book.json", import.meta.url), "utf8")));
}

export function createPriceBook(book: unknown): PriceBook {
  if (!isRecord(book) || typeof book["version"] !== "string" || !Array.isArray(book["models"]))
    throw new TypeError("a price book has a version and models");
  const { version, models } = book;
  const prices = new Map<string, ListPrice>();
  for (const model of models) {
    const { name, price } = parseModel(model);
    if (prices.has(name)) throw new TypeError(`the price book names ${name} twice`);
    prices.set(name, { price, version });
  }
  return { version, findPrice: (kind, upstream) => prices.get(nameOf(kind, upstream)) };
}

/** `claude-opus-5.5`, `claude-opus-5-5` and `claude-opus-5-5-20260922` are one model; so are `gpt-6-sol` and `gpt-6-sol-2026-09-22`. */
function nameOf(kind: string, model: string): string {
  const plain = model
    .toLowerCase()
    .replace(/-(?:latest|\d{8}|\d{4}-\d{2}-\d{2})$/, "")
    .replaceAll(".", "-");
  return `${kind} ${plain}`;
}

function parseModel(model: unknown): { readonly name: string; readonly price: Price } {
  if (!isRecord(model) || typeof model["name"] !== "string" || typeof model["kind"] !== "string")
    throw new TypeError("a model in the price book has a name and a kind");
  const { name, kind } = model;
  const dollars = (field: string): number => {
    const value = findDollars(model, field);
    if (value === undefined) throw new TypeError(`the price book has no ${field} price for ${name}`);
    return value;
  };
  const price = {
    inputPerMTok: dollars("input"),
    outputPerMTok: dollars("output"),
    cachedInputPerMTok: findDollars(model, "cachedInput"),
    cacheWritePerMTok: findDollars(model, "cacheWrite"),
  };
  return { name: nameOf(kind, name), price };
}

function findDollars(model: Readonly<Record<string, unknown>>, field: string): number | undefined {
  const value = model[field];
  if (value === undefined) return undefined;
  if (typeof value !== "number" || !(value >= 0)) throw new TypeError(`${field} in the price book is no price`);
  return value;
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null;
