import type { Dice } from "./dice.ts";
import { readPlainList, readWordList } from "./word-lists.ts";

const PARTICLES = ["de", "van", "von", "van der", "van den", "de la", "del", "di", "da", "dos", "al", "bin", "ter", "le", "el"];
const SUFFIXES = [
  "Inc",
  "Inc.",
  "Ltd",
  "LLC",
  "GmbH",
  "AG",
  "Corp",
  "S.A.",
  "BV",
  "Group",
  "Holdings",
  "Partners",
  "Technologies",
  "Solutions",
  "Consulting",
];
const INSTITUTIONS = ["University", "Bank", "Hospital", "Institute", "Foundation", "College", "Museum", "Insurance", "Clinic", "Airlines"];
const STREETS = ["Street", "Road", "Avenue", "Lane", "Drive", "St", "Rd", "Ave"];
const INITIALS = "ABCDEFGHJKLMNPRSTW".split("");
const STEMS = [
  "Data",
  "Net",
  "Soft",
  "Bio",
  "Med",
  "Tech",
  "Info",
  "Geo",
  "Quant",
  "Nova",
  "Omni",
  "Syn",
  "Veri",
  "Lumi",
  "Astra",
  "Hexa",
  "Cyber",
  "Agri",
];
const TAILS = ["ware", "gen", "lytics", "works", "logic", "ion", "via", "tec", "corp", "sys", "mark", "zon", "ify", "ly"];

export const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
/** As places are written: "rio de janeiro" as "Rio de Janeiro". */
const titled = (name: string): string =>
  name
    .split(" ")
    .map((word, at) => (at > 0 && (word.length <= 2 || ["del", "the", "and", "les"].includes(word)) ? word : capital(word)))
    .join(" ");

type Leveled = ReadonlyMap<number, readonly string[]>;

export type Invent = {
  readonly given: () => string;
  readonly family: () => string;
  readonly person: () => string;
  readonly place: () => string;
  readonly organisation: () => string;
  /** A street and a number. */
  readonly address: () => string;
};

/** Puts names of the lists together as people write them; half of them are common names. */
export function createInvent(dice: Dice): Invent {
  const lists = { given: readWordList("given"), family: readWordList("family"), place: readWordList("place") };
  const organisations = readPlainList("organisation");
  const from = (list: Leveled): string => {
    const throwOf = dice.next();
    return dice.pick(list.get(throwOf < 0.45 ? 3 : throwOf < 0.75 ? 2 : 1) ?? []);
  };
  const given = (): string => capital(from(lists.given)) + (dice.chance(0.03) ? `-${capital(from(lists.given))}` : "");
  const family = (): string => {
    const name = capital(from(lists.family));
    const form = dice.next();
    if (form < 0.05) return `${name}-${capital(from(lists.family))}`;
    if (form < 0.1) return `${dice.pick(PARTICLES)} ${name}`;
    if (form < 0.12) return `O'${name}`;
    return form < 0.14 ? `Mc${name}` : name;
  };
  const person = (): string => {
    const form = dice.next();
    if (form < 0.15) return given();
    if (form < 0.22) return `${given()} ${dice.pick(INITIALS)}. ${family()}`;
    if (form < 0.25) return `${dice.pick(INITIALS)}. ${dice.pick(INITIALS)}. ${family()}`;
    if (form < 0.29) return `${dice.pick(INITIALS)}. ${family()}`;
    if (form < 0.35) return `${given()} ${given()} ${family()}`;
    if (form < 0.39) return `${given()} ${family()} ${family()}`;
    if (form < 0.43) return `${given()} ${family()}`.toUpperCase();
    return form < 0.45 ? `${given()} ${family().toUpperCase()}` : `${given()} ${family()}`;
  };
  const place = (): string => {
    const form = dice.next();
    const name = titled(from(lists.place));
    if (form < 0.05) return name.toUpperCase();
    if (form < 0.07)
      return `${dice.pick(["Lake", "Mount", "Port", "Fort", "San", "Santa", "Saint", "North", "South", "New"])} ${capital(from(lists.family))}`;
    return form < 0.1
      ? `${name} ${dice.pick(["River", "Airport", "County", "Island", "Bay", "Valley", "Park", "Station", "Bridge", "Beach", "Mountains"])}`
      : name;
  };
  const organisation = (): string => {
    const form = dice.next();
    if (form < 0.3) return dice.pick(organisations);
    if (form < 0.45) return `${family()} ${dice.pick(SUFFIXES)}`;
    if (form < 0.5) return `${family()} & ${family()} ${dice.pick(["LLP", "Partners", "Sons", "Associates"])}`;
    if (form < 0.6) return `${dice.pick(["University", "University", "Bank", "Institute", "College", "Museum"])} of ${place()}`;
    if (form < 0.7) return `${place()} ${dice.pick(INSTITUTIONS)}`;
    const brand = dice.pick(STEMS) + dice.pick(TAILS);
    return form < 0.85
      ? `${brand} ${dice.pick(SUFFIXES)}`
      : form < 0.92
        ? brand
        : `${brand} ${dice.pick(["Software", "Labs", "Systems", "Media"])}`;
  };
  const address = (): string =>
    dice.chance(0.5) ? `${dice.integer(300) + 1} ${family()} ${dice.pick(STREETS)}` : `${family()}straße ${dice.integer(200) + 1}`;
  return { given, family, person, place, organisation, address };
}
