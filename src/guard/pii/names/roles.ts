/** What a word says of its neighbours; 0 stands for nothing. The numbers are part of the weights: append only, and train again. */
export const ROLES = {
  honorific: 1,
  title: 2,
  kinship: 3,
  greeting: 4,
  name: 5,
  am: 6,
  say: 7,
  in: 8,
  from: 9,
  to: 10,
  live: 11,
  by: 12,
  sign: 13,
  contact: 14,
  meet: 15,
  who: 16,
  and: 17,
  particle: 18,
  article: 19,
  be: 20,
  action: 21,
  pronoun: 22,
  streetAfter: 23,
  streetBefore: 24,
  unit: 25,
  box: 26,
  date: 27,
  company: 28,
  institution: 29,
  placeWord: 30,
  suffix: 31,
  nationality: 32,
  address: 33,
  question: 34,
  job: 35,
  work: 36,
  technical: 37,
  /** What is named for somebody, and does not mean them: "Parkinson's disease". */
  eponym: 38,
  military: 39,
} as const;

export type Role = keyof typeof ROLES;

/** The words of each role in ten languages, folded (no case, no accents). A word has one role: the first list that has it wins. */
const LISTS: Readonly<Record<Role, string>> = {
  honorific: `mr mrs ms miss mx dr herr herrn frau fraulein monsieur madame mme mlle mademoiselle senor senora senorita sr sra srta don dona
    signor signora signorina sig dott dottoressa dottore ing avv meneer mevrouw dhr mevr pan pani panu panem pana senhor senhora sir madam
    lady lord rev reverend prof doktor docteur doctora doutor doutora dra dras drs sheikh shri smt kumari श्री श्रीमती सुश्री डॉ डॉक्टर कुमारी`,
  title: `professor president senator congressman congresswoman governor mayor minister judge justice captain colonel sergeant lieutenant general
    officer detective inspector king queen prince princess saint pope bishop father sister brother uncle aunt auntie coach chancellor kanzler
    bundeskanzler presidente ministro ministre onkel tante tio tia oom wujek ciocia premier secretary ambassador duke duchess baron count`,
  kinship: `wife husband mother mom mum dad son daughter friend friends colleague colleagues boss manager partner neighbour neighbor cousin
    nephew niece grandmother grandfather grandma grandpa girlfriend boyfriend fiance fiancee roommate teammate coworker assistant landlord
    tenant supervisor ex frau mann mutter vater bruder schwester sohn tochter freund freundin kollege kollegin kollegen chef chefin nachbar
    nachbarin femme mari mere pere frere soeur fils fille ami amie collegue voisin voisine esposa esposo marido madre padre hermano hermana
    hijo hija amigo amiga companero companera jefe jefa vecino moglie marito fratello sorella figlio figlia amico amica collega capo vicino
    mulher mae pai irmao irma filho filha colega chefe vizinho vrouw man moeder vader broer zus zoon dochter vriend vriendin baas buurman zona
    maz matka ojciec brat siostra syn corka przyjaciel przyjaciolka kolega kolezanka szef szefowa sasiad पत्नी पति भाई बहन बेटा बेटी दोस्त मित्र`,
  greeting: `dear hi hello hey hallo lieber liebe liebes bonjour salut cher chere hola querido querida estimado estimada ciao caro cara gentile
    egregio ola prezado prezada caro beste geachte dag hoi czesc drogi droga szanowny szanowna witaj नमस्ते प्रिय sehr geehrter geehrte yo goodbye
    bye thanks thank danke merci gracias grazie obrigado obrigada bedankt dziekuje welcome congratulations happy`,
  name: `name named names called nickname surname lastname firstname nom prenom nombre apellido apellidos nome cognome sobrenome naam voornaam
    achternaam nazwisko imie vorname nachname familienname heisse heisst heisze genannt appelle appelles nomme nommee llamo llama llamado
    llamada chiamo chiama chamo chama heet heten nazywam nazywa maiden alias aka known username middle नाम`,
  am: `i'm im am ich suis je soy sono sou ben ik jestem me call it's this here's मैं`,
  say: `said says say told tell tells asked asks replied replies shouted wrote writes explained explains added adds answered claimed argued
    noted announced sagte sagt meinte fragte schrieb antwortete dit disait demanda demande dijo dice pregunto respondio disse dice chiese ha
    detto perguntou respondeu zei zegt vroeg schreef powiedzial powiedziala mowi zapytal pisze whispered insisted stated testified confirmed
    agreed admitted commented laughed smiled`,
  in: `in near at en em w we na bei te nel nella a au aux no near outside around within across throughout में`,
  from: `from aus depuis desde uit z ze da dal dalla dall seit von से`,
  to: `to nach naar vers hacia para do towards toward into per`,
  live: `live lives lived living moved moving move born grew raised based located resides residing reside visit visited visiting visits travel
    traveled travelled travelling traveling trip fly flying flight flights flew headquartered stationed settled relocate relocated relocating
    arrived arrive arriving arrives drove drive drives wohnt wohne wohnhaft lebt lebe geboren zog reise reist habite habitons demeurant ne nee
    vit vivo vive vivimos nacio nacido nacida viajo viaje nato nata abito abita vivo moro mora nasceu nascido woont woon geboren mieszka
    mieszkam urodzony urodzona rahta रहता रहती रहते weather hometown hotel hotels airport vacation holiday`,
  by: `by with between without mit bei avec par con por com door met z ze przez od like except about regarding against um über about`,
  sign: `regards sincerely signed cheers yours truly faithfully respectfully grusse grussen gruss hochachtungsvoll cordialement amicalement
    sentiments saludos atentamente cordialmente saluti cordiali distinti atenciosamente cumprimentos abracos groeten groet hoogachtend
    pozdrawiam powazaniem wishes xoxo love best kind warm`,
  contact: `contact attn attention cc bcc sender recipient patient patients customer client clients employee applicant beneficiary author
    witness defendant plaintiff tenant holder cardholder student passenger guest user guardian subscriber resident candidate participant
    kunde kundin kontakt ansprechpartner patientin mitarbeiter mitarbeiterin bewerber unterzeichnet contacter destinataire salarie
    contacto cliente paciente empleado empleada firmado contatto paziente dipendente firmato funcionario funcionaria assinado klant patient
    werknemer getekend klient pacjent pracownik podpisano zgloszenie autor directed starring featuring produced written composed founded
    founder founders ceo cto cfo producer director actor actress singer`,
  meet: `meet met ask email mail phone text invite invited remind visit contact marry married know knew love loves hate miss follow notify
    inform introduce introduced invite schedule assigned hired fired saw see seen wish tell forward ping let help gave given give invited
    date dated dating join joined interview interviewed`,
  who: `who whom whose wer wem wen qui quien quem chi wie kto whoever someone somebody anyone person`,
  and: `and or und oder et ou y o e of en i oraz & as than`,
  particle: `de van von der den del della di du dos das la le el al bin ibn ter ten af av zu zum mac st ben abu delle degli dei los las van't
    vander vande o`,
  article: `the an der die das ein eine une un il lo uno una het os as this that these those my your his her our their its mein meine dein
    mon ma votre mi tu su mio mia meu minha mijn moj moja moje every each some any no another other`,
  be: `theres whats hes shes thats dont cant wont didnt doesnt isnt ive youre theyre wasnt couldnt wouldnt shouldnt havent hasnt
    hadnt arent werent lets heres wheres whos is was are were be been has had have will would can could should may might must shall does did do ist war hat wird kann est etait a
    sera es era fue sera tiene e era stato foi tem hij zijn heeft zal jest byl byla bedzie ma isn't wasn't hasn't won't can't didn't doesn't
    है था थी थे हूँ हैं`,
  action: `works work worked lives likes liked wants wanted needs needed thinks thought feels felt got gets went goes comes came took takes
    made makes bought sent sends received called calls signed joined left owns leads teaches taught plays played won lost died married
    studied moved visited arbeitet ging kam travaille trabaja lavora trabalha werkt pracuje loves hates died born knows reported lists
    listed`,
  pronoun: `i you he she we they him them me us it himself herself er sie wir ihr ich du il elle nous vous ils elles yo usted ella nosotros
    ellos io lui lei noi loro eu voce ele ela hij zij wij on ona oni ja ty who`,
  streetAfter: `street str road rd avenue ave lane ln drive dr blvd boulevard court ct crescent terrace parkway pkwy highway hwy square sq close
    grove gardens row walk mews quay alley circle trail turnpike expressway plaza loop bypass strasse straße weg allee gasse ring ufer damm chaussee
    platz straat laan plein gracht kade dreef steenweg singel utca ut ulice gade vej vagen gatan vei gata katu tie नगर कॉलोनी मार्ग रोड गली मोहल्ला चौक bulvar sokak caddesi ulica ulice utca korut trg nam`,
  streetBefore: `rue via viale calle avenida av avda rua travessa ulica ul aleja aleje al piazza plaza corso place allee chemin impasse quai cours
    paseo carrera calzada camino largo praca estrada rodovia alameda vicolo strada passage faubourg jalan ulitsa`,
  unit: `apto appt dpto depto apt apartment suite ste unit floor fl flat room rm bldg building wohnung stock etage appartement bureau batiment piso puerta interno
    scala apartamento bloco andar verdieping mieszkanie lok house no nr number hausnummer`,
  box: `box postfach apartado caixa postal skrytka postbus bp cedex pobox`,
  date: `january february march april june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec
    monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun januar februar marz mai juni juli oktober dezember
    montag dienstag mittwoch donnerstag freitag samstag sonntag janvier fevrier mars avril juin juillet aout septembre octobre novembre
    decembre lundi mardi mercredi jeudi vendredi samedi dimanche enero febrero marzo abril mayo junio julio agosto septiembre octubre
    noviembre diciembre lunes martes miercoles jueves viernes sabado domingo gennaio febbraio aprile maggio giugno luglio settembre ottobre
    dicembre lunedi martedi mercoledi giovedi venerdi sabato domenica janeiro fevereiro marco maio junho julho setembro outubro dezembro
    segunda terca quarta quinta sexta maandag dinsdag woensdag donderdag vrijdag zaterdag zondag januari februari maart mei augustus styczen
    luty marzec kwiecien czerwiec lipiec sierpien wrzesien pazdziernik listopad grudzien poniedzialek wtorek sroda czwartek piatek sobota
    niedziela christmas easter ramadan today tomorrow yesterday tonight morning evening`,
  company: `inc ltd llc llp plc corp corporation company co gmbh ag kg ohg ug se sa sarl sas srl spa snc ltda bv nv cv sp zoo ab oy asa aps pty
    holdings group incorporated limited partners associates brothers sons ventures capital consulting solutions technologies labs systems
    industries enterprises logistics pharma pharmaceuticals insurance versicherung airlines airways motors electronics software media
    foundation stiftung verein`,
  institution: `bank university college school hospital institute clinic church museum library ministry department agency council court
    committee association society union club fc academy laboratory universitat hochschule krankenhaus klinikum amt universite lycee hopital
    banque ministere universidad hospital escuela instituto banco ministerio universita ospedale scuola banca universidade escola universiteit
    ziekenhuis uniwersytet szpital szkola`,
  placeWord: `city town village county state province district region country island islands lake river mount mountain valley bay beach coast
    desert ocean sea gulf port harbor harbour airport station stadt dorf land insel see fluss berg ville village pays ile lac fleuve ciudad
    pueblo pais isla lago rio citta paese isola fiume cidade pais ilha stad dorp eiland miasto wies kraj wyspa rzeka capital north south east
    west northern southern eastern western central downtown rainforest forest bridge park`,
  suffix: `jr iii phd md esq dds rn mba jnr snr cpa ii iv`,
  nationality: `english german french spanish italian portuguese dutch polish japanese hindi chinese russian american british european indian
    canadian australian african asian irish scottish welsh greek turkish arabic arab hebrew latin swedish norwegian danish finnish korean
    mexican brazilian catholic christian muslim jewish islamic protestant roman victorian democratic republican deutsch franzosisch
    englisch americans germans europeans christians muslims jews hindu buddhist
    nigerian kenyan ghanaian ethiopian egyptian moroccan algerian tunisian israeli iranian iraqi syrian lebanese pakistani bangladeshi
    nepalese filipino vietnamese malaysian indonesian singaporean taiwanese ukrainian belarusian czech slovak hungarian romanian bulgarian
    serbian croatian slovenian bosnian albanian austrian belgian icelandic estonian latvian lithuanian argentinian chilean peruvian
    thai punjabi bengali tamil telugu urdu gujarati marathi swahili colombian venezuelan cuban ecuadorian bolivian uruguayan osterreichisch schweizerisch`,
  address: `address adresse direccion indirizzo endereco adres anschrift domicilio zip zipcode postcode postleitzahl plz cap codigo`,
  question: `what when where why how which if because although while since once after before until unless during then so but yet however
    therefore also even only just not never please yes ok okay maybe perhaps`,
  job: `doctor engineer nurse lawyer teacher developer accountant artist musician writer novelist poet painter philosopher scientist
    physicist mathematician economist psychologist theorist playwright novel song songs album film movie book concert fan`,
  work: `employer hired employed working works office headquarters branch subsidiary shares stock invoice acquired merger startup vendor
    supplier arbeitet bei empresa firma societe azienda bedrijf`,
  technical: `python java javascript typescript ruby rust swift kotlin linux windows android ios macos html css sql json xml api http https url
    pdf gpu cpu usb wifi excel word powerpoint docker kubernetes react angular node git markdown latex unicode ascii gpt chatgpt claude llama
    ai ml llm nlp visa mastercard atm pin id ok bitcoin ethereum internet covid dna rna`,
  military: `apo fpo dpo`,
  eponym: `theorem theory law laws equation equations effect method algorithm distribution test principle syndrome disease rule constant optimizer
    paradox hypothesis conjecture lemma inequality transform matrix filter series sequence process diagram chart curve scale criterion prize award
    act bill amendment agreement treaty protocol scandal doctrine razor clause model experiment machine cipher exchange key reaction formula
    coefficient test statistic estimator prior network kernel decomposition problem dilemma strategy space group ring field algebra logic calculus`,
};

export function* roleWords(): Generator<readonly [word: string, role: number]> {
  const seen = new Set<string>();
  for (const [role, words] of Object.entries(LISTS)) {
    for (const word of words.split(/\s+/u)) {
      if (word === "" || seen.has(word) || !isRole(role)) continue;
      seen.add(word);
      yield [word, ROLES[role]];
    }
  }
}

const isRole = (name: string): name is Role => name in ROLES;
