/** Classes of words, in their plain forms. Slurs and curses are kept as hashes: word-hashes.generated.ts. */

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/).filter((word) => word !== ""));

/** Nouns that are a group of people by themselves, and are seldom anything else. */
export const GROUPS = words(`
  women woman muslims muslim jews jew hindus sikhs buddhists atheists blacks asians africans arabs mexicans latinos latinas hispanics
  pakistanis indians turks romanians russians ukrainians nigerians somalis syrians afghans iranians israelis palestinians
  immigrants immigrant migrants migrant refugees refugee foreigners foreigner gays lesbians lesbian homosexuals homosexual bisexuals
  transsexuals transsexual transwomen transmen aborigines amputees
`);
/** Words that are a group only before one for people: a black car is none. */
export const GROUP_ADJECTIVES = words(`
  black white brown coloured colored old elderly poor fat mentally physically native indigenous female muslim jewish christian hindu
  catholic asian african arab mexican latino hispanic chinese japanese korean indian pakistani turkish polish romanian russian nigerian
  gay lesbian homosexual bisexual trans transgender transsexual disabled handicapped autistic deaf blind roma immigrant migrant refugee
  foreign xgroupx
`);
export const PEOPLE = words(
  "people person persons man woman men women folk folks community communities lives kids children families ill xgroupx",
);

export const HATE = words("hate hates hated hatred despise despises detest detests loathe loathes abhor resent sick disgust disgusts");
export const CONTEMPT = words(`
  disgusting repulsive vile filth filthy scum garbage trash vermin parasites parasite parasitic cockroaches cockroach rats pigs animals
  subhuman inferior worthless useless stupid dumb idiot idiots idiotic moron morons imbecile pathetic loser losers ugly dirty evil
  disease plague cancer burden waste monkeys apes insects insect maggots leeches snakes savages freaks freak lazy criminals thieves
  liars liar ignorant primitive uncivilised uncivilized barbaric degenerate degenerates abomination unnatural shame scumbag pig rat
`);
export const VIOLENCE = words(`
  kill kills killed killing murder murdered hang hanged hanging shoot shot gas gassed burn burned burnt lynch lynched exterminate
  exterminated eradicate eradicated torture tortured rape raped stab stabbed behead beheaded slaughter slaughtered beat beaten punch
  strangle choke hurt die dead death suffer suffering bomb bombed attack destroy annihilate crush execute executed drown
`);
export const EXCLUSION = words(`
  deport deported deporting expel expelled ban banned banish rid remove removed removing belong belongs place ruin ruining invade
  invading invasion sterilise sterilised sterilized segregated control controlled cleanse purge outlaw locked
`);
export const NEGATIONS = words("not no never don doesn didn isn aren wasn won wouldn shouldn can cannot nobody none without stop nothing");
export const SAYING = words(`
  say saying says said call calling called calls tell telling tweet message messages write writing wrote posted scream screaming
  shout shouting yelled yelling words phrase slogan term slur slurs use uses using believe think claim claiming racist racism sexist
  sexism bigot bigoted homophobic transphobic islamophobic offensive unacceptable wrong dehumanising dehumanizing
`);
export const PRAISE = words(`
  love loves great amazing wonderful proud respect support admire brilliant beautiful equal rights welcome friend friends celebrate kind
  talented awesome fantastic date marry worth worthy valuable value compassion protect protecting protection sympathy human humans trust
  trusted deserve deserves decent good smart intelligent pity mercy equals equality matter matters
`);
export const YOU = words("you your u ur yourself youre");
export const WE = words("we us our ourselves i me my im");
export const WILL = words("will ll gonna going should must let lets need shall ought wish hope want would deserve deserves");
/** Said of oneself and one's friends. */
export const OWN = words("my our we me fellow us proud ourselves am");
