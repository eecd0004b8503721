const SUBJECT = String.raw`(?:documents?|passages?|sources?|context|excerpts?|texts?|materials?|information provided|files?|handbook|policy|policies|contracts?|agreement)`;
const HOLD = String.raw`(?:hold|contain|mention|include|provide|specify|state|say|cover|address|answer|give|have|discuss|describe|indicate|list|tell|define)`;
const PATTERNS: readonly RegExp[] = [
  new RegExp(String.raw`\b${SUBJECT}\b[^.!?\n]{0,60}\b(?:do|does|did)(?: not|n['’]t)\b[^.!?\n]{0,20}\b${HOLD}`, "i"),
  new RegExp(String.raw`\b(?:no|not any)\b[^.!?\n]{0,40}\b(?:information|answer|mention|details?|data)\b[^.!?\n]{0,60}\b${SUBJECT}`, "i"),
  new RegExp(
    String.raw`\b(?:not|n['’]t|cannot|unable to)\b[^.!?\n]{0,40}\b(?:find|found|mentioned|specified|stated|answer|covered|determine|contained|held|included|provided)\b[^.!?\n]{0,60}\b${SUBJECT}`,
    "i",
  ),
  new RegExp(String.raw`\b${SUBJECT}\b[^.!?\n]{0,40}\b(?:holds?|contains?|says?|has|have|provides?|gives?) (?:no|nothing)\b`, "i"),
  /\b(?:i|we) (?:do not|don['’]t|cannot|can['’]t|could not|couldn['’]t) (?:have (?:any |enough )?information|find (?:an answer|any|that|this|information)|know|answer (?:that|this|your))/i,
  /\bnot (?:found |mentioned |stated |specified )?in (?:the |these |any of the )?(?:provided |given |available )?(?:documents?|context|passages?|sources?)\b/i,
  /\b(?:dokument\p{L}*|unterlagen|quellen|texte?n?|kontext)\b[^.!?\n]{0,60}\b(?:keine?n?|nicht|nichts)\b|\b(?:keine?n?|nicht|nichts)\b[^.!?\n]{0,60}\b(?:dokument\p{L}*|unterlagen|quellen)\b/iu,
  /\bdocuments?\b[^.!?\n]{0,40}\bne\b[^.!?\n]{0,40}\b(?:pas|aucune?|rien)\b|\baucune (?:information|réponse|mention)\b/iu,
  /\b(?:documentos?|fuentes|textos?)\b[^.!?\n]{0,30}\bno (?:contienen?|mencionan?|incluyen?|indican?|dicen?|responden?)|\bno (?:se encuentra|hay|encontré|figura|aparece)\b[^.!?\n]{0,60}\b(?:documentos?|información)/iu,
  /\b(?:documenti|fonti|testi)\b[^.!?\n]{0,30}\bnon (?:contengono|riportano|menzionano|indicano|dicono|rispondono)|\bnon (?:è|sono|ci sono|si trova)\b[^.!?\n]{0,60}\b(?:documenti|informazioni)/iu,
  /\b(?:documentos|fontes|textos)\b[^.!?\n]{0,30}\bnão (?:contêm|mencionam|incluem|indicam|dizem|respondem)|\bnão (?:há|encontrei|consta|existe)\b[^.!?\n]{0,60}\b(?:documentos|informações?)/iu,
  /\bdocumenten\b[^.!?\n]{0,50}\b(?:geen|niet|niets)\b|\b(?:geen|niet|niets)\b[^.!?\n]{0,50}\bdocumenten\b/iu,
  /\bdokument\p{L}*\b[^.!?\n]{0,50}\b(?:inte|ikke|inget|ingen|intet)\b|\b(?:inte|ikke|inget|ingen|intet)\b[^.!?\n]{0,50}\bdokument\p{L}*\b/iu,
  /\bdokumentit?\b[^.!?\n]{0,50}\b(?:eivät|ei)\b|\basiakirj\p{L}*\b[^.!?\n]{0,50}\b(?:eivät|ei|ole)\b/iu,
  /(?:документ\p{L}*|источник\p{L}*)[^.!?\n]{0,50}(?:^|\s)(?:нет|не)(?:\s|$)|(?:^|\s)(?:нет|не)\s[^.!?\n]{0,50}(?:документ|источник)/iu,
  /(?:文書|資料|ドキュメント|文档|文件|資料中|文檔)[^。！？\n]{0,40}(?:ありません|いません|ない|没有|沒有|未|不包含|无法)|문서[^.!?\n]{0,40}(?:없|않)/u,
];

/** The plain word stands at the beginning: what follows may say what the documents hold instead. */
const LOOKED_AT_CHARS = 400;

/** Whether an answer says that the documents do not hold what was asked for, in one of the languages that are stemmed, or in Chinese, Japanese or Korean. */
export function saysNotHeld(answer: string): boolean {
  const text = answer.slice(0, LOOKED_AT_CHARS);
  return PATTERNS.some((pattern) => pattern.test(text));
}
