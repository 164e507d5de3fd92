# Parole dei rapporti: tabelle, pagine, insiemi di dati aperti.

## Titoli
catalogue-title = Dati del Wi-Fi pubblico
catalogue-about = Uso e disponibilità del Wi-Fi pubblico del comune, in forma anonima e aggregata.
usage-title = Uso del Wi-Fi pubblico WiFi4EU
usage-about = Uso delle reti Wi-Fi pubbliche WiFi4EU del comune: accessi, sessioni, traffico e tempi per rete e per ora, in forma anonima e aggregata.
usage-sheet = Uso
availability-title = Disponibilità del Wi-Fi pubblico WiFi4EU
availability-about = Disponibilità delle reti Wi-Fi pubbliche WiFi4EU del comune: minuti fuori servizio per giorno e per causa, giorni persi nell'anno, velocità osservata della linea.
availability-sheet = Disponibilità
installation-title = Punti di accesso WiFi4EU
installation-about = Punti di accesso delle reti WiFi4EU, come li chiede il portale della Commissione.
installation-sheet = Installazione
summary-title = Rapporto sul Wi-Fi pubblico WiFi4EU
summary-about = Uso, disponibilità e obblighi delle reti Wi-Fi pubbliche WiFi4EU.
summary-sheet = Rapporto
columns-sheet = Colonne
yes = sì
no = no
all-networks = Tutte le reti
column-title = Titolo
column-name = Nome nei file CSV e JSON
column-about = Che cosa contiene

## Colonne
col-network = Rete
    .about = Nome breve della rete, sempre lo stesso; * per tutte le reti insieme.
col-network-id = Identificativo WiFi4EU
    .about = Identificativo della rete nel portale WiFi4EU della Commissione europea.
col-network-name = Luogo
    .about = Nome del luogo.
col-comune = Amministrazione
    .about = Amministrazione che offre il servizio.
col-istat-code = Codice ISTAT
    .about = Codice ISTAT del comune.
col-date = Data
    .about = Giorno di calendario nel fuso orario del luogo.
col-hour = Ora
    .about = Ora locale di inizio, da 0 a 23. Quando finisce l'ora legale, le 2 ci sono due volte.
col-begins = Inizio
    .about = Istante d'inizio con lo scarto da UTC.
col-month = Mese
    .about = Mese di calendario.
col-portal-views = Pagine viste
    .about = Volte che una pagina del portale è stata mostrata.
col-grants = Accessi concessi
    .about = Volte che il pulsante ha dato accesso.
col-new-sessions = Sessioni nuove
    .about = Sessioni iniziate.
col-returning-sessions = Ritorni
    .about = Volte che un dispositivo è tornato entro il periodo di riconoscimento, senza rivedere il portale.
col-peak-concurrent = Sessioni contemporanee, massimo
    .about = Numero massimo di sessioni nello stesso momento.
col-mean-concurrent = Sessioni contemporanee, media
    .about = Numero medio di sessioni nello stesso momento.
col-unique-devices-day = Dispositivi del giorno (stima)
    .about = Stima dei dispositivi diversi di tutto il giorno, la stessa in ogni ora: non va sommata. Chi cambia indirizzo è contato più volte. Nelle righe di tutte le reti (*) chi è stato su due reti è uno solo.
col-unique-devices-month = Dispositivi del mese (stima)
    .about = Stima dei dispositivi diversi di tutto il mese. Chi cambia indirizzo è contato più volte. Nelle righe di tutte le reti (*) chi è stato su due reti è uno solo.
col-bytes-down = Byte ricevuti
    .about = Byte IP verso i dispositivi.
col-bytes-up = Byte inviati
    .about = Byte IP dai dispositivi.
col-session-s-median = Durata mediana (s)
    .about = Durata mediana delle sessioni finite, secondi.
col-session-s-p90 = Durata, 90 % (s)
    .about = Durata che nove sessioni su dieci non superano, secondi.
col-portal-load-ms-p50 = Caricamento mediano (ms)
    .about = Tempo mediano di caricamento del portale, misurato dalla pagina stessa, millisecondi.
col-portal-load-ms-p95 = Caricamento, 95 % (ms)
    .about = Tempo di caricamento che 95 pagine su 100 non superano, millisecondi.
col-online-ms-p50 = Attesa mediana (ms)
    .about = Tempo mediano dal primo contatto all'accesso, millisecondi.
