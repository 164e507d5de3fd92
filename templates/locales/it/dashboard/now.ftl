## now
now-title = Adesso
now-findings = Che cosa richiede attenzione
now-well = Va tutto bene.
now-chart = Traffico degli ultimi dieci minuti
now-all = Tutte le reti
now-names = Certificati e fonti di notizie
now-machine = La macchina
now-kernel = Funzioni del kernel
live-on = In diretta: i numeri si aggiornano da soli.
live-lost = Il collegamento si è interrotto; nuovo tentativo in corso.
live-paused = In pausa: i numeri sono fermi.
live-ended = La sessione è finita. Ricarica la pagina e accedi.
live-pause = Pausa
live-full = Troppe persone stanno guardando. Chiudi una pagina in diretta, oppure ricarica questa di tanto in tanto.
chart-down = verso i dispositivi
chart-up = dai dispositivi
chart-line = capacità della linea
chart-top = Bordo superiore:
chart-about = Traffico degli ultimi dieci minuti: al massimo { $down } verso i dispositivi e { $up } dai dispositivi.
weight-bad = Urgente
weight-doubtful = Attenzione
weight-note = Nota

row-unknown = non noto
row-not-told = non indicata
row-nobody-yet = ancora nessuno
row-granted = In rete
row-captive = Sulla pagina di benvenuto
row-exempt = Esenti
row-blocked = Bloccati
row-down = Verso i dispositivi
row-up = Dai dispositivi
row-capacity-down = Capacità della linea, in ricezione
row-capacity-up = Capacità della linea, in invio
row-to-online = Dal collegamento alla rete
row-to-online-times = metà entro { $half }, quasi tutti entro { $most }
row-uplink = Internet
row-uplink-up = raggiungibile
row-uplink-unwatched = nessuno guarda ([uplink] check è vuoto)
row-uplink-down = non raggiungibile
row-helper = Percorso dei pacchetti
row-helper-up = funziona
row-helper-down = non si può modificare
row-snippet = Banner WiFi4EU
row-snippet-pages = mostrato su { $shown } pagine di { $count }
row-no-snippet = identificativo non impostato
row-self-test = Autotest
row-until = fino alle { $until }
row-feed = Fonte { $host }
row-feeds = Fonti
row-no-feeds = nessuna impostata
row-feed-never = non ha mai risposto
row-feed-not-yet = non ancora interrogata
row-feed-good = ha risposto il { $at }
row-feed-bad = in difficoltà, ultima risposta il { $at }
row-certificate-absent = nessuno
row-certificate-bad = inutilizzabile
row-certificate-good = valido fino al { $until }
row-disk = Disco
row-memory = Memoria
row-stock = { $free } liberi su { $total }
row-state = Sessioni su disco
row-statistics = Statistiche su disco
row-kept = scritte
row-not-kept = non si possono scrivere
row-resolver = Nomi, ultimi dieci minuti
row-queries = { $failed } di { $count } senza risposta
row-queue = Coda in uscita
row-station-queues = Dispositivi con una coda propria, al massimo
row-flowtable = Tabella dei flussi
row-fast-path = Percorso veloce
row-connections = in uso: { $count } connessioni
row-not-allowed = portico-netd non può caricarlo (CAP_BPF)
row-no-fast-path = non caricato: vedi il registro di portico-netd
row-not-wanted = non richiesta
row-absent = questo kernel non ne ha
row-present = in uso

certificate-unreadable = i suoi file non si possono leggere
certificate-none = il file non contiene un certificato
certificate-no-key = il file non contiene una chiave
certificate-mismatch = chiave e certificato non vanno insieme
certificate-unordered = la catena non è in ordine
certificate-wrong-host = è per un altro nome
certificate-early = non è ancora valido
certificate-expired = è scaduto

