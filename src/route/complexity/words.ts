/**
 * Words that say what kind of work a request is, in the languages of the guard's lists: English, German, French, Spanish, Italian, Portuguese,
 * Dutch, Polish, Japanese and Chinese, Hindi. Separated by spaces; `calcul*` stands for every word whose first six letters these are (most words
 * of learning are the same in all of them), `step_by` for two words in a row. No word is in two lists.
 */
export const WORDS = {
  /** Asks for conclusions and not only for facts. */
  reasoning:
    "prove proof prove_that derive infer deduce why justify because therefore thus hence implies imply follows follow_from conclude logic assume assuming suppose given_that " +
    "step_by best_explains most_likely strongest weakest weaken strengthen premise premises conclusion argument valid invalid determine correct_about true_about reason reasons " +
    "explai* justif* deriva* conclu* deduct* logica* hypoth* hipote* ipotes* contra* implic* reason* conseq* causal* " +
    "beweise beweisen beweis folgt folglich deshalb warum weshalb begründe begründen schritt_für annahme erkläre erklären herleiten " +
    "prouver prouve démontrer démontre démontrez pourquoi donc étape_par supposons expliquer explique " +
    "demuestra demostrar demuestre porqué razona razonamiento suponga paso_a por_qué explica dimostra dimostrare perché spiega passo_passo " +
    "prove_que demonstre porquê explique_por bewijs bewijzen waarom stap_voor leg_uit udowodnij dlaczego wyjaśnij krok_po załóż " +
    "証明 説明 理由 推論 なぜ 证明 推理 为什么 推导 解释 कारण सिद्ध क्यों समझाइए",
  /** Weighs one thing against another. */
  judgement:
    "versus vs tradeoff tradeoffs trade_offs pros_and advantages disadvantages whether better worse implications " +
    "compar* evalua* assess* analys* analyz* analiz* critic* critiq* critiz* distin* contro* ethica* interp* recomm* strate* differ* " +
    "vergleiche vergleichen bewerte bewerten beurteile abwägen vorteile nachteile avantages inconvénients évaluer évalue " +
    "ventajas desventajas vantaggi svantaggi vantagens desvantagens voordelen nadelen vergelijk beoordeel porównaj oceń zalety wady " +
    "比較 分析 評価 比较 评估 优缺点 तुलना विश्लेषण मूल्यांकन",
  mathematics:
    "how_many how_much equation equations sum product angle area volume radius matrix vector integer integers prime ratio fraction percent percentage average mean variance equals solve squared " +
    "cube sqrt log cosine tangent limit series sequence graph axis slope remainder divided divisible multiplied digits odds theorem lemma group ring field subgroup isomorphic " +
    "calcul* kalkul* comput* berech* probab* wahrsc* prawdo* integr* polyno* triang* theore* teorem* théorè* algebr* geomet* geomét* géomét* matrix* functi* expone* logari* statis* " +
    "quadra* determ* coeffi* permut* combin* inequa* arithm* numeri* maximi* minimi* optimi* correl* regres* conver* " +
    "wie_viele wie_viel combien cuántos cuántas quanti quante quantos quantas hoeveel ile gleichung gleichungen löse winkel fläche dreieck summe primzahl équation équations résoudre somme ecuación ecuaciones resuelve suma ángulo " +
    "equazione equazioni risolvi somma equação resolva soma vergelijking oplossen som równanie rozwiąż oblicz bereken " +
    "方程式 計算 確率 積分 面積 方程 计算 概率 积分 函数 समीकरण गणना प्रायिकता",
  /** Of programs, beside what looks like code itself. */
  programming:
    "code python java javascript typescript rust golang sql regex api bug bugs debug debugging stack queue array arrays string strings loop recursion recursive class method thread " +
    "threads mutex deadlock race_condition pointer memory_leak compiler exception stacktrace traceback null undefined async await unit_tests refactor runtime big_o time_complexity " +
    "kubernetes docker database schema query queries index cache server client http json html css bash shell script git linux node react binary_tree hash_table linked_list cpu " +
    "algori* progra* implem* concur* archit* parall* throug* datast* softwa* " +
    "quellcode fehlermeldung datenbank fonction fichier función código código_fuente funzione codice função programma kod błąd baza_danych " +
    "コード 実装 関数 代码 实现 算法 アルゴリズム कोड प्रोग्राम",
  /** What an answer must keep to. */
  constraint:
    "must only at_least at_most exactly without no_more no_less less_than more_than between each every all ensure required requirement requirements constraint constraints " +
    "except unless within limit_of subject_to satisfying satisfies such_that if_and necessary sufficient do_not don't always never both either neither " +
    "muss müssen darf dürfen mindestens höchstens genau ohne jeder jede jedes sofern außer " +
    "doit doivent exactement sans chaque au_moins au_plus sauf uniquement debe deben exactamente sin cada al_menos como_máximo excepto solo " +
    "deve devono esattamente senza ogni almeno soltanto devem exatamente sem pelo_menos no_máximo apenas moet moeten precies zonder minstens hoogstens elke " +
    "musi muszą dokładnie bez każdy przynajmniej najwyżej tylko 必ず 以上 以下 必须 至少 最多 每个 不超过 कम_से केवल प्रत्येक",
  /** How one quantity goes with another. */
  change:
    "increase increases increased increasing decrease decreases decreased decreasing rise rises fall falls greater less fewer higher lower larger smaller faster slower longer shorter " +
    "twice double doubled half halved triple equal remain remains remaining total proportional effect effects affect affects cause causes caused result_in results_in change changes rate " +
    "größer doppelt halb gleich steigt sinkt wirkung augmente diminue plus_grand moitié effet aumenta disminuye mayor menor doble mitad menos efecto " +
    "diminuisce maggiore minore doppio metà effetto diminui maior dobro metade efeito stijgt daalt groter kleiner dubbel helft rośnie maleje większy mniejszy połowa 増加 減少 増える 減る 半分 增加 减少 一半 बढ़ घट दोगुना आधा",
  negation:
    "not no isn't aren't doesn't cannot can't won't wasn't nor none incorrect false untrue unlike " +
    "nicht kein keine keinen falsch ne pas aucun aucune jamais ni ninguno ninguna nunca non nessuno mai falso não nenhum niet geen nooit nie żaden nigdy ない 不是 没有 नहीं",
  /** Several pieces of work in one request. */
  steps:
    "first second third fourth next finally lastly afterwards after_that subsequently followed_by also additionally furthermore moreover steps step phases stages " +
    "zuerst danach anschließend schließlich außerdem zudem d'abord ensuite puis enfin également primero luego después finalmente además " +
    "poi infine inoltre primeiro depois além_disso eerst daarna vervolgens tenslotte bovendien najpierw potem następnie wreszcie " +
    "まず 次に 最後に 首先 然后 最后 पहले फिर अंत_में",
  /** Makes something large: a design, a plan, a program. */
  building:
    "design plan build create_a implement architect migrate migration optimize scale scalable specification roadmap proposal framework " +
    "entwirf entwerfen entwickle entwickeln plane konzipiere conçois concevoir concevez développer planifier diseña diseñar desarrolla planifica " +
    "progetta progettare sviluppa pianifica projete desenvolva planeje ontwerp ontwikkel zaprojektuj opracuj zaplanuj 設計 构建 设计 制定 डिज़ाइन योजना",
  /** Professions in which a wrong answer is costly: law, medicine, money. */
  profession:
    "court plaintiff defendant statute statutory contract tort negligence liability liable sued sues seller buyer lease deed trial jury judge evidence testimony hearsay felony murder " +
    "burglary larceny homicide damages landlord tenant attorney state_law appeal patient patients diagnosis symptoms treatment therapy disease syndrome dose tumor lesion artery chronic acute " +
    "blood_pressure examination clinical tax taxes income audit ledger asset assets liabilities depreciation equity bond bonds inflation demand supply elasticity monopoly marginal gdp interest_rate tariff fiscal monetary " +
    "consti* jurisd* statut* legisl* prosec* indict* admiss* amendm* fiduci* neglig* diagno* pathol* surger* physic* pharma* inject* infect* cardio* neurol* hemorr* hypert* therap* " +
    "econom* moneta* procur* accoun* compli* vertra* haftun* klage gericht steuer steuern patientin tribunal juzgado impuesto contrat contrato contratto impôt",
  /** People and what they do: a case that has to be thought through, or a story with a question. */
  scenario:
    "he she his her him they their them himself herself who_was man woman person people someone friend employee customer scenario situation dilemma fault intent intended believed decided knew refused agreed promised told " +
    "ihm ihn ihren seine seiner jemand mann frau il elle lui leur homme femme quelqu'un él ella ellos alguien hombre mujer lei loro uomo donna qualcuno ele ela eles alguém homem mulher " +
    "hij zij haar hun iemand vrouw on ona jego jej ktoś 彼 彼女 他 她 他们 वह उसने",
  /** The answer stands in the text that came along. */
  reading:
    "following_passage passage excerpt the_text the_article the_paragraph following_information following_article following_reviews following_data following_email following_message following_sentence following_text text_below article_below paragraph_below above_text " +
    "summar* zusamm* résume* resuma* resume* riassu* samenv* streść 要約 总结 सारांश extract extrah* extrai* extrac* translate translation spelling grammar proofread rephrase reword rewrite_this übersetze übersetzen traduis traduire traduisez traduce traducir traduci tradurre traduza vertaal przetłumacz 翻訳 翻译 अनुवाद paraph* shorten",
  /** A fact that one knows or looks up. */
  recall:
    "who where what_is what's what_are when_did when_was name_of called capital known_as defined definition define meaning term the_term invented born located author " +
    "wer wo wann was_ist hauptstadt bedeutet heißt qui où quand c'est_quoi capitale signifie quién dónde cuándo qué_es capital_de significa chi dove quando cos'è " +
    "quem onde o_que wie_is waar wanneer wat_is kto gdzie kiedy co_to 誰 どこ いつ 何ですか 谁 哪里 什么时候 什么是 कौन कहाँ कब क्या_है",
  /** Writes freely: much text, few ways to be wrong. */
  creative:
    "poem story tale song lyrics haiku limerick joke jokes slogan caption tweet roleplay role_of the_role role_play pretend act_as imagine picture_yourself persona embody stay_in spiele_die joue_le haz_de brainstorm ideas suggest birthday blog travel describe " +
    "gedicht geschichte witz erzähle poème histoire blague raconte poema cuento chiste barzelletta racconta piada verhaal gedichtje mop wiersz opowiedz żart 詩 物語 冗談 故事 笑话 诗 कविता कहानी चुटकुला",
  /** Said to be polite, or instead of a request. */
  small:
    "hi hello hey thanks thank please_help bye goodbye ok okay yes yep sure cheers good_morning welcome continue lol " +
    "hallo danke tschüss ja guten_tag bonjour merci salut oui hola gracias adiós sí ciao grazie olá obrigado obrigada oi " +
    "hoi dank bedankt cześć dzięki dziękuję こんにちは ありがとう 你好 谢谢 नमस्ते धन्यवाद",
} as const satisfies Readonly<Record<string, string>>;

export type WordKind = keyof typeof WORDS;

/** In the order of the lists. */
export const WORD_KINDS = [
  "reasoning",
  "judgement",
  "mathematics",
  "programming",
  "constraint",
  "change",
  "negation",
  "steps",
  "building",
  "profession",
  "scenario",
  "reading",
  "recall",
  "creative",
  "small",
] as const satisfies readonly WordKind[];

export type WordCounts = Record<WordKind, number>;
export const noWords = (): WordCounts => ({
  reasoning: 0,
  judgement: 0,
  mathematics: 0,
  programming: 0,
  constraint: 0,
  change: 0,
  negation: 0,
  steps: 0,
  building: 0,
  profession: 0,
  scenario: 0,
  reading: 0,
  recall: 0,
  creative: 0,
  small: 0,
});
