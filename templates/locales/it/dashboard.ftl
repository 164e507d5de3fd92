# Parole del cruscotto.

## Around every page
title = Portico
skip = Vai al contenuto
log-out = Esci
error = Non riuscito
done = Fatto
back = Indietro
menu = Menu
menu-now = Adesso
menu-stations = Dispositivi
menu-networks = Reti
menu-page = Pagina
menu-figures = Statistiche
menu-settings = Impostazioni
menu-users = Utenti
menu-audit = Registro
menu-account = Il mio utente

## Log in
login-title = Accesso
login-name = Nome utente
login-password = Password
login-go = Entra
login-none = Non c'è ancora nessun utente. Apri il collegamento della prima configurazione, che il servizio ha scritto nel suo registro e nel file first-setup della sua cartella di stato, oppure esegui: portico user add NOME --role admin
login-wrong = Nome o password non sono giusti.
too-many = { $count ->
    [one] Troppi tentativi. Riprova tra un secondo.
   *[other] Troppi tentativi. Riprova tra { $count } secondi.
}
busy = Molti stanno entrando in questo momento. Riprova tra poco.
out = Sei uscito.
ended = La sessione è finita. Accedi di nuovo.

## Second factor
second-title = Secondo fattore
second-about = Scrivi le sei cifre che mostra la tua app, oppure un codice di recupero.
second-code = Codice
second-go = Avanti
second-wrong = Questo codice non è giusto, oppure è già stato usato.
enrol-title = Configura il secondo fattore
enrol-about = Inquadra l'immagine con un'app di autenticazione, o scrivi lì la chiave. Poi scrivi le sei cifre che mostra l'app.
enrol-must = Gli utenti del tuo ruolo devono avere un secondo fattore.
enrol-picture = Codice QR con la chiave qui sotto
enrol-key = Chiave
enrol-password = La tua password
enrol-wrong = Non è il codice di adesso. L'orologio del telefono è giusto?
codes-title = Codici di recupero
codes-about = Ciascuno ti fa entrare una volta se perdi il telefono. Si vedono solo adesso: stampali o scrivili.
codes-go = Li ho

## First set-up
setup-title = Prima configurazione
setup-about = Scegli il nome e la password del primo amministratore.
setup-name-hint = Lettere minuscole, cifre, punti, trattini.
setup-go = Crea
setup-gone = Questo collegamento è stato usato o è scaduto. Riavvia il servizio per averne un altro, oppure esegui: portico user add NOME --role admin
setup-name-wrong = Il nome di un utente ha da 1 a 32 lettere minuscole, cifre, punti, trattini, anche bassi, e comincia con una lettera.

## Passwords
password-hint = Almeno 12 caratteri. Alcune parole che nessuno collega sono facili da ricordare.
password-again = Password, di nuovo
password-differ = Le due password non sono uguali.
password-short = Una password ha almeno 12 caratteri.
password-long = Una password ha al massimo 128 caratteri.
password-common = Questa password è fatta di parole, nomi e sequenze che si provano per prime.
password-wrong = La tua password non è giusta.

## Own account
account-title = Il tuo profilo
account-role = Ruolo
role-admin = amministratore
role-operator = operatore
role-editor = redattore
role-auditor = revisore
account-password = Password
account-old = La tua password
account-new = Nuova password
account-change = Cambia la password
account-changed = La password è cambiata. Le altre tue sessioni sono finite.
account-factor = Secondo fattore
factor-on = Attivo.
factor-off = Non attivo.
factor-left = { $count ->
    [one] Resta un codice di recupero.
   *[other] Restano { $count } codici di recupero.
}
factor-set-up = Configura un secondo fattore
factor-renew = Configuralo di nuovo
factor-end = Toglilo
factor-ended = Il secondo fattore è tolto. Le altre tue sessioni sono finite.
factor-must = Gli utenti del tuo ruolo devono avere un secondo fattore.
account-sessions = Sessioni
session-begun = Inizio
session-seen = Ultima richiesta
session-from = Da
session-with = Con
session-this = Questa
session-end = Termina
session-end-others = Termina tutte le altre
session-ended = Terminata.

## Refusals
forbidden-title = Non consentito
forbidden-about = Il tuo ruolo non lo consente.
stale-title = Questo modulo è scaduto
stale-about = Torna indietro, ricarica la pagina e riprova.
missing-title = Non trovato
missing-about = Questa pagina non c'è.
unknown-title = Non si sa com'è andata
unknown-about = L'ordine potrebbe essere stato eseguito. Prima di darlo di nuovo guarda l'elenco delle stazioni; nel registro delle attività è annotato con esito sconosciuto.
fault-title = Non ha funzionato
fault-about = Il registro del gateway dice perché.
not-noted-title = Non fatto
not-noted-about = Il registro delle azioni non si può scrivere, e senza una riga nel registro questo non si fa. Controlla se il disco è pieno o in sola lettura.

# The hour that comes twice when clocks are set back.
turn-which = Quale delle due
turn-none = Scegliere
turn-first = La prima (ora legale)
turn-second = La seconda (ora solare)
