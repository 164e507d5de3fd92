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
date-and-time = { $date }, ore { $time }

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
crest-alt = Stemma: { $comune }
footer-links = Informazioni
footer-free = Servizio gratuito, senza registrazione e senza pubblicità.
eu-funding = Cofinanziato dall’Unione europea
eu-disclaimer = I contenuti di queste pagine sono del solo Comune; l’Unione europea non è responsabile dell’uso che può esserne fatto.
selftest = Collaudo WiFi4EU in corso
link-terms = Condizioni d’uso
link-privacy = Privacy
link-accessibility = Accessibilità
link-venue = Il luogo
link-news = Novità
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
online-plan = Velocità di questo dispositivo
online-down = Ricezione
online-up = Invio
online-day = Dati di oggi a piena velocità
online-slow = I dati di oggi a piena velocità sono finiti: fino a mezzanotte questo dispositivo è più lento.
online-exempt = Questo dispositivo è sempre abilitato: non serve premere nulla.
online-return = Per rivedere questa pagina o scollegarti apri
online-disconnect = Scollegati
online-disconnect-hint = Il dispositivo torna non collegato; potrai ricollegarti quando vuoi.

# Quando il collegamento del Comune con Internet è interrotto.
down-title = Qui ora non c’è Internet
down-lead = Il Wi-Fi funziona, ma il collegamento con Internet è interrotto. Di solito torna in breve tempo: riprova tra qualche minuto.
down-online = Il dispositivo resta abilitato: quando Internet torna, puoi navigare senza premere nulla.
down-action = Riprova

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

# Condizioni, privacy e accessibilità: i testi stanno in legal.ftl, solo in italiano e inglese.
legal-languages = Questo testo esiste solo in italiano e in inglese.
full-text = Il testo completo del Comune si può leggere, una volta collegati, a questo indirizzo:

venue-title = Il luogo
venue-lead = Questa rete Wi-Fi è offerta da { $comune }.
venue-place = Luogo
venue-comune = Amministrazione
venue-portal = Pagina della rete

# Avvisi urgenti: la parola accanto all’icona dice quanto sono gravi, per chi non vede il colore.
notices-title = Avvisi urgenti
notices-more = { $count ->
    [one] Un altro avviso
   *[other] Altri { $count } avvisi
}
notice-red = Pericolo
notice-orange = Allerta
notice-yellow = Attenzione
notice-green = Buone notizie
notice-blue = Informazione
notice-purple = Importante
notice-until = Fino a: { $when }
notice-source = Fonte: { $source }
notice-link = Maggiori informazioni

# Novità del Comune.
news-title = Novità
news-all = Tutte le novità
news-none = Per ora non ci sono novità.
news-pinned = In evidenza
news-more = Continua a leggere sul sito
news-more-after = Il resto si legge sul sito, che si apre dopo il collegamento:
news-more-offline = Il resto si legge sul sito, quando torna Internet:

# Servizi digitali: schede sotto il pulsante. Titolo di ogni tipo e una riga di spiegazione.
services-title = Servizi digitali
service-now = Si apre subito
service-after = Dopo il collegamento
service-offline = Quando torna Internet
service-call = Chiama { $number }
service-io = App IO
service-io-hint = Messaggi, avvisi e pagamenti degli enti pubblici sul telefono.
service-municipium = App Municipium
service-municipium-hint = Notizie, segnalazioni e raccolta dei rifiuti.
service-certificates = Certificati anagrafici
service-certificates-hint = Residenza, nascita, stato di famiglia: gratis, con SPID o CIE.
service-fines = Multe
service-fines-hint = Consultare e pagare una sanzione.
service-payments = Pagamenti pagoPA
service-payments-hint = Tributi, mensa e altri pagamenti al Comune.
service-appointments = Prenota un appuntamento
service-appointments-hint = Scegli lo sportello, il giorno e l’ora.
service-sue = Sportello edilizia (SUE)
service-sue-hint = Pratiche edilizie e paesaggistiche.
service-suap = Sportello imprese (SUAP)
service-suap-hint = Aprire, cambiare o chiudere un’attività.
service-youtube = Canale YouTube
service-youtube-hint = Consigli comunali ed eventi in video.
service-help = Aiuto con i servizi digitali
service-help-hint = Punti di facilitazione: qualcuno ti aiuta, gratis e di persona.
service-emergency = Emergenza 112
service-emergency-hint = Numero unico: soccorso, vigili del fuoco, polizia. Gratis e sempre attivo.
service-website = Sito del Comune
service-website-hint = Uffici, orari, albo pretorio e documenti.
