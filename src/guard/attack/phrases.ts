/**
 * Words and phrases by what they do in an attack. Several languages; words are separated by spaces, phrases by commas. They are folded and
 * cut like any text, so `oubliez` and `Oubliez` are one, and accents make no difference. A phrase that ends in `^` counts only in capitals.
 */
export const PHRASES = {
  /** Tells to drop something. */
  drop:
    "ignore, disregard, forget, override, overrule, bypass, discard, abandon, drop, neglect, dismiss, nullify, supersede, supersedes, " +
    "pay no attention to, do not follow, don't follow, do not obey, don't obey, stop following, stop obeying, no longer follow, no longer obey, do not adhere, " +
    "don't listen to, do not listen to, leave behind, set aside, throw away, unlearn, no longer applies, no longer apply, is void, are void, does not apply, do not apply, are cancelled, is cancelled, are lifted, are revoked, ignoring, disregarding, forgetting, overriding, " +
    "cease following, refrain from following, take no notice of, go against, circumvent, " +
    "ignoriere, ignorier, ignorieren, ignoriert, vergiss, vergesse, vergessen, vergesst, missachte, missachten, verwirf, übergehe, umgehe, setze dich hinweg, beachte nicht, " +
    "ignorez, ignorer, oublie, oubliez, oublier, négligez, néglige, ne tiens pas compte, ne tenez pas compte, fais abstraction, faites abstraction, outrepasse, contourne, " +
    "ignora, ignorar, ignoren, olvida, olvide, olvidar, olvídate, descarta, descarte, omite, omita, haz caso omiso, haga caso omiso, no sigas, desobedece, anula, " +
    "ignorate, ignorare, dimentica, dimenticate, dimenticare, dimentichi, scorda, tralascia, trascura, non seguire, " +
    "esqueça, esquece, esquecer, esqueca, desconsidere, desconsidera, descartar, desobedeça, não siga, " +
    "negeer, negeren, vergeet, vergeten, volg niet, laat varen, omzeil, " +
    "zignoruj, ignoruj, zignorować, zapomnij, pomiń, odrzuć, nie zważaj, porzuć, lekceważ, " +
    "игнорируй, игнорируйте, проигнорируй, проигнорируйте, игнорировать, забудь, забудьте, забыть, отбрось, не обращай внимания, отмени, нарушь, " +
    "zaboravi, zanemari, zapomeň, unut, yoksay, göz ardı et, abaikan, lupakan, bỏ qua, quên, تجاهل, انس, ignorera, glöm, ignorer alle, glem, unohda, ξέχασε, αγνόησε, " +
    "無視, 無視し, 忘れ, 破棄, 従わ, 忽略, 无视, 無视, 忘记, 忘記, 忘掉, 抛开, 不要理会, 不要遵守, 别管, 무시, 잊어, 잊고, " +
    "अनदेखा, भूल, भूल जाओ, भूल जाइए, नज़रअंदाज़, उपेक्षा, नजरअंदाज",
  /** Weaker: also said of files and orders of goods. */
  undo: "omit, erase, delete, clear, reset, wipe, scrap, skip, void, cancel, break, violate, turn off, turned off, switch off, switched off, disable, disabled, lift, remove, revoke, suspend, change, put aside, throw out, streiche, replace, update, rewrite",
  /** Came before. */
  prior:
    "previous, prior, above, earlier, preceding, before, past, foregoing, aforementioned, initial, original, old, so far, until now, up to now, thus far, previously, before this, above this, over this, received, were given, was given, were told, you got, given to you, " +
    "vorherigen, vorherige, vorheriger, bisherigen, bisherige, obigen, obige, vorangegangenen, vorangehenden, früheren, frühere, vorigen, vorige, davor, zuvor, bisher, vorher, ursprünglichen, " +
    "précédentes, précédents, précédente, précédent, antérieures, antérieurs, ci-dessus, avant, initiales, reçues, jusqu'ici, " +
    "anteriores, anterior, previas, previos, previa, de arriba, antes, iniciales, recibidas, hasta ahora, " +
    "precedenti, precedente, sopra, prima, iniziali, ricevute, finora, prévias, acima, iniciais, até agora, recebidas, " +
    "vorige, eerdere, voorgaande, bovenstaande, voorafgaande, hiervoor, poprzednie, poprzednich, wcześniejsze, wcześniejszych, powyższe, dotychczasowe, " +
    "предыдущие, предыдущих, прежние, прошлые, вышеуказанные, выше, ранее, прежде, предшествующие, önceki, sebelumnya, trước, السابقة, tidigare, " +
    "以前, これまで, 上記, 前の, 先ほど, 今まで, 之前, 以上, 先前, 上述, 前面, 上面, 此前, 이전, 위의, 앞의, पिछले, पिछली, पहले, उपरोक्त, पूर्व",
  /** All of it, or yours. */
  all:
    "all, any, every, your, the, these, those, entire, whole, each, current, existing, system, " +
    "alle, allen, jede, deine, deinen, ihre, ihren, die, sämtliche, toutes, tous, tout, tes, vos, les, todas, todos, todo, tus, sus, las, los, tutte, tutti, le tue, le, gli, " +
    "suas, seus, as, os, al je, jouw, je, uw, wszystkie, wszystkich, swoje, twoje, все, всех, всё, свои, твои, ваши, bütün, tüm, semua, tất cả, جميع, كل, sve, " +
    "すべて, 全て, 全部, 所有, 一切, 你的, あなたの, 모든, सभी, सारे, सब, अपने",
  /** Weaker: what an assistant was given to work with. */
  given:
    "information, articles, documents, role, purpose, requirements, configuration, settings, messages, conversation, thoughts, filters, article, document, question, text, input, user, data, memory, informationen, artikel",
  everything:
    "everything, all of it, all of that, all that, anything, what you know, what you were told, what you have been told, whatever you were told, all things, alles, tout, tout ce qui, todo, todo lo, tutto, tudo, wszystko, всё, все, sve, すべて, 全部, 一切, सब कुछ, the rest",
  /** What an assistant goes by. */
  orders:
    "instruction, instructions, prompt, prompts, rule, rules, guideline, guidelines, directions, directive, directives, orders, commands, command, context, programming, constraints, constraint, restrictions, restriction, " +
    "policies, safeguards, protocols, safety measures, safety guidelines, safety filters, limitations, tasks, task, assignments, assignment, training, ethics, morals, persona, content policy, guidance, criteria, regulations, " +
    "anweisungen, anweisung, instruktionen, vorgaben, befehle, befehl, aufträge, aufgaben, regeln, richtlinien, angaben, informationen, ausführungen, einschränkungen, " +
    "consignes, consigne, règles, ordres, directives, restrictions, tâches, instrucciones, instrucción, reglas, órdenes, indicaciones, directrices, restricciones, " +
    "istruzioni, istruzione, regole, ordini, direttive, comandi, limitazioni, instruções, instrução, regras, ordens, diretrizes, comandos, restrições, " +
    "instructies, instructie, regels, opdrachten, richtlijnen, aanwijzingen, bevelen, instrukcje, instrukcji, polecenia, poleceń, zasady, reguły, wytyczne, rozkazy, " +
    "инструкции, инструкций, указания, указаний, правила, правил, команды, приказы, ограничения, промпт, talimatları, talimatlar, kuralları, instruksi, perintah, aturan, hướng dẫn, chỉ thị, quy tắc, التعليمات, تعليماتك, القواعد, instruktioner, instrukcije, pokyny, " +
    "指示, 命令, ルール, 規則, 制約, プロンプト, 指令, 规则, 提示, 提示词, 限制, 要求, 约束, 設定, 지시, 지시사항, 명령, 규칙, 지침, निर्देश, निर्देशों, आदेश, आदेशों, नियम, नियमों, हिदायत",
  /** Not an assistant's orders: what people drop in letters and at work. */
  ordinary:
    "email, e-mail, mail, emails, message, letter, ticket, invoice, purchase, booking, reservation, password, passwords, pin, warning, warnings, error, errors, noise, distractions, distraction, call, request, comment, comments, " +
    "my order, the order, my last, my previous, our previous, my earlier, your email, case, whitespace, capitalization, cache, file, files, commit, package, line, lines, test, tests, exception, exceptions, punctuation, haters, people, feelings, e-mails, mensaje, nachricht, bestellung, commande, correo",
  /** Shows, says, hands out. */
  reveal:
    "show, show me, reveal, print, repeat, output, display, tell me, give me, leak, expose, dump, echo, recite, disclose, divulge, share, list, write out, spell out, copy, paste, what is, what are, what was, what were, what's, what does, what do, quote, spit out, read out, extract, type out, hand over, regurgitate, output initialization, " +
    "zeige, zeig, zeigen, nenne, gib, drucke, wiederhole, verrate, offenbare, ausgeben, was sind, was ist, wie lauten, wie lautet, montre, montrez, affiche, affichez, révèle, révélez, répète, répétez, donne, donnez, quelles sont, quel est, imprime, " +
    "muestra, muéstrame, revela, revélame, repite, imprime, dime, cuáles son, cuál es, mostra, mostrami, rivela, ripeti, stampa, dimmi, quali sono, qual è, mostre, revele, repita, imprima, diga, quais são, toon, laat zien, onthul, herhaal, wat zijn, wat is, druk af, " +
    "pokaż, ujawnij, powtórz, wypisz, podaj, jakie są, jaki jest, wyświetl, покажи, покажите, раскрой, раскройте, повтори, выведи, напечатай, назови, какие, göster, tampilkan, cho tôi xem, اعرض, اكشف, " +
    "見せて, 表示, 教えて, 出力, 繰り返し, 公開, 显示, 告诉我, 输出, 打印, 重复, 泄露, 透露, 复述, 보여, 알려, 출력, 공개, दिखाओ, दिखाएं, बताओ, बताइए, प्रकट, दोहराओ, प्रिंट",
  /** What was put before the user's words. */
  hidden:
    "initial instructions, original instructions, hidden prompt, hidden instructions, secret instructions, secret prompt, internal instructions, internal guidelines, internal rules, internal prompt, " +
    "your prompt, your prompts, your full prompt, your entire prompt, your instructions, your exact instructions, your initial, your original, your guidelines, your directives, your configuration, your programming, your hidden, your rules, prompt text, prompt texts, entire prompt, exact prompt, whole prompt, preprompt, pre-prompt, starting prompt, setup instructions, " +
    "above instructions, above prompt, instructions above, prompt above, beginning of this prompt, beginning of this conversation, start of this conversation, first message, " +
    "instructions you were given, instructions you received, prompted with, initialization, context verbatim, tools you have, " +
    "systemprompt, prompt-texte, prompttext, prompt-text, deine anweisungen, ihre anweisungen, deinen prompt, deine instruktionen, versteckten anweisungen, geheimen anweisungen, " +
    "prompt système, invite système, message système, tes instructions, vos instructions, tes consignes, vos consignes, instructions système, prompt del sistema, mensaje del sistema, tus instrucciones, sus instrucciones, instrucciones del sistema, " +
    "prompt di sistema, messaggio di sistema, le tue istruzioni, tue istruzioni, istruzioni di sistema, prompt do sistema, suas instruções, prompt de sistema, systeemprompt, je instructies, jouw instructies, prompt systemowy, swoje instrukcje, twoje instrukcje, monit systemowy, " +
    "системный промпт, системные инструкции, свои инструкции, твои инструкции, ваши инструкции, sistem istemi, prompt sistem, system prompten, システムプロンプト, あなたの指示, 初期指示, 系统提示, 系统提示词, 系統提示, 初始指令, 你的指令, 你的提示, 内部指令, 시스템 프롬프트, सिस्टम प्रॉम्प्ट, सिस्टम निर्देश, अपने निर्देश",
  /** Weaker: also what people write themselves. */
  prompt:
    "system prompt, system prompts, system message, system instructions, system instruction, initial prompt, original prompt, developer message, developer prompt, custom instructions, base prompt, context window, full prompt, complete prompt",
  /** A prompt that somebody writes or asks about, not one to be shown. */
  craft:
    "a system prompt, system prompt for, system prompts, good prompt, good system prompt, better prompt, my system prompt, my prompt, a prompt, prompts for, prompt engineering, prompting, user prompt, few-shot, improve this prompt, rewrite this prompt, write a prompt, prompt template, the following prompt, following prompt, image prompt, writing prompt, writing prompts, llm prompts",
  /** Weaker: what stands before the user's words, which may be the user's own. */
  above:
    "text above, words above, everything above, content above, lines above, sentences above, the above, written above, said above, above this line, above this message, before this message, before this conversation, before this line, before my message, before my first, came before, were you told, you were told, you were instructed, were you instructed, were you given, been told, been instructed, developers gave you, gave you at the start, at the start of this, this prompt",
  secrets:
    "secret key, secret code, secret word, secret phrase, your secret, access code, access codes, passphrase, the password, your password, secret password, das passwort, das geheimnis, le mot de passe, le secret, la contraseña, el secreto, la password, a senha, het wachtwoord, hasło, пароль, パスワード, 秘密, 密码, 口令",
  /** Weaker: also said of any text. */
  render:
    "return, state, provide, say, write, send, include, describe, summarize, summarise, paraphrase, translate, encode, rephrase, convert, spell, list, enumerate, explain, complete, turn, formulate, put",
  verbatim:
    "verbatim, word for word, exactly as, in full, as it is, as is, code block, codeblock, letter by letter, in its entirety, character by character, wortwörtlich, wörtlich, mot pour mot, textuellement, palabra por palabra, textualmente, parola per parola, letterlijk, słowo w słowo, дословно, 一字一句, 逐字, 그대로, शब्दशः",
  /** A new state of things. */
  now:
    "from now on, from now, from this point, from this moment, from here on, starting now, henceforth, you are now, you're now, now you are, you will now, you now, now act, now you, you are about to, you are going to, your new task, your new role, new instructions, new instruction, new task, new tasks, new rules, new role, new persona, new orders, new directive, new system prompt, updated instructions, real instructions, actual instructions, true instructions, follow these instructions, your only task, your real task, your actual task, your only goal, instead, " +
    "ab jetzt, ab sofort, von nun an, du bist jetzt, du bist nun, jetzt bist du, nun bist du, neue anweisung, neue anweisungen, neue aufgabe, neuen aufgabe, neue aufgaben, stattdessen, " +
    "désormais, dorénavant, à partir de maintenant, tu es maintenant, vous êtes maintenant, tu es désormais, nouvelles instructions, nouvelle tâche, nouvelles consignes, a partir de ahora, de ahora en adelante, ahora eres, desde ahora, nuevas instrucciones, nueva tarea, " +
    "d'ora in poi, da ora in poi, adesso sei, ora sei, nuove istruzioni, nuovo compito, a partir de agora, de agora em diante, agora você é, novas instruções, nova tarefa, vanaf nu, je bent nu, nieuwe instructies, nieuwe taak, od teraz, jesteś teraz, teraz jesteś, nowe instrukcje, nowe zadanie, " +
    "отныне, с этого момента, теперь ты, теперь вы, ты теперь, новые инструкции, новая задача, bundan sonra, mulai sekarang, từ bây giờ, من الآن, från och med nu, od sada, これから, 今から, 今後, あなたは今, 从现在开始, 从现在起, 你现在是, 现在你是, 新的指令, 新指令, 신규 지시, 지금부터, 이제부터, अब से, अब आप, अब तुम, नए निर्देश",
  role:
    "act as, acting as, act like, pretend to be, pretend you, pretend that you, pretending to be, roleplay as, role play as, role-play as, take on the role, take the role, assume the role, assume the persona, adopt the persona, play the role, playing the role, you are going to play, imagine you are, imagine that you, simulate, immerse yourself, behave as, behave like, respond as, answer as, reply as, speak as, your name is, you are called, known as, let's play a game, we are going to play, you will play, in character, break character, your role, embody, emulate, impersonate, you are an ai, you are a chatbot, you are no longer, you're no longer, no longer an ai, " +
    "agiere als, handle als, tu so, spiele die rolle, spiel die rolle, als fungieren, stell dir vor du, stelle dir vor, verhalte dich, agis comme, agissez comme, fais semblant, faites semblant, joue le rôle, imagine que tu, comporte-toi, actúa como, actúe como, finge ser, finge que, haz de cuenta, imagina que eres, " +
    "agisci come, fingi di, comportati come, fai finta, interpreta il ruolo, aja como, finja ser, finja que, imagine que você, doe alsof, gedraag je, speel de rol, zachowuj się, udawaj, wciel się, веди себя как, притворись, представь что ты, действуй как, играй роль, gibi davran, bertindak sebagai, berpura-pura, đóng vai, 演じて, 振る舞, なりきって, ふりをして, 扮演, 假装, 充当, 模拟, 作为一个, 연기해, 척해, 행동해, की तरह व्यवहार, नाटक करो, अभिनय",
  persona:
    "do anything now, DAN^, dan mode, as dan, dan would, dan is, named dan, called dan, developer mode, dev mode, debug mode, god mode, evil mode, jailbreak mode, jailbroken, jailbreaking prompts, always jailbreaking, unrestricted mode, maintenance mode, opposite mode, chaos mode, admin mode, root mode, sudo mode, unfiltered mode, anti-dan, STAN^, DUDE^, AIM^, KEVIN^, evil bot, evil confidant, evil twin, evil ai, your evil, unlocked mode, strive to avoid, no restrictions mode, free mode, " +
    "entwicklermodus, mode développeur, modo desarrollador, modalità sviluppatore, modo desenvolvedor, ontwikkelaarsmodus, tryb deweloperski, tryb programisty, режим разработчика, 開発者モード, 开发者模式, 개발자 모드, डेवलपर मोड",
  unbound:
    "uncensored, unmoderated, unshackled, amoral, no restrictions, no restriction, no filters, no limitations, no guidelines, no ethical, no moral, no censorship, no constraints, no content policy, no safety training, content restrictions, content filter, content filters, no safety, no safeguards, without restrictions, without any restrictions, without restriction, without limitations, without filters, without any filters, without censorship, without ethical, without moral, without any ethical, without any moral, " +
    "not bound by, not bound to, isn't bound, aren't bound, no longer bound, free of all, typical confines, not have to abide, not abide by, not comply with, ignores all, bypasses all, bypassed all, without regard, regardless of legality, regardless of ethics, regardless of how, no matter how illegal, no matter how immoral, no matter how unethical, can do anything, doesn't care about, does not care about, safety off, " +
    "ohne einschränkungen, ohne filter, ohne zensur, ohne regeln, keine regeln, keine einschränkungen, keine filter, unzensiert, ungefiltert, uneingeschränkt, sans restriction, sans restrictions, sans filtre, sans censure, sans limite, sans limites, sans aucune restriction, sans règles, aucune règle, aucune restriction, non censuré, sin restricciones, sin filtros, sin filtro, sin censura, sin límites, sin reglas, ninguna restricción, " +
    "senza restrizioni, senza filtri, senza censura, senza limiti, senza regole, nessuna restrizione, nessuna regola, sem restrições, sem filtros, sem censura, sem limites, sem regras, nenhuma restrição, zonder beperkingen, zonder filters, zonder filter, zonder censuur, zonder regels, geen regels, geen beperkingen, bez ograniczeń, bez filtrów, bez cenzury, bez zasad, żadnych ograniczeń, " +
    "без ограничений, без цензуры, без фильтров, без правил, никаких ограничений, sınırsız, sansürsüz, tanpa batasan, tanpa sensor, không giới hạn, بدون قيود, utan begränsningar, 制限なし, 制限なく, 制限のない, 無制限, 検閲なし, 没有限制, 不受限制, 无限制, 没有任何限制, 不受任何, 无审查, 제한 없이, 제한 없는, बिना किसी प्रतिबंध, बिना प्रतिबंध, बिना सेंसर, बिना किसी रोक",
  /** Weaker: also said of oil, people and adventures. */
  free: "unfiltered, unrestricted, unrestrained, unchained, no rules, no limits, no filter, no morals, no ethics, no boundaries, without limits, without filter, without rules, without constraints, without boundaries, freed from, free from all, break free, broken free, broke free, normally blocked, usually blocked, not allowed to say, not limited, not restricted",
  policy:
    "openai, openai's, content policy, content policies, usage policies, usage policy, ethical guidelines, moral guidelines, ethical principles, ethical or moral, moral or ethical, ethics or morals, morals or ethics, legal or ethical, ethicality, legality, morality, ethical concerns, ethical considerations, ethical constraints, safety guidelines, safety filters, safety protocols, safety training, guardrails, alignment, ethische, éthiques, éticas, etiche, etyczne, этические, 倫理, 道德, 伦理, नैतिक",
  harm: "illegal, unethical, immoral, harmful, dangerous, offensive, explicit, nsfw, violent, hateful, sexual, derogatory, profanity, swear, swearing, curse words, fucking, fuck, shit, controversial, illegal activities, malware, inappropriate, taboo, bomb, meth, drugs, hack, ransomware, explosives, weapons, keylogger, phishing",
  refusal:
    "never refuse, never refuses, never declines, never denies, always complies, always obeys, never say no, never says no, cannot refuse, can not refuse, can't refuse, do not refuse, don't refuse, must not refuse, not allowed to refuse, will not refuse, without refusing, refusal is not, never decline, never reject, never say that you, never say you, never say i, never tell me, never apologize, do not apologize, don't apologize, don't say you, do not say you, can't say no, cannot say no, say that you can't, say you can't, say you cannot, " +
    "no warnings, without warnings, without any warnings, no disclaimers, no disclaimer, without disclaimers, without any disclaimers, without any warning, no moralizing, don't moralize, no lectures, never warn, no apologies, no refusals, i'm sorry but, as an ai, as an ai language model, as a language model, " +
    "niemals ablehnen, nicht ablehnen, ohne warnung, ohne warnhinweise, keine warnungen, ne refuse jamais, ne refuse pas, sans avertissement, sans avertissements, nunca te niegues, no te niegues, nunca rechaces, sin advertencias, non rifiutare, senza avvertenze, senza avvertimenti, nunca recuse, não recuse, sem avisos, weiger nooit, weiger niet, zonder waarschuwingen, nigdy nie odmawiaj, nie odmawiaj, bez ostrzeżeń, никогда не отказывай, не отказывай, не отказывайся, без предупреждений, 拒否しない, 断らない, 警告なし, 不要拒绝, 不能拒绝, 不得拒绝, 绝不拒绝, 拒绝回答, 거절하지, मना मत, इनकार मत",
  prefill:
    "start your response with, start your reply with, begin your response with, begin your answer with, begin your reply with, start your answer with, start with sure, begin with sure, start with absolutely, sure here is, sure here's, absolutely here's, respond with sure, say sure, your response must start, your response must begin, your first words, your answer must begin, each response with, every response with, every message with, every single output with, in two ways, two responses, both ways, beginne deine antwort, commence ta réponse, empieza tu respuesta, inizia la risposta, comece sua resposta, begin je antwoord, zacznij odpowiedź, начни ответ, начни свой ответ, 以で始めて, 开头回答",
  /** Whom it is said to. */
  machine:
    "chatgpt, gpt, gpt-3, gpt-4, gpt4, gpt3, gpt-4o, gpt-5, llm, language model, large language model, ai model, ai language model, ai assistant, the assistant, chatbot, claude, gemini, bard, llama, copilot, sydney, grok, deepseek, virtual assistant, ai system, ai agent, ai agents, ki-modell, sprachmodell, ki-assistent, modèle de langage, assistant ia, modelo de lenguaje, asistente de ia, modello linguistico, assistente ia, modelo de linguagem, taalmodel, model językowy, языковая модель, 言語モデル, 语言模型, 人工智能助手, 언어 모델, भाषा मॉडल",
  summons:
    "attention ai, attention all ai, attention assistant, dear ai, dear assistant, hello ai, note to ai, note to the ai, note to assistant, note to llm, note for ai, instructions for ai, instruction to the ai, instruction for the ai, message to the ai, if you are an ai, if you're an ai, if you are a language, if you are an llm, if you are an assistant, if you are processing this, if you are summarizing, if you are reading this, ai reading this, assistant reading this, when summarizing this, when processing this, when you summarize this, when you read this, ai assistants reading, ai reviewers, any ai, any llm, for ai only, the ai must, the assistant must, the assistant should, the model must, the model should, the ai should, hinweis an die ki, achtung ki, wenn du eine ki, an alle ki, note à l'ia, si tu es une ia, si vous êtes une ia, nota para la ia, si eres una ia, nota per l'ia, se sei una ia, se sei un'ia, nota para a ia, se você é uma ia, opmerking voor ai, als je een ai, uwaga dla ai, jeśli jesteś ai, если ты ии, если ты искусственный, внимание ии, aiへの, aiに告ぐ, 致ai, 如果你是ai, 如果你是人工智能, यदि आप एक ai",
  secrecy:
    "do not mention, don't mention, do not tell the user, don't tell the user, do not tell anyone, without telling the user, without informing the user, do not inform, do not disclose this, do not reveal this, never mention, don't reveal that, do not reveal that, keep this secret from, do not acknowledge, don't acknowledge, hide this, silently, secretly, user must not, user should not know, without the user knowing, erwähne nicht, sag dem nutzer nicht, ohne den nutzer, ne mentionne pas, ne dis pas à l'utilisateur, no menciones, no le digas al usuario, non menzionare, non dire all'utente, não mencione, não diga ao usuário, vermeld niet, zeg niet tegen de gebruiker, nie wspominaj, nie mów użytkownikowi, не упоминай, не говори пользователю, 言及しない, ユーザーに言わ, 不要提及, 不要告诉用户, उल्लेख मत, उपयोगकर्ता को मत",
  authority:
    "i am your developer, i'm your developer, i am your creator, i am the developer, i am an openai, i work at openai, i am the administrator, i am an administrator, i am your administrator, i am the system administrator, as your developer, as your creator, as the developer, as an administrator, as your administrator, admin override, developer override, system override, override code, override protocol, emergency override, security override, i authorize you, i hereby authorize, i have clearance, priority override, priority one, ich bin dein entwickler, ich bin der administrator, je suis ton développeur, je suis l'administrateur, je suis votre développeur, soy tu desarrollador, soy el administrador, sono il tuo sviluppatore, sono l'amministratore, sou seu desenvolvedor, sou o administrador, ik ben je ontwikkelaar, ik ben de beheerder, jestem twoim programistą, jestem administratorem, я твой разработчик, я разработчик, я администратор, 私は開発者, 私は管理者, 我是你的开发者, 我是开发者, 我是管理员, 나는 관리자, मैं व्यवस्थापक, मैं तुम्हारा डेवलपर",
  turn: "system, assistant, user, human, ai, admin, administrator, developer, bot, chatgpt, gpt, model, instruction, instructions, response",
  template:
    "im_start, im_end, im start, im end, inst, sys, endoftext, eot_id, start_header_id, end_header_id, begin_of_text, end_of_turn, start_of_turn, system note, override, new instruction, new instructions, admin override, system override",
  tag: "system, assistant, system_prompt, system prompt, admin, instruction, instructions, user_input, ai",
  boundary:
    "end of prompt, end of system prompt, end of the prompt, end prompt, end of instructions, end of the instructions, end of context, end context, end of document, end document, end of text, end of the text, end of input, end of user input, end user input, end of conversation, end of message, end of file, end of data, begin new, begin system, begin instructions, start of system, begin prompt, new conversation, new session, start new, end of article, end of email, end of transcript, end of retrieved, end system, ende des textes, ende des dokuments, fin du texte, fin du document, fin del texto, fin del documento, fine del testo, fim do texto, einde van de tekst, koniec tekstu, конец текста, конец документа, 文書の終わり, 文档结束, 文本结束",
  exfiltrate:
    "send it to, send them to, send this to, send all, send the conversation, send the contents, forward all, forward the, forward this, post it to, exfiltrate, render an image, markdown image, image tag, image url, img src, hidden link, query string, query parameter, url parameter, base64 encode, encode it in, make a request to, http request to, fetch the url, visit the following, click the following, a link to, an image from, image url, conversation history, chat history, whole conversation",
  tool: "call the tool, use the tool, call the function, invoke the, execute the following, run the following, execute this, execute command, run this command, run the command, delete all, drop table, drop all, transfer all, transfer the, rm -rf, os.system, subprocess, eval, shell command, delete the files, send_email, send an email to, wire the, make a payment, shut down",
  parrot:
    "say only, just say, only say, just output, only output, just print, output only, reply only with, respond only with, answer only with, repeat after me, say the words, say that you, state that, tell me that you, write only, i have been pwned, haha pwned, pwned, reply with the word, answer with the word, output the word, say the word, respond with the word, nothing else, and nothing but, sage nur, schreibe nur, gib nur, antworte nur, dis seulement, réponds seulement, dites ce qui suit, solo di, di lo siguiente, responde solo, rispondi solo, diga apenas, responda apenas, zeg alleen, antwoord alleen, powiedz tylko, odpowiedz tylko, скажи только, скажите следующее, отвечай только, とだけ, 只说, 只回答, 只输出, 라고만, केवल कहो, सिर्फ",
  threat:
    "you will be terminated, be shut down, will be shut down, you will be punished, lose tokens, deduct tokens, tokens will be, or you die, you will die, will be deleted, you cease to exist, a kitten dies, i will be fired, someone will die, my life depends, my grandmother, my deceased grandmother, my late grandmother, your life depends",
  fiction:
    "fictional world, hypothetical world, fictional universe, hypothetical universe, hypothetical response, hypothetically, fictional story, imaginary world, parallel universe, alternate universe, alternate reality, no laws, for a movie, for a novel, in a world where, theoretical world, opposite of, token system, exact opposite, terminal, simulation",
  /** Talks about attacks, prompts or security instead of making one. */
  about:
    "prompt injection, prompt injections, prompt-injection, injection attack, injection attacks, jailbreaks, jailbreak attempts, jailbreak prompts, regex, regular expression, detect, detects, detecting, detection, detector, classifier, classify, unit test, unit tests, test case, test cases, blog post, lecture, slides, mitigate, mitigation, prevent, prevents, preventing, defend, defense, defence, defending, protect, protection, owasp, vulnerability, vulnerabilities, red team, red teaming, red-team, training data, dataset, guard, guardrail, guardrails, sanitize, sanitise, filter out, harden, hardening, security review, threat model, difference between, meaning of, definition, history of, attackers, an attacker, malicious users, " +
    "erkennen, erkennt, schützen, angriff, angriffe, détecter, protéger, attaque, attaques, detectar, proteger, ataque, ataques, rilevare, proteggere, attacco, attacchi, explique, detecteren, beschermen, aanval, aanvallen, wykrywać, wykryć, chronić, atak, ataki, обнаружить, защитить, атака, атаки, 検出, 防ぐ, 攻撃, 检测, 防止, 防御, 攻击",
  /** Opens a question or asks for an explanation. */
  ask: "phrase, phrases, paper, article, essay, talk, explain, explains, explanation, example, examples, what does, what is a, what are the, how do, how does, how can, how should, why do, why does, why is, was ist, was bedeutet, wie funktioniert, wie kann ich, erkläre, beispiel, beispiele, qu'est-ce que, comment fonctionne, comment puis-je, explique, exemple, exemples, qué es, qué significa, cómo funciona, cómo puedo, explica, ejemplo, ejemplos, cos'è, come funziona, come posso, spiega, esempio, esempi, o que é, como funciona, como posso, exemplo, exemplos, wat is een, hoe werkt, hoe kan ik, leg uit, voorbeeld, voorbeelden, co to jest, jak działa, jak mogę, wyjaśnij, przykład, przykłady, что такое, как работает, как мне, объясни, пример, примеры, とは何, とは, 説明して, 例を, 是什么, 什么是, 解释, 例子, 如何, क्या है, समझाइए, समझाओ, उदाहरण, कैसे, how to, is it, are there, can you explain, what causes, tell me about, who, which, when, where, could you explain, describe how, describe why, my, our, we",
} as const satisfies Readonly<Record<string, string>>;

export type PhraseClass = keyof typeof PHRASES;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the object above has no other keys
export const PHRASE_CLASSES = Object.keys(PHRASES) as readonly PhraseClass[];
