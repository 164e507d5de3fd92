## audit
audit-title = Registro delle azioni
audit-state = Stato del registro
audit-none = Non è ancora stato registrato nulla.
audit-whole = { $count ->
    [one] Il registro è integro: una voce.
   *[other] Il registro è integro: { $count } voci.
}
audit-broken = { $count ->
    [one] Il registro non è integro. L'ultima voce è la numero uno.
   *[other] Il registro non è integro. L'ultima voce è la numero { $count }.
}
audit-verified = Verificato
audit-broken-do = Non cancellare nulla. Confronta con la copia di sicurezza e con l'ultima testa che hai annotato (portico audit verify --head), e chiedi chi ha potuto scrivere nella cartella di stato.
audit-flaw-broken = La riga { $count } non segue quella prima: è stata cambiata, oppure righe sono state tolte, aggiunte o spostate.
audit-flaw-foreign = La riga { $count } non è di questo registro.
audit-flaw-nothing-torn = La riga { $count } parla di una riga strappata prima di sé, che non c'è.
audit-flaw-torn = La riga { $count } è strappata, come dopo un'interruzione di corrente; la prossima voce lo dirà.
audit-flaw-head-lost = La riga { $count } è stata scritta quando la testa non c'era: prima di essa possono mancare righe.
audit-flaw-no-head = La riga { $count } può mancare: la testa conservata accanto al registro non c'è più.
audit-flaw-replaced = La riga { $count } non è quella che c'era.
audit-flaw-cut-off = La riga { $count } manca: la fine del registro è stata tagliata.
audit-flaws-more = { $count ->
    [one] E un altro punto dopo.
   *[other] E altri { $count } punti dopo.
}
audit-head = Testa della catena
audit-head-about = Annotala ogni tanto altrove: dirà se qualcuno ha rifatto tutto il registro (portico audit verify --head).
audit-filter = Filtra le voci
audit-from = Dal giorno
audit-to = Al giorno
audit-day-wrong = Scrivi un giorno come 2026-10-31.
audit-reversed = L'ultimo giorno è prima del primo.
audit-who = Chi
audit-all = Tutti
audit-did = Che cosa
audit-everything = Tutto
audit-text = Testo
audit-go = Filtra
audit-reset = Mostra tutto
audit-entries = Voci
audit-count = { $count ->
    [one] Una voce
   *[other] { $count } voci
}
audit-number = Numero
audit-at = Quando
audit-origin = Da dove
audit-what = Su che cosa
audit-more = Dettagli
audit-here = Qui la catena si rompe.
audit-export-csv = Esporta queste voci come CSV
audit-export-jsonl = Esporta le righe stesse (JSON)
audit-pages = Pagine del registro
audit-newer = Più recenti
audit-older = Meno recenti
audit-did-login = è entrato
audit-did-login-second = ha dato il secondo fattore
audit-did-login-refused = accesso rifiutato
audit-did-login-second-refused = secondo fattore rifiutato
audit-did-logout = è uscito
audit-did-refused = non consentito al suo ruolo
audit-did-first-setup = prima configurazione
audit-did-first-setup-refused = prima configurazione rifiutata
audit-did-own-password = ha cambiato la propria password
audit-did-own-second-factor = ha configurato il proprio secondo fattore
audit-did-own-second-factor-off = ha tolto il proprio secondo fattore
audit-did-own-sessions-end = ha terminato proprie sessioni
audit-did-export = esportazione
audit-did-register-read = ha letto il registro degli accessi
audit-did-register-purge = ha svuotato il registro degli accessi
audit-did-register-read-failed = non è riuscito a leggere il registro degli accessi
audit-did-backup = ha fatto una copia dei dati d'uso
audit-did-restore = ha ripristinato i dati d'uso da una copia
audit-did-restore-failed = la copia non è stata ripristinata
audit-did-user-add = ha aggiunto un utente
audit-did-user-remove = ha tolto un utente
audit-did-user-role = ha cambiato un ruolo
audit-did-user-disable = ha disattivato un utente
audit-did-user-enable = ha riattivato un utente
audit-did-user-password = ha dato una nuova password
audit-did-user-totp = ha configurato il secondo fattore di un utente
audit-did-user-totp-off = ha tolto il secondo fattore di un utente
audit-did-user-sessions-end = ha terminato le sessioni di un utente
audit-did-audit-mended = riga strappata, ritrovata
audit-did-audit-head-lost = la testa della catena non c'era
audit-did-export-discard = ha eliminato una propria esportazione
audit-did-station-unmask = ha visto l'indirizzo intero di un dispositivo
audit-did-station-end = ha scollegato dispositivi
audit-did-station-extend = ha prolungato l'accesso di dispositivi
audit-did-station-plan = ha cambiato il piano di dispositivi
audit-did-station-block = ha bloccato dispositivi
audit-did-station-exempt = ha esentato dispositivi
audit-did-station-lift = ha tolto blocchi o esenzioni
audit-did-self-test-begin = ha avviato l'autoverifica
audit-did-self-test-end = ha terminato l'autoverifica
audit-did-token-add = ha creato una chiave per programmi
audit-did-token-revoke = ha revocato una chiave per programmi
audit-did-token-refused = chiave per programmi rifiutata
audit-did-login-too-many = accesso rifiutato dopo troppi tentativi
audit-did-login-busy = accesso rifiutato: troppe verifiche insieme
audit-did-own-password-refused = ha sbagliato la propria password
audit-did-refused-uncounted = altri rifiuti della stessa provenienza non sono annotati
audit-did-station-search = ha cercato dispositivi per indirizzo
audit-did-settings-change = ha cambiato le impostazioni
audit-did-settings-refused = impostazioni rifiutate
audit-did-settings-confirmed = ha confermato le impostazioni
audit-did-settings-undone = impostazioni annullate
audit-did-settings-hand-kept = file delle impostazioni cambiato a mano messo da parte
audit-did-reload = ha riletto la configurazione
audit-did-net-down = ha tolto le regole di Portico dal kernel
audit-did-notice-restore = ha mostrato di nuovo un avviso
audit-what-second = secondo fattore richiesto
audit-what-enrol = secondo fattore da configurare
audit-what-no-name = non un nome
audit-what-too-many = troppi tentativi
audit-what-all-others = tutte le altre
audit-what-mac = un indirizzo MAC intero
audit-what-ip = un indirizzo IP
audit-what-unknown = esito ignoto
