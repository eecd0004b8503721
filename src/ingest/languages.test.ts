import { afterAll, describe, test } from "bun:test";
import assert from "node:assert/strict";
import { tenantScope } from "../store/index.ts";
import { listTestEngines } from "../store/testing.ts";
import { openKnowledge } from "./testing.ts";

/** By language: what is said of vacation, the same of notice, and a question in other forms of the words. */
const TEXTS: Readonly<Record<string, readonly [vacation: string, notice: string, question: string]>> = {
  en: [
    "Everybody has thirty days of vacation a year, and what is not taken by March is lost.",
    "The notice period is four weeks to the end of a month, and longer for those who have been with us for two years.",
    "How many vacations are losing days?",
  ],
  de: [
    "Jeder hat dreißig Urlaubstage im Jahr, und was bis März nicht genommen wird, verfällt.",
    "Die Kündigungsfrist beträgt vier Wochen zum Ende eines Monats und ist für diejenigen länger, die seit zwei Jahren bei uns sind.",
    "Wann verfallen die Urlaubstage der Jahre?",
  ],
  fr: [
    "Chacun a trente jours de vacances par an, et ce qui n'est pas pris avant mars est perdu.",
    "Le délai de préavis est de quatre semaines à la fin du mois, et plus long pour ceux qui sont avec nous depuis deux ans.",
    "Combien de vacances sont perdues en un jour d'été ?",
  ],
  es: [
    "Cada uno tiene treinta días de vacaciones al año, y lo que no se toma antes de marzo se pierde.",
    "El plazo de preaviso es de cuatro semanas hasta el final del mes y es más largo para los que llevan dos años con nosotros.",
    "¿Cuándo se pierden las vacaciones de cada día?",
  ],
  it: [
    "Ognuno ha trenta giorni di ferie all'anno, e ciò che non viene preso entro marzo è perso.",
    "Il termine di preavviso è di quattro settimane alla fine del mese ed è più lungo per coloro che sono con noi da due anni.",
    "Quante ferie nell'anno sono perse in un giorno?",
  ],
  pt: [
    "Cada um tem trinta dias de férias por ano, e o que não for gozado até março fica perdido.",
    "O prazo de aviso é de quatro semanas até ao fim do mês e é mais longo para os que estão connosco há dois anos.",
    "Quantas férias são perdidas por dia?",
  ],
  nl: [
    "Iedereen heeft dertig vakantiedagen per jaar, en wat voor maart niet is opgenomen, is verloren.",
    "De opzegtermijn is vier weken tot het einde van de maand en is langer voor degenen die al twee jaar bij ons zijn.",
    "Hoeveel vakantiedag is er in jaren verloren?",
  ],
  sv: [
    "Alla har trettio semesterdagar om året, och det som inte tas ut före mars går förlorat.",
    "Uppsägningstiden är fyra veckor till slutet av månaden och är längre för dem som har varit hos oss i två år.",
    "Hur många semesterdagarna går förlorade?",
  ],
  da: [
    "Alle har tredive feriedage om året, og det, der ikke er holdt inden marts, går tabt for den ansatte.",
    "Opsigelsesvarslet er fire uger til udgangen af en måned, og det er længere for dem, der har været hos os i to år.",
    "Hvor mange af de ansattes feriedagene er tabte?",
  ],
  no: [
    "Alle har tretti feriedager i året, og det som ikke er tatt ut før mars, går tapt for arbeidstakeren.",
    "Oppsigelsestiden er fire uker til slutten av måneden, og den er lengre for dem som har vært hos oss i to år.",
    "Hvor mange av arbeidstakernes feriedagene er tapt?",
  ],
  fi: [
    "Jokaisella on kolmekymmentä lomapäivää vuodessa, ja se, mitä ei pidetä ennen maaliskuuta, menetetään.",
    "Irtisanomisaika on neljä viikkoa kuukauden loppuun, ja se on pidempi niille, jotka ovat olleet meillä kaksi vuotta.",
    "Montako lomapäivän vuosi on?",
  ],
  ru: [
    "У каждого тридцать дней отпуска в год, и то, что не использовано до марта, пропадает.",
    "Срок уведомления составляет четыре недели до конца месяца, и он длиннее для тех, кто работает у нас два года.",
    "Сколько отпусков пропадают в марте?",
  ],
};

