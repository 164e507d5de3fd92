## figures
figures-title = Statistiche
figures-ways = Pagine delle statistiche
figures-charts = Grafici
figures-compare = Confronto
figures-calendar = Disponibilità
figures-exports = Esportazioni
figures-choose = Scegli che cosa vedere
figures-network = Rete
figures-all = Tutte le reti
figures-span = Periodo
figures-span-day = Giorno
figures-span-week = Settimana
figures-span-month = Mese
figures-span-year = Anno
figures-at = Che contiene il giorno
figures-with = Confronta con quello che contiene il giorno
figures-go = Mostra
figures-network-wrong = Questa rete non c'è.
figures-span-wrong = Scegli giorno, settimana, mese o anno.
figures-day-wrong = Scrivi un giorno come 2026-10-31.
figures-turn = Altri periodi
figures-before = Periodo prima
figures-after = Periodo dopo
figures-nothing = Di questo periodo non si sa nulla.
figures-when = Quando
figures-total = In tutto
figures-views = Visite al portale
figures-sessions = Sessioni nuove
figures-returning = Ritorni nel periodo
figures-devices = Dispositivi diversi (stima)
figures-traffic = Traffico
figures-peak = Massimo contemporaneo
figures-down = Verso i dispositivi
figures-up = Dai dispositivi
figures-out = Fuori servizio
figures-service = In servizio
figures-lost = Giorni persi
figures-at-least = almeno
figures-most = Massimo:
figures-least = minimo:
figures-chart-empty = Nessun valore.
figures-see-table = I valori sono nella tabella sotto i grafici.
figures-figure = Dato
figures-difference = Differenza
figures-month-name = { $count ->
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
}
figures-cause-uplink = linea Internet
figures-cause-power = corrente
figures-cause-daemon = servizio fermo
figures-cause-planned = lavori annunciati
figures-day-good = in servizio
figures-day-partly = fuori servizio per meno di mezza giornata
figures-day-lost = fuori servizio per mezza giornata o più
figures-day-unknown = non si sa
figures-out-of-service = Fuori servizio
figures-too-many = Più di quanti consente la convenzione.
figures-month-head = Mese
figures-day-head = Giorno
figures-state = Stato
figures-cause = Causa principale
figures-troubled = Giorni con interruzioni
figures-choose-network = Scegli una rete per vederne il calendario.
figures-method = Come si conta
figures-method-small = I valori che riguardano meno di cinque persone non sono mostrati, né quelli da cui si potrebbero ricavare: sono le stesse regole delle esportazioni. Dove manca qualcosa c'è scritto «almeno» e la barra è vuota all'interno.
figures-method-devices = I dispositivi diversi sono una stima. Di più reti è la somma di quelli di ciascuna.
figures-method-today = Del giorno in corso non si dice nulla prima che sia finito; del mese in corso si dicono i giorni finiti.
figures-method-compare = Si confronta solo quello che è noto per intero in tutti e due i periodi.
figures-method-lost = Un giorno è perso quando la rete è stata fuori servizio per metà del giorno o più, per qualunque causa. La convenzione di sovvenzione (articolo 9) ne consente 60 all'anno. I giorni non osservati non contano né da una parte né dall'altra.
figures-rate = Velocità migliore (dovuti 30 Mbit/s)
figures-rate-good = (raggiunti)
figures-rate-low = (non ancora visti)
figures-method-rate = La velocità è la migliore vista in un minuto sulla linea verso i dispositivi, con almeno cinque persone: la linea può portare di più di quanto è stato usato. La convenzione ne vuole almeno 30 Mbit/s.
works-title = Lavori annunciati
works-about = Ciò che è fuori servizio durante lavori annunciati conta come programmato, qualunque sia la causa. I lavori si annunciano prima che comincino, al più un anno prima e per 31 giorni al massimo; quelli finiti restano agli atti. I giorni dell'anno sono gli stessi: anche un giorno programmato è un giorno perso.
works-new = Annuncia lavori
works-number = N.
works-from = Dalle
works-from-hint = Ora locale. Al più presto dal minuto in cui sono annunciati.
works-to = Alle
works-reason = Motivo
works-reason-hint = Compare nelle esportazioni e, se vuoi, sulla pagina delle persone: non nominare nessuno.
works-notice = Avvisa le persone sulla pagina del portale, da un giorno prima
works-announce = Annuncia
works-none = Nessun lavoro annunciato.
works-change = Modifica
works-ahead = futuri
works-running = in corso
works-over = finiti
works-remove = Rimuovi
works-end = Termina ora
works-time-wrong = Scrivi un'ora come 2026-12-24T20:00.
works-time-gap = Quest'ora non esiste: quella notte gli orologi la saltano.
works-time-fold = Quest’ora si ripete: quella notte gli orologi tornano indietro. Indicare sotto quale delle due.
works-reason-empty = Scrivi un motivo, in una riga.
works-reason-long = Un motivo ha al massimo 140 caratteri.
works-order = La fine non è dopo l'inizio.
works-past = L'inizio è passato: i lavori si annunciano prima che comincino.
works-long = Durano più di 31 giorni: annunciali in parti.
works-far = Cominciano fra più di un anno.
works-overlap = Per una parte di quel tempo sulla stessa rete sono già annunciati i lavori { $number }.
works-full = Ci sono già 100 lavori annunciati: rimuovine prima uno.
works-gone = Questi lavori non ci sono più.
works-are-over = Questi lavori sono finiti: restano agli atti.
works-untold = È fatto, ma l'avviso sulla pagina delle persone non è stato cambiato. Vedi Pagina.
audit-did-works-add = ha annunciato lavori
audit-did-works-remove = ha ritirato lavori annunciati
audit-did-works-restore = ha ripristinato lavori annunciati da una copia
audit-did-works-end = ha terminato lavori annunciati
figures-method-planned = Programmato è ciò che era fuori servizio durante lavori annunciati, e la prima ora di un arresto ordinato del servizio.
exports-title = Esportazioni
exports-yours = Le tue esportazioni
exports-from = Dal giorno
exports-to = Al giorno, compreso
exports-by = Righe dell'utilizzo
exports-by-hour = per ora
exports-by-day = per giorno
exports-by-month = per mese
exports-lang = Lingua
exports-lang-it = italiano
exports-lang-en = inglese
exports-field-wrong = Così non va bene:
exports-usage = Utilizzo
exports-usage-about = Visite, sessioni, dispositivi, traffico: una riga per ora, giorno o mese di ogni rete.
exports-availability = Disponibilità
exports-availability-about = Giorno per giorno il tempo fuori servizio e perché, i giorni persi nell'anno, la velocità misurata.
exports-installation = Installazione
exports-installation-about = Reti e punti di accesso come vuole dichiararli il portale della Commissione. Le date non contano.
exports-summary = Riepilogo
exports-summary-about = Due pagine con grafici e obblighi, da firmare.
exports-page = Il Wi-Fi in numeri
exports-page-about = Una pagina per il sito del comune. Conta solo i mesi interi.
exports-audit = Registro delle azioni
exports-noted = Ogni esportazione è annotata nel registro delle azioni con l'impronta SHA-256 di ogni file. I file spariscono dopo dieci minuti, o quando li elimini.
exports-full = Ci sono già troppe esportazioni in corso o da scaricare. Scarica o elimina le tue, o riprova tra poco.
exports-job = Esportazione
exports-waiting = aspetta il suo turno
exports-making = in preparazione
exports-done = pronta
exports-failed = non riuscita
exports-waits = Altre due sono in preparazione: questa comincia appena una è finita.
exports-again = La pagina si aggiorna da sola ogni tre secondi.
exports-again-now = Aggiorna adesso
exports-not-made = Non è stato fatto nessun file. Il programma dice:
exports-too-large = Non c'è posto per un file così grande. Scegli un periodo più breve o una sola rete, o usa portico export sul gateway.
exports-bytes = { $count ->
    [one] un byte
   *[other] { $count } byte
}
exports-size = Dimensione
exports-fetched = È stato scaricato.
exports-kept = I file restano dieci minuti, o finché non li elimini.
exports-stop = Interrompi
exports-discard = Elimina
exports-others = Altre esportazioni