col-online-ms-p95 = Attesa, 95 % (ms)
    .about = Tempo dal primo contatto all'accesso che 95 volte su 100 non è superato, millisecondi.
col-snippet-ok-ratio = Identità visiva mostrata
    .about = Quota delle pagine in cui l'identità visiva WiFi4EU è stata mostrata, da 0 a 1.
col-refused = Accessi non riusciti
    .about = Pressioni del pulsante che non hanno potuto dare accesso.
col-blocked = Accessi bloccati
    .about = Pressioni del pulsante da dispositivi bloccati.
col-best-down-mbps = Velocità osservata (Mbit/s)
    .about = Migliore velocità della linea verso i dispositivi in un minuto, di tutte insieme le reti in cui almeno cinque dispositivi hanno scambiato dati. La linea porta almeno questo.
col-best-up-mbps = Velocità osservata in salita (Mbit/s)
    .about = Migliore velocità della linea dai dispositivi in un minuto, allo stesso modo.
col-line-use-down = Uso della linea in discesa (quota)
    .about = Quota della capacità della linea verso i dispositivi usata nel suo minuto migliore, da 0 a 1; vuoto dove la capacità non è indicata o viene misurata.
col-line-use-up = Uso della linea in salita (quota)
    .about = Quota della capacità della linea dai dispositivi usata nel suo minuto migliore, da 0 a 1.
col-minutes-observed = Minuti osservati
    .about = Minuti per i quali si sa se la rete era in servizio. Del resto non si dice nulla.
col-minutes-down = Minuti fuori servizio
    .about = Minuti fuori servizio, tutte le cause.
col-minutes-down-uplink = Minuti senza Internet
    .about = Minuti senza Internet dietro il gateway.
col-minutes-down-power = Minuti senza corrente
    .about = Minuti in cui il gateway era spento.
col-minutes-down-daemon = Minuti senza programma
    .about = Minuti in cui il programma non era in funzione.
col-minutes-down-planned = Minuti programmati
    .about = Minuti fuori servizio durante lavori annunciati, qualunque sia la causa, e nella prima ora dopo un arresto ordinato del servizio.
col-main-cause = Causa principale
    .about = Causa del tempo maggiore: uplink, power, daemon, planned.
col-day-lost = Giorno perso
    .about = Se la rete è stata fuori servizio per almeno metà del giorno.
col-works = Lavori annunciati
    .about = Lavori annunciati in anticipo per il giorno, ciascuno con l'ora locale e il motivo.
col-days-lost-year = Giorni persi nell'anno
    .about = Giorni persi dal 1º gennaio, contro i 60 l'anno ammessi (convenzione di sovvenzione, articolo 9). Vuoto finché di nessun giorno dell'anno si sa se è perso.
col-name = Nome della rete
    .about = Nome della rete nel portale WiFi4EU, al massimo 75 caratteri.
col-url = Indirizzo del portale
    .about = Indirizzo del captive portal.
col-domain-name = Nome di dominio
    .about = Nome di dominio del captive portal.
col-network-identifier = Identificativo della rete
    .about = Identificativo dato dal portale WiFi4EU.
col-number = Numero
    .about = Numero progressivo del punto di accesso nella rete.
col-location-type = Tipo di luogo
    .about = Dall'elenco del portale WiFi4EU.
col-location = Luogo
    .about = Nome del luogo, al massimo 75 caratteri.
col-latitude = Latitudine
    .about = Gradi nord, sei decimali.
col-longitude = Longitudine
    .about = Gradi est, sei decimali.
col-indoor-outdoor = Interno o esterno
    .about = indoor o outdoor.
col-device-brand = Marca
    .about = Marca del punto di accesso.
col-model-number = Modello
    .about = Modello del punto di accesso.
col-serial-number = Numero di serie
    .about = Numero di serie del punto di accesso.
col-mac-address = Indirizzo MAC
    .about = Indirizzo MAC del punto di accesso.
col-from = Dal
    .about = Primo giorno.
col-to = Al
    .about = Ultimo giorno, compreso.
col-figure = Voce
    .about = Nome della voce, sempre lo stesso.
col-figure-title = Descrizione
    .about = Descrizione della voce.
col-value = Valore
    .about = Valore della voce. Vuoto: non comunicato o non noto.
col-at-least = Almeno
    .about = Se il valore è una somma in cui mancano parti non comunicate: il vero è lo stesso o maggiore.
