# Testi del portale. Una frase per chiave; i nomi delle chiavi dicono dove compare.

decimal-mark = ,
kilobytes = { $amount } kB
megabytes = { $amount } MB
gigabytes = { $amount } GB
date = { $day ->
    [1] 1º
   *[other] { $day }
} { $month } { $year }
time = { $padded-hour }:{ $minute }

# I mesi come stanno in una data.
month-1 = gennaio
month-2 = febbraio
month-3 = marzo
month-4 = aprile
month-5 = maggio
month-6 = giugno
month-7 = luglio
month-8 = agosto
month-9 = settembre
month-10 = ottobre
month-11 = novembre
month-12 = dicembre

minutes = { $count ->
    [one] { $count } minuto
   *[other] { $count } minuti
}
hours = { $count ->
    [one] { $count } ora
   *[other] { $count } ore
}
hours-and-minutes = { $hours } e { $minutes }

skip = Vai al contenuto
languages = Lingua della pagina
banner-alt = WiFi4EU: Wi-Fi gratuito per gli europei
footer-links = Informazioni
footer-free = Servizio gratuito, senza registrazione e senza pubblicità.
link-terms = Condizioni d’uso
link-privacy = Privacy
link-venue = Il luogo
link-back = Torna alla pagina di accesso

login-title = Wi-Fi gratuito
login-lead = Naviga gratis, senza registrarti.
login-button = Collegati a Internet
login-accept = Premendo il pulsante accetti le regole del servizio.
login-disclaimer-title = Rete pubblica e aperta
login-disclaimer = Il traffico radio non è cifrato. Usa siti e app protetti (https), tieni aggiornato il dispositivo e non condividere cartelle o stampanti.
login-expired = La pagina è rimasta aperta troppo a lungo. Premi di nuovo il pulsante.

online-title = Sei online
online-lead = Ora puoi navigare. Puoi chiudere questa pagina.
online-left = Tempo rimasto
online-until = Fino alle
online-used = Dati usati
online-exempt = Questo dispositivo è sempre abilitato: non serve premere nulla.
online-return = Per rivedere questa pagina o scollegarti apri
online-disconnect = Scollegati
online-disconnect-hint = Il dispositivo torna non collegato; potrai ricollegarti quando vuoi.

disconnected-title = Scollegato
disconnected-lead = Il dispositivo non è più collegato a Internet. Grazie di aver usato il Wi-Fi del Comune.
disconnected-action = Collegati di nuovo

blocked-title = Accesso non consentito
blocked-lead = A questo dispositivo non è consentito l’accesso a questa rete. Per chiarimenti rivolgiti al Comune.

again-title = Riprova tra un momento
again-lead = In questo momento la rete non riesce ad attivare il collegamento. Di solito bastano pochi secondi.
again-action = Riprova

stranger-title = Dispositivo non riconosciuto
stranger-lead = La rete non riconosce ancora il tuo dispositivo. Disattiva e riattiva il Wi-Fi, poi riprova. Se usi una VPN, sospendila per un momento.
stranger-action = Riprova

slow-title = Troppi tentativi
slow-lead = Hai premuto il pulsante molte volte in poco tempo. Aspetta un minuto e riprova.
slow-action = Riprova

refused-title = Richiesta non accettata
refused-lead = La richiesta non veniva da questa pagina. Torna alla pagina di accesso e riprova.
refused-action = Torna alla pagina di accesso

full-text = Il testo completo del Comune si può leggere, una volta collegati, a questo indirizzo:

terms-title = Condizioni d’uso
terms-lead = Poche regole perché la rete resti utile a tutti.
terms-service-title = Il servizio
terms-service = Il Comune offre l’accesso a Internet gratuitamente, senza registrazione e senza pubblicità commerciale. La velocità di ogni dispositivo è limitata; continuità e velocità non sono garantite.
terms-duration-title = Quanto dura
terms-duration = Dopo aver premuto il pulsante il dispositivo resta riconosciuto al massimo fino alla mezzanotte o per 12 ore, secondo la rete; poi basta premere di nuovo.
terms-conduct-title = Uso corretto
terms-conduct = Non usare la rete per attività illecite, per disturbare altri utenti o servizi, per inviare messaggi indesiderati o per violare il diritto d’autore. Ciascuno risponde di ciò che fa in rete.
terms-security-title = Sicurezza
terms-security = La rete è pubblica e aperta: chi è nelle vicinanze può intercettare il traffico non cifrato. Usa connessioni protette (https) o una VPN e non condividere cartelle o stampanti.
terms-limits-title = Responsabilità
terms-limits = Il Comune può limitare o sospendere l’accesso a un dispositivo che disturba il servizio e, nei limiti di legge, non risponde dei danni derivanti dall’uso o dall’interruzione della rete. I minori usano la rete sotto la responsabilità di chi li accompagna.

privacy-title = Privacy
privacy-lead = Informativa ai sensi dell’articolo 13 del Regolamento (UE) 2016/679 (GDPR).
privacy-controller-title = Titolare del trattamento
privacy-controller = { $comune }. Il responsabile della protezione dei dati si contatta attraverso i recapiti pubblicati sul sito istituzionale.
privacy-data-title = Quali dati
privacy-data = L’indirizzo tecnico (MAC) e l’indirizzo IP assegnato al dispositivo, l’ora di inizio e di fine del collegamento e la quantità di dati scambiati. Nessun nome, e-mail, telefono o documento: la legge italiana non richiede di identificare chi usa il Wi-Fi pubblico (art. 10 del decreto-legge 69/2013). Non registriamo i siti visitati, le richieste DNS né le destinazioni, e non usiamo cookie.
privacy-purpose-title = Perché
privacy-purpose = Per dare accesso alla rete, limitare la velocità di ogni dispositivo e proteggere il servizio, nell’esecuzione di un compito di interesse pubblico (art. 6, paragrafo 1, lettera e).
privacy-period-title = Per quanto tempo
privacy-period = Fino alla fine del periodo di riconoscimento, al massimo la mezzanotte o 12 ore secondo la rete; poi i dati del dispositivo sono cancellati. Restano soltanto statistiche anonime. Se il Comune tiene un registro degli accessi per finalità di sicurezza, lo indica nella propria informativa con il periodo di conservazione.
privacy-recipients-title = A chi
privacy-recipients = A nessuno, salvo richiesta dell’autorità giudiziaria. La pagina di accesso può caricare dai server della Commissione europea l’insegna WiFi4EU, che conta gli accessi senza raccogliere dati personali; come per ogni pagina web, quei server vedono l’indirizzo IP pubblico della rete.
privacy-rights-title = I tuoi diritti
privacy-rights = Puoi chiedere al Comune accesso, rettifica, cancellazione, limitazione od opposizione (articoli da 15 a 21) e presentare reclamo al Garante per la protezione dei dati personali. Poiché non sappiamo chi usa un dispositivo, per rispondere può servire il suo indirizzo MAC.

venue-title = Il luogo
venue-lead = Questa rete Wi-Fi è offerta da { $comune }.
venue-place = Luogo
venue-comune = Amministrazione
venue-portal = Pagina della rete
