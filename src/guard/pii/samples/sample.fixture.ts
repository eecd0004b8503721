import type { FindingType } from "../../../domain/finding.ts";
import type { Dice } from "./dice.fixture.ts";

export type Sample = {
  readonly name: string;
  readonly type: FindingType;
  readonly make: (dice: Dice) => string;
  /** What it is called: one word for all languages, or one each; none: it is found wherever it stands. */
  readonly label?: string | readonly string[];
};

/** In the order of `context-words.ts`. `{label}` and `{value}` are put in. */
export const SENTENCES: readonly string[] = [
  "My {label} is {value}, please update the file.",
  "Meine {label} lautet {value}, bitte aktualisieren Sie die Akte.",
  "Mon {label} est {value}, merci de mettre à jour le dossier.",
  "Mi {label} es {value}, actualice el expediente por favor.",
  "Il mio {label} è {value}, aggiorni il fascicolo per favore.",
  "O meu {label} é {value}, atualize o processo por favor.",
  "Mijn {label} is {value}, werk het dossier bij.",
  "Mój {label} to {value}, proszę zaktualizować akta.",
  "私の{label}は{value}です。ファイルを更新してください。",
  "मेरा {label} {value} है, कृपया फ़ाइल अपडेट करें।",
];

/** For what needs no label. */
export const BARE_SENTENCES: readonly string[] = [
  "Please use {value} from now on.",
  "Bitte nehmen Sie {value} und sonst nichts.",
  "Merci d'utiliser {value} dès demain.",
  "Use {value} a partir de ahora.",
  "Usi {value} da domani.",
  "Use {value} a partir de amanhã.",
  "Gebruik {value} vanaf nu.",
  "Proszę użyć {value} od jutra.",
  "今後は{value}を使ってください。",
  "अब से {value} का उपयोग करें।",
];
