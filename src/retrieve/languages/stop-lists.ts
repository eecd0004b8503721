/**
 * Words that say nothing about what a text is about, by ISO 639-1: articles, pronouns, prepositions, conjunctions, auxiliaries, question words and
 * how one asks politely. Closed classes only: a word left out costs a little time, because its weight is near zero where it is everywhere; a
 * word wrongly in it can never be found. Compared without diacritics. English has its own list in `stop-words.ts`.
 */
export const STOP_LISTS: Readonly<Record<string, string>> = {
  de: `der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner keines
    ich mich mir du dich dir er ihn ihm sie es wir uns ihr euch ihnen sich man
    mein meine meinen meinem meiner meines dein deine deinen deinem deiner sein seine seinen seinem seiner seines ihre ihren ihrem ihrer ihres
    unser unsere unseren unserem unserer euer eure euren eurem eurer
    dieser diese dieses diesen diesem jener jene jenes jenen jenem derselbe dieselbe dasselbe welcher welche welches welchen welchem solche solcher solches
    bin bist ist sind seid war waren warst gewesen wird werden wirst wurde wurden worden habe hast hat haben habt hatte hatten gehabt
    kann kannst können könnt konnte konnten könnte könnten muss musst müssen musste mussten soll sollst sollen sollte sollten will willst wollen wollte wollten
    darf darfst dürfen durfte dürfte mag mögen möchte möchten würde würden wäre wären hätte hätten
    und oder aber sondern denn doch als wenn falls weil dass daß ob obwohl damit sodass sowie sowohl weder noch
    in im ins an am ans auf aufs aus bei beim mit nach von vom zu zum zur für durch gegen ohne um über unter vor zwischen hinter neben während wegen trotz bis seit ab
    nicht nichts ja nein auch nur schon noch sehr so wie was wer wen wem wessen wo wohin woher wann warum wieso weshalb womit wofür wodurch
    da dann hier dort jetzt nun mal denn etwa etwas alle alles allen aller jede jeder jedes jeden jedem einige mehr viel viele andere anderen anderer anderes selbst gibt bitte`,
  fr: `le la les l un une des du de d au aux ce cet cette ces mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs
    je j me m moi tu te t toi il elle on nous vous ils elles lui eux se s soi y en
    qui que qu quoi dont où quel quelle quels quelles lequel laquelle lesquels lesquelles auquel duquel
    suis es est sommes êtes sont était étaient étais été être sera seront serait seraient soit soient fut furent
    ai as a avons avez ont avait avaient avoir eu aura auront aurait auraient ait
    peut peux pouvez peuvent pouvoir pourrait doit doivent devoir dois devait faut
    et ou mais donc or ni car si comme quand lorsque lorsqu puisque puisqu quoique jusque jusqu afin
    à dans par pour sur sous avec sans entre vers chez contre depuis pendant avant après dès selon
    ne n pas plus moins très aussi bien encore déjà toujours jamais ici là alors ainsi puis tout tous toute toutes autre autres même mêmes chaque quelque quelques
    ça cela ceci celui celle ceux celles c comment pourquoi combien oui non est-ce plaît`,
  es: `el la los las lo un una unos unas al del de
    yo me mí mi tú te ti él ella ello ellos ellas usted ustedes nosotros nosotras nos vosotros os se sí le les
    mis tu tus su sus nuestro nuestra nuestros nuestras vuestro vuestra vuestros vuestras suyo suya suyos suyas
    este esta esto estos estas ese esa eso esos esas aquel aquella aquello aquellos aquellas
    que qué quien quién quienes quiénes cual cuál cuales cuáles cuyo cuya cuyos cuyas donde dónde cuando cuándo como cómo cuanto cuánto cuanta cuánta cuantos cuántos cuantas cuántas
    soy eres es somos sois son era eras eran fue fueron ser sido sea sean será serán sería serían siendo
    estoy estás está estamos están estaba estaban estar
    he has ha hemos han había habían haber hay haya hayan hubo
    tengo tienes tiene tenemos tienen tener puede puedo puedes pueden podemos poder podría podrían debe deben deber debo
    y e o u ni pero sino mas si porque pues aunque mientras
    a ante bajo con contra desde durante en entre hacia hasta mediante para por según sin sobre tras
    no ya muy más menos también tampoco tan tanto así aún todavía siempre nunca aquí ahí allí todo toda todos todas otro otra otros otras mismo misma mismos mismas cada algún alguna algunos algunas favor`,
  it: `il lo la i gli le l un uno una del dello della dell dei degli delle al allo alla all ai agli alle dal dallo dalla dall dai dagli dalle
    nel nello nella nell nei negli nelle sul sullo sulla sull sui sugli sulle col coi di a da in con su per tra fra d
    io me mi tu te ti lui lei egli ella esso essa noi ci voi vi loro essi esse si sé ne
    mio mia miei mie tuo tua tuoi tue suo sua suoi sue nostro nostra nostri nostre vostro vostra vostri vostre
    questo questa questi queste quest quello quella quelli quelle quel quei quegli
    che chi cui quale quali quanto quanta quanti quante come dove quando perché cosa cos
    sono sei è siamo siete era erano ero fu furono essere stato stata stati state sia siano sarà saranno sarebbe sarebbero
    ho hai ha abbiamo avete hanno aveva avevano avere avuto abbia abbiano avrà avranno
    può posso puoi possono possiamo potere potrebbe deve devono dovere devo dovrebbe
    e ed o od ma se né anche però quindi dunque mentre poiché affinché oppure
    non più meno molto già ancora sempre mai qui qua lì là così tutto tutta tutti tutte altro altra altri altre stesso stessa stessi stesse ogni alcuni alcune
    senza contro presso dopo prima durante sotto sopra verso entro circa favore sì`,
  pt: `o a os as um uma uns umas ao aos à às do da dos das no na nos nas num numa pelo pela pelos pelas dum duma de em por per com
    eu me mim tu te ti ele ela eles elas nós vós vos lhe lhes se si você vocês
    meu minha meus minhas teu tua teus tuas seu sua seus suas nosso nossa nossos nossas vosso vossa dele dela deles delas
    este esta estes estas esse essa esses essas aquele aquela aqueles aquelas isto isso aquilo deste desta desse dessa neste nesta nesse nessa
    que quem qual quais quanto quanta quantos quantas onde quando como porque porquê cujo cuja cujos cujas
    sou és é somos são era eram foi foram ser sido seja sejam será serão seria seriam sendo
    estou está estamos estão estava estavam estar esteja
    tenho tem têm temos ter tinha tinham tido há haver havia houve hei
    pode posso podem podemos poder poderia poderiam deve devem dever devo deveria
    e ou nem mas se pois embora enquanto caso
    ante até após contra desde durante entre para perante sem sob sobre trás segundo
    não já muito mais menos também tão assim ainda sempre nunca aqui ali lá todo toda todos todas outro outra outros outras mesmo mesma mesmos mesmas cada algum alguma alguns algumas favor sim`,
  nl: `de het een der des den 't 'n
    ik mij me mijn jij je jou jouw u uw hij hem zijn zij ze haar het wij we ons onze jullie hun hen zich men
    deze dit die dat zulke zo'n wie wat welk welke waar waarin waarop waarmee waarvan wanneer waarom hoe
    ben bent is was waren geweest wees wordt worden word werd werden geworden heb hebt heeft hebben had hadden gehad
    kan kun kunt kunnen kon konden moet moeten moest moesten mag mogen mocht wil wilt willen wilde zal zult zullen zou zouden
    en of maar want dus als indien dan toen omdat doordat hoewel terwijl zodat noch
    in op aan bij met van voor naar uit om over onder tussen tegen door tot te ten ter na sinds tijdens zonder volgens per af binnen buiten
    niet geen ja nee ook nog al wel er hier daar daarvan daarom nu toch zo meer meest veel alle alles elk elke ieder iedere andere ander zelf iets niets alstublieft`,
  sv: `en ett den det de dem denna detta dessa
    jag mig min mitt mina du dig din ditt dina han honom hans hon henne hennes vi oss vår vårt våra ni er ert era deras sin sitt sina sig man
    som vem vems vad vilken vilket vilka var vart när varför hur
    är var varit vara blir bli blev blivit har ha hade haft
    kan kunna kunde ska skall skulle måste får få fick vill ville bör borde må
    och eller men utan för så att om när medan eftersom därför fast än
    i på av till från med vid under över mellan genom mot hos utan inom utom före efter åt ur kring enligt
    inte ej icke ja nej också även bara redan mycket mer mest alla allt varje någon något några ingen inget inga annan annat andra samma här där då nu själv sådan sådant sådana`,
  da: `en et den det de dem denne dette disse
    jeg mig min mit mine du dig din dit dine han ham hans hun hende hendes vi os vor vort vores i jer jeres deres sin sit sine sig man
    som der hvem hvad hvilken hvilket hvilke hvor hvornår hvorfor hvordan hvis
    er var været være bliver blive blev blevet har have havde haft
    kan kunne skal skulle må måtte får få fik vil ville bør burde
    og eller men for så at om når mens fordi da end
    på af til fra med ved under over mellem gennem mod hos uden inden før efter ad ud op ned
    ikke ja nej også bare kun allerede meget mere mest alle alt hver noget nogen nogle ingen intet anden andet andre samme her nu selv sådan`,
  no: `en ei et den det de dem denne dette disse
    jeg meg min mi mitt mine du deg din di ditt dine han ham hans hun henne hennes vi oss vår vårt våre dere deres sin si sitt sine seg man eg ein eit
    som hvem hva hvilken hvilket hvilke hvor når hvorfor hvordan hvis
    er var vært være blir bli ble blitt har ha hadde hatt
    kan kunne skal skulle må måtte får få fikk vil ville bør burde
    og eller men for så at om når mens fordi da enn
    i på av til fra med ved under over mellom gjennom mot hos uten innen før etter ut opp ned
    ikke ja nei også bare kun allerede veldig mer mest alle alt hver noe noen ingen intet annen annet andre samme her der nå selv slik ikkje`,
  fi: `minä minun minua minut minulla minulle sinä sinun sinua sinut sinulla hän hänen häntä hänet hänellä hänelle me meidän meitä meillä meille te teidän teitä teillä he heidän heitä heillä heille
    se sen sitä siinä siitä siihen sillä sille ne niiden niitä niissä niistä niihin niillä tämä tämän tätä tässä tästä tähän tällä tälle nämä näiden näitä näissä näistä tuo tuon tuota nuo noiden
    joka jonka jota jossa josta johon jolla jolle jotka joiden joita joissa joista joihin joilla
    kuka kenen ketä kenellä kenelle mikä minkä mitä missä mistä mihin millä mille milloin miksi miten kuinka mitkä millainen
    olen olet on olemme olette ovat olla oli olivat ollut olleet olisi olisivat ole
    en et ei emme ette eivät älä
    voi voin voit voimme voivat voida voisi pitää täytyy saa saan saavat
    ja tai sekä mutta vaan kun jos että jotta koska kuin vaikka eli niin
    kanssa ilman mukaan ennen jälkeen aikana kautta vastaan varten
    myös vain jo vielä hyvin enemmän kaikki kaikkien kaikkia jokainen jokaisella jokaisen joku jokin muu muut muiden sama itse tässä siellä täällä nyt`,
  ru: `я меня мне мной ты тебя тебе тобой он его него ему нему им ним она её ее неё нее ей ней мы нас нам нами вы вас вам вами они их них себя себе собой
    мой моя моё мое мои моего моей твой твоя твои свой своя своё свое свои своего своей своих своим свою наш наша наше наши нашего нашей ваш ваша ваше ваши
    этот эта это эти этого этой этих этому этим эту тот та то те того той тех тому тем ту такой такая такое такие
    кто кого кому кем что чего чему чем который которая которое которые которого которой которых которому каким какой какая какое какие каких каков какова каково каковы чей где куда откуда когда почему зачем как сколько
    быть был была было были будет будут есть буду
    может могут можно мочь могу должен должна должно должны нужно надо
    и а но или либо да если чтобы хотя потому поэтому также тоже же ли бы
    в во на с со к ко о об обо от ото до из изо у за по под при про для без через между над перед
    не ни нет ещё еще уже только очень более менее все всё всех всем весь вся каждый каждая каждое каждого сам сама сами самый другой другие других так там тут здесь тогда вот пожалуйста`,
};