col-state = Stato
    .about = Stato dell'obbligo, in parole.

## Voci del rapporto
figure = Voce
value = Valore
figure-portal-views = Pagine del portale viste
figure-grants = Accessi concessi
figure-new-sessions = Sessioni
figure-returning-sessions = Ritorni senza rivedere il portale
figure-peak-concurrent = Sessioni contemporanee, massimo
figure-unique-devices-day-most = Dispositivi nel giorno più frequentato (stima)
figure-unique-devices-month-most = Dispositivi nel mese più frequentato (stima)
figure-bytes-down = Traffico verso i dispositivi
figure-bytes-up = Traffico dai dispositivi
figure-session-s-median = Durata mediana delle sessioni, secondi
figure-session-s-p90 = Durata che il 90 % delle sessioni non supera, secondi
figure-portal-load-ms-p50 = Caricamento mediano del portale, millisecondi
figure-portal-load-ms-p95 = Caricamento che il 95 % delle pagine non supera, millisecondi
figure-online-ms-p50 = Attesa mediana fino all'accesso, millisecondi
figure-online-ms-p95 = Attesa che il 95 % non supera, millisecondi
figure-refused = Accessi non riusciti
figure-blocked = Accessi bloccati
figure-minutes-observed = Minuti osservati
figure-minutes-down = Minuti fuori servizio
figure-minutes-down-uplink = Minuti senza Internet
figure-minutes-down-power = Minuti senza corrente
figure-minutes-down-daemon = Minuti senza programma
figure-minutes-down-planned = Minuti di fermo voluto
figure-days-lost-year-most = Giorni persi nell'anno peggiore
figure-best-down-mbps = Migliore velocità osservata della linea, Mbit/s
figure-views-language = Pagine viste in lingua { $language }
figure-sessions-family = Sessioni da dispositivi { $family }
figure-session-length = Durata delle sessioni
figure-load-time = Caricamento del portale
figure-to-online = Dal primo contatto all'accesso
figure-languages = Lingue delle pagine
figure-families = Dispositivi
figure-hours-down = Fuori servizio, tutte le reti insieme
figure-devices-short = Dispositivi al giorno, max
figure-bytes-down-short = Traffico
figure-days-lost-short = Giorni persi
quantiles = metà entro { $middle }, { $share } % entro { $most }
at-least = almeno { $count }
not-told = non comunicato
not-known = non noto
others = altri
family-android = Android
family-apple = Apple
family-windows = Windows
family-other = altri

## Obblighi
duty = Obbligo
measured = Misura
state = Stato
duty-users = Almeno 10 utenti per rete (articolo 4.2)
duty-users-measured = { $count } dispositivi nel periodo più frequentato (stima)
duty-users-unknown = troppo pochi per essere comunicati
duty-days = Non più di 60 giorni l'anno fuori servizio (articolo 9)
duty-days-measured = { $count } giorni persi nell'anno peggiore
duty-days-measured-partly = { $count } giorni persi nell'anno peggiore; di { $unknown } giorni non si sa
duty-days-unknown = non si sa di nessun giorno
duty-line = Linea di almeno 30 Mbit/s (allegato I, 2.3.2)
duty-line-measured = { $rate } Mbit/s osservati
duty-period = Riconoscimento fino a mezzanotte o al massimo 12 ore (allegato I, 2.1.1)
duty-period-midnight = fino a mezzanotte
duty-period-unknown = mai oltre il consentito
duty-period-hours = { $time }
state-met = Rispettato
state-open = Non ancora dimostrato
state-broken = Non rispettato