finding-helper = Il percorso dei pacchetti non si può modificare: nessun nuovo dispositivo va in rete. Chi è in rete vi resta.
finding-helper-do = Guarda il servizio: systemctl status portico-netd, poi journalctl -u portico-netd.
finding-uplink = Internet non è raggiungibile.
finding-uplink-do = Controlla il modem e il suo cavo, poi chiama il fornitore. Intanto la pagina lo dice alle persone.
finding-clock = L'orologio segna { $now }: non è regolato.
finding-clock-do = Fai raggiungere un server dell'ora: timedatectl set-ntp true. Ne dipendono mezzanotte, certificati e statistiche.
finding-disk = Il disco è quasi pieno: restano { $free } su { $total }.
finding-disk-do = Fai spazio: prima i vecchi registri (journalctl --vacuum-size=100M), poi il resto.
finding-memory = La memoria scarseggia: restano { $free } su { $total }.
finding-memory-do = Guarda chi la occupa (top, poi M). A Portico ne serve poca.
finding-line = La linea è piena: viene divisa in parti eque.
finding-line-do = Nulla, a meno che non succeda ogni giorno: allora serve una linea più veloce.
finding-soon = Il certificato di { $host } è valido solo fino al { $until }.
finding-soon-do = Rinnovalo; quello nuovo viene preso da solo quando i file cambiano.
finding-ending = Il certificato di { $host } scade il { $until }: ai telefoni non si annuncia più la pagina di benvenuto.
finding-ending-do = Rinnovalo oggi; quello nuovo viene preso da solo quando i file cambiano.
finding-plain = { $host } non ha un certificato: la sua pagina funziona solo in http.
finding-plain-do = Imposta certificato e chiave della rete. WiFi4EU richiede https.
finding-certificate = Il certificato di { $host } è inutilizzabile: { $why }.
finding-certificate-do = Metti al loro posto i file giusti, catena e chiave; vengono presi da soli quando cambiano.
finding-full = { $network } è piena: { $count } dispositivi in rete.
finding-full-do = Alza max_stations della rete, oppure accorcia il periodo di riconoscimento.
finding-collector = { $network }: il banner WiFi4EU è apparso solo su { $shown } delle ultime { $count } pagine.
finding-collector-do = Apri la pagina di benvenuto con un telefono. Se il banner manca anche lì, il servizio della Commissione non risponde; se dura, scrivi alla sua assistenza.
finding-self-test = { $network }: autotest fino al { $until }. Intanto la Commissione non conta nessuno.
finding-self-test-do = Terminalo dalla pagina della rete, se non stai facendo prove.
finding-resolver = I nomi non si trovano: { $failed } domande su { $count } senza risposta negli ultimi dieci minuti.
finding-resolver-do = Controlla il servizio dei nomi: systemctl status dnsmasq, e se i suoi server rispondono.
finding-feed = Le notizie di { $host } non arrivano: ultima risposta il { $since }. Si mostrano ancora le vecchie.
finding-feed-do = Apri il suo indirizzo in un browser. Se è cambiato, correggilo nelle impostazioni.
finding-feed-never = Le notizie di { $host } non arrivano: non ha mai risposto.
finding-feed-never-do = Controlla che l'indirizzo nelle impostazioni sia giusto.
finding-state = Le sessioni in corso non si possono scrivere su disco.
finding-state-do = Controlla se il disco è pieno o in sola lettura (portico status dice perché). Intanto nessuno viene scollegato.
finding-state-before = { $count ->
    [one] Una volta dall'avvio le sessioni in corso non si sono potute scrivere su disco. Ora sì.
   *[other] { $count } volte dall'avvio le sessioni in corso non si sono potute scrivere su disco. Ora sì.
}
finding-state-before-do = Se succede ancora, prova il disco.
finding-state-lost = L'archivio dello stato era danneggiato e all'avvio ne è stato cominciato uno nuovo. I blocchi e le esenzioni di singoli dispositivi decisi qui o da comando sono persi.
finding-state-lost-do = Guarda in Dispositivi e ordinali di nuovo. Il file danneggiato è { $file }; viene eliminato dopo un giorno.
finding-state-aside = { $count ->
    [0] L'archivio dello stato era danneggiato e all'avvio ne è stato cominciato uno nuovo. Non conteneva blocchi o esenzioni di singoli dispositivi.
    [one] L'archivio dello stato era danneggiato e all'avvio ne è stato cominciato uno nuovo. Un blocco o esenzione di un singolo dispositivo è stato recuperato e vale ancora.
   *[other] L'archivio dello stato era danneggiato e all'avvio ne è stato cominciato uno nuovo. { $count } blocchi ed esenzioni di singoli dispositivi sono stati recuperati e valgono ancora.
}
finding-state-aside-do = Confrontali con quelli che ricordi, e prova il disco. Il file danneggiato è { $file }; viene eliminato dopo un giorno.
finding-statistics-aside = L'archivio delle statistiche era danneggiato. È stato messo da parte come { $file } e ne è stato cominciato uno nuovo: le statistiche precedenti mancano.
finding-statistics-aside-do = Ripristina una copia: lo spiega portico restore --help. E prova il disco.
finding-statistics = Le statistiche non si possono scrivere su disco e aspettano in memoria.
finding-statistics-do = Controlla se il disco è pieno o in sola lettura (portico status dice perché).
finding-statistics-lost = { $count ->
    [one] Le statistiche di un'ora sono andate perse, perché troppe aspettavano di essere scritte.
   *[other] Le statistiche di { $count } ore sono andate perse, perché troppe aspettavano di essere scritte.
}
finding-statistics-lost-do = Controlla se il disco è pieno o guasto.
finding-queue = I pacchetti escono da { $interface } nell'ordine in cui arrivano: a linea piena le chiamate possono andare a scatti.
finding-queue-do = Usa un kernel con sch_cake o sch_fq_codel; portico doctor dice che cosa manca.
finding-station-queues = I dispositivi non hanno code proprie: una linea piena si divide con i soli limiti.
finding-station-queues-do = Usa un kernel con sch_htb e ifb; portico doctor dice che cosa manca.
finding-flowtable = È richiesta una tabella dei flussi e questo kernel non ne ha: i pacchetti fanno la via normale.
finding-flowtable-do = Usa un kernel con nf_flow_table, oppure togli la riga dalle impostazioni.
finding-fast-path = Il kernel non ha accettato il percorso veloce: le connessioni fanno la via normale, che costa più processore.
finding-fast-path-do = Guarda il registro di portico-netd; portico doctor riporta le parole del kernel.
finding-audit = { $count ->
    [one] Il registro delle azioni non si può scrivere: manca una riga.
   *[other] Il registro delle azioni non si può scrivere: mancano { $count } righe.
}
finding-audit-do = Controlla se il disco è pieno o in sola lettura. Intanto gli indirizzi interi dei dispositivi non si mostrano a nessuno.
