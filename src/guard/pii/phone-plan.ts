import metadata from "libphonenumber-js/metadata.min.json";

/** National numbers by region and by country code: of libphonenumber's data, only what tells a number from other digits. */
export type PhonePlan = {
  /** `digits` follow a `+`. */
  readonly checkInternational: (digits: string) => PhoneCheck;
  /** `digits` are as dialled within one of the regions, trunk prefix included. */
  readonly checkNational: (digits: string) => PhoneCheck;
};

/** `possible`: the length is right, the beginning is of no known kind. */
export type PhoneCheck = "valid" | "possible" | "none";

type Region = { readonly pattern: RegExp; readonly lengths: readonly number[]; readonly trunk: string };

const PATTERN = 2;
const LENGTHS = 3;
const TRUNK = 5;

function toRegion(entry: readonly unknown[] | undefined): Region | undefined {
  const pattern = entry?.[PATTERN];
  const lengths = entry?.[LENGTHS];
  const trunk = entry?.[TRUNK];
  if (typeof pattern !== "string" || !Array.isArray(lengths)) return undefined;
  return { pattern: new RegExp(`^(?:${pattern})$`), lengths: lengths.map(Number), trunk: typeof trunk === "string" ? trunk : "" };
}

function checkIn(region: Region, digits: string): PhoneCheck {
  if (!region.lengths.includes(digits.length)) return "none";
  return region.pattern.test(digits) ? "valid" : "possible";
}

/** With the trunk prefix and without: both are written, and few countries have neither. */
function checkDialled(region: Region, digits: string): PhoneCheck {
  const hasTrunk = region.trunk !== "" && digits.startsWith(region.trunk);
  const short = hasTrunk ? checkIn(region, digits.slice(region.trunk.length)) : "none";
  return short === "valid" ? short : better(short, checkIn(region, digits));
}

const better = (one: PhoneCheck, other: PhoneCheck): PhoneCheck => (one === "valid" || other === "none" ? one : other);

export function createPhonePlan(regions: readonly string[]): PhonePlan {
  const countries: Readonly<Record<string, readonly unknown[]>> = metadata.countries;
  const codes: Readonly<Record<string, readonly string[]>> = metadata.country_calling_codes;
  const known = new Map<string, Region | undefined>();
  const regionOf = (name: string): Region | undefined => {
    if (!known.has(name)) known.set(name, toRegion(countries[name]));
    return known.get(name);
  };
  const national = regions.map(regionOf).filter((region) => region !== undefined);

  const checkWithCode = (names: readonly string[], digits: string): PhoneCheck => {
    let result: PhoneCheck = "none";
    for (const name of names) {
      const region = regionOf(name);
      if (region !== undefined) result = better(result, checkDialled(region, digits));
      if (result === "valid") return result;
    }
    return result;
  };

  return {
    checkInternational: (digits) => {
      for (let size = 1; size <= 3; size++) {
        const names = codes[digits.slice(0, size)];
        if (names !== undefined) return checkWithCode(names, digits.slice(size));
      }
      return "none";
    },
    checkNational: (digits) => {
      let result: PhoneCheck = "none";
      for (const region of national) {
        result = better(result, checkDialled(region, digits));
        if (result === "valid") return result;
      }
      return result;
    },
  };
}