## Pagine
summary-period = dal { $from } al { $to }
summary-of-networks = { $count ->
    [1] Rete
   *[other] { $count } reti
}: { $names }{ $more ->
    [0] .
   *[other] {" "}e altre { $more }.
}
summary-figures = In breve
summary-duties = Obblighi della convenzione di sovvenzione
other-networks = altre { $count } reti
summary-networks = Rete per rete
network = Rete
summary-made = Fatto con Portico il { $day }. Pagina { $page } di 2.
chart-sessions = Sessioni per { $unit }
chart-day = giorno
chart-month = mese
chart-year = anno
chart-empty = Nessuna sessione.
chart-sessions-alt = Grafico a barre delle sessioni per { $unit }, dal { $from } al { $to }. Massimo { $most } ({ $busiest }), minimo { $least } ({ $quietest }). I valori di ogni barra sono nell'esportazione dell'uso.
chart-service = Calendario del servizio
chart-service-alt = Calendario del servizio dal { $from } al { $to }: { $whole } giorni senza interruzioni, { $part } giorni con interruzioni, { $lost } giorni persi. Di più reti conta la peggiore del giorno. I giorni senza segno non sono stati osservati.
legend-whole = senza interruzioni
legend-part = con interruzioni
legend-lost = giorno perso
legend-alt = Legenda: un quadrato pieno è un giorno senza interruzioni, mezzo quadrato un giorno con interruzioni, una croce un giorno perso.
method = Metodo
method-short = Dati aggregati e anonimi. Dati che riguardano da 1 a 4 persone, e quelli da cui si ricaverebbero, non sono comunicati: la cella è vuota. I dispositivi sono stime.
method-counting = Si contano eventi per rete e per ora, mai persone: nessun indirizzo, nessun identificativo, nessun sito visitato è conservato nelle statistiche. Ore e giorni sono quelli del luogo; quando cambia l'ora un giorno ha 23 o 25 ore.
method-devices = I dispositivi diversi sono stimati (errore tipico 2,3 %) con una chiave che è distrutta alla fine del giorno o del mese. I telefoni che cambiano indirizzo sono contati più volte. La Commissione conta i caricamenti del portale: i suoi numeri sono diversi da questi.
method-small = Valori tra 1 e 4 non sono comunicati, e nemmeno altri da cui si ricaverebbero; «almeno» precede le somme a cui mancano. Lingue e tipi di dispositivo sono comunicati solo per mesi interi.
method-service = Fuori servizio è il tempo senza Internet, senza corrente, senza programma o programmato: lavori annunciati e la prima ora dopo un arresto ordinato. Dove nessuno guarda se c'è Internet, di nessun tempo si sa che il servizio funzionava. Un giorno è perso quando la rete è stata fuori servizio per almeno metà del giorno.
method-line = La velocità della linea è la migliore osservata in un minuto di traffico vero delle reti in cui almeno cinque dispositivi hanno scambiato dati: la linea porta almeno questo. Se nessuno ha chiesto di più, non dimostra un difetto.

## Avvisi
note-not-over = Il { $day } e i giorni seguenti non sono finiti e non sono compresi.
note-dcat-comuni = Nessuna descrizione DCAT-AP_IT: le reti sono di più amministrazioni. Esportare una amministrazione alla volta con --network.
note-dcat-ipa = Nessuna descrizione DCAT-AP_IT: manca «ipa» nella rete { $network }.

## Pagina pubblica
page-title = Il Wi-Fi in numeri
page-lead = Quanto è usato il Wi-Fi pubblico e gratuito del { $comune }, mese per mese dal { $from } al { $to }. Pagina aggiornata il { $day }.
page-all = Tutte le reti
page-caption = Mese per mese: { $network }
page-month = Mese
page-sessions = Sessioni
page-devices = Dispositivi diversi (stima)
page-traffic = Dati trasmessi
page-median = Sessione mediana
page-service = In servizio
page-total = Totale
page-minutes = { $minutes } min
page-at-least = almeno { $value }
page-not-told = n. d.
page-chart-alt = { $title }, { $network }: grafico a barre per mese. Massimo { $most } ({ $busiest }), minimo { $least } ({ $quietest }). I valori sono nella tabella.
page-chart-empty = { $title }, { $network }: nessun valore.
page-twice = Per tutte le reti insieme, i dispositivi sono la somma di quelli di ogni rete: chi ne usa due conta due volte. Tra mesi diversi non si sommano.
page-bars = «n. d.» sta per un valore non comunicato o non noto. Nei grafici una barra vuota è un valore «almeno».
page-service-note = In servizio è la parte del tempo in cui la rete funzionava: senza Internet, senza corrente o ferma, non lo era.
page-licence = Dati con licenza Creative Commons Attribuzione 4.0 (CC BY 4.0):
page-open-data = Dati aperti da scaricare:
page-month-name = { $number ->
    [1] gennaio
    [2] febbraio
    [3] marzo
    [4] aprile
    [5] maggio
    [6] giugno
    [7] luglio
    [8] agosto
    [9] settembre
    [10] ottobre
    [11] novembre
   *[12] dicembre
} { $year }
