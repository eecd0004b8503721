/**
 * Words of letters, tickets and forms that name nobody, and look as if they did: alone in a line, or after "Kind regards". What stands in
 * the lists of `context-words.ts` and `identity-words.ts` is left alone as well.
 */
export const FORM_WORDS =
  // Parts of a curriculum vitae and of a form.
  `experience education skills summary references languages profile objective certifications interests nationality occupation signature
  beruf berufserfahrung ausbildung kenntnisse lebenslauf unterschrift staatsangehörigkeit familienstand anschrift betreff hiermit
  expérience formation compétences signature nationalité profession objet experiencia formación firma nacionalidad asunto
  esperienza formazione firma cittadinanza oggetto experiência formação assinatura nacionalidade assunto
  ervaring opleiding handtekening nationaliteit onderwerp doświadczenie wykształcenie podpis obywatelstwo temat
  arrendatario arrendataria arrendador inquilino locataire bailleur mieter vermieter huurder verhuurder najemca inquilina
  solicitante titular destinatario remitente destinataire expéditeur empfänger absender ontvanger afzender odbiorca nadawca

  customer service helpdesk support sales billing accounting department reception management
  kundenservice kundendienst kundenbetreuung buchhaltung vertrieb einkauf personalabteilung geschäftsführung rechnungsstelle
  clientèle comptabilité direction atención administración soporte contabilidad servizio clienti assistenza amministrazione
  atendimento suporte financeiro klantenservice klantendienst boekhouding verkoop directie
  dział obsługi klienta biuro księgowość sekretariat zespół`;