for (const engine of listTestEngines()) {
  const k = await openKnowledge(engine);
  const languagesOf = async (collection: string): Promise<Readonly<Record<string, unknown>>> => {
    const { id } = await k.ingest.getCollection(k.ten, collection);
    const rows = await k.db.query(tenantScope(k.ten), "SELECT filename, language FROM documents WHERE collection_id = $1", [id]);
    return Object.fromEntries(rows.map((row) => [String(row["filename"]), row["language"]]));
  };
  const fill = async (collection: string, languages: readonly string[]): Promise<void> => {
    for (const language of languages) {
      const [vacation = "", notice = ""] = TEXTS[language] ?? [];
      await k.add(collection, `${language}-vacation.txt`, vacation);
      await k.add(collection, `${language}-notice.txt`, notice);
    }
  };

  describe(`languages on ${engine}`, () => {
    afterAll(() => k.close());

    test("in a collection of twelve languages each question finds the document in its own", async () => {
      await k.ingest.createCollection(k.ten, { name: "mixed" });
      await fill("mixed", Object.keys(TEXTS));
      for (const [filename, language] of Object.entries(await languagesOf("mixed"))) assert.equal(language, filename.slice(0, 2), filename);
      for (const [language, [, , question]] of Object.entries(TEXTS)) {
        const [first] = await k.find("mixed", question);
        assert.equal(first, `${language}-vacation.txt`, question);
      }
      console.log(`# questions in a collection of all languages: ${Object.keys(TEXTS).length}`);
    });

    test("a language that the collection's owner names is taken, and nothing is left of what is deleted", async () => {
      const { id } = await k.ingest.createCollection(k.ten, { name: "owned", settings: { languages: ["de", "fr"] } });
      await fill("owned", ["de", "en"]);
      const added = await k.add("owned", "code.txt", "E-4021");
      assert.deepEqual(await languagesOf("owned"), {
        "de-vacation.txt": "de",
        "de-notice.txt": "de",
        "en-vacation.txt": "de",
        "en-notice.txt": "de",
        "code.txt": "de",
      });
      assert.deepEqual(await k.find("owned", "E-4021"), ["code.txt"]);
      assert.equal((await k.find("owned", "Urlaubstag"))[0], "de-vacation.txt");
      assert.equal(added.status, "completed");
      for (const file of await filesOf(id)) await k.ingest.removeFileFromCollection(k.ten, "owned", file);
      await k.ingest.idle();
      const [left] = await k.db.query(tenantScope(k.ten), "SELECT count(*)::int AS postings FROM postings WHERE collection_id = $1", [id]);
      assert.equal(left?.["postings"], 0);
    });

    test("what was indexed before languages were told apart is found as before, beside what comes later", async () => {
      const { id } = await k.ingest.createCollection(k.ten, { name: "old" });
      await k.add("old", "old.txt", TEXTS["en"]?.[0] ?? "");
      await k.db.asOwner((owner) => owner.query("UPDATE documents SET language = NULL WHERE collection_id = $1", [id]));
      await k.add("old", "de.txt", TEXTS["de"]?.[0] ?? "");
      assert.equal((await k.find("old", "vacations"))[0], "old.txt");
      assert.equal((await k.find("old", "Urlaubstag"))[0], "de.txt");
    });
  });

  async function filesOf(id: string) {
    const rows = await k.db.query<{ file: Awaited<ReturnType<typeof k.add>>["fileId"] }>(
      tenantScope(k.ten),
      "SELECT file_id AS file FROM collection_files WHERE collection_id = $1",
      [id],
    );
    return rows.map((row) => row.file);
  }
}
