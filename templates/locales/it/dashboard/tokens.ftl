
## Tokens of the API
tokens-title = Token di accesso
tokens-link = Token di accesso per i programmi
tokens-about = Con un token un programma fa tramite l'API quello che puoi fare tu qui, per quanto glielo permetti. Se cambia il tuo ruolo, cambia anche quello che i tuoi token possono fare. Che cosa sa fare l'API è descritto in /api/v1/openapi.json.
tokens-fresh = Il tuo nuovo token
tokens-once = Copialo adesso: viene mostrato una sola volta.
tokens-list = I tuoi token
tokens-none = Non ne hai nessuno.
tokens-scopes = Che cosa può fare
tokens-until = Fino al
tokens-over = È scaduto.
tokens-used = Ultimo uso
tokens-never = mai
tokens-revoke = Revoca
tokens-revoked = Il token non apre più niente.
tokens-new = Un nuovo token
tokens-full = Hai già tutti i token che si possono avere. Prima revocane uno.
tokens-name = Nome
tokens-name-hint = A che cosa serve, per esempio grafana: lettere minuscole, cifre, punti, trattini.
tokens-days = Durata
tokens-day-count = { $count ->
    [one] un giorno
   *[other] { $count } giorni
}
tokens-make = Crea il token
tokens-name-wrong = Il nome di un token ha da 1 a 40 lettere minuscole, cifre, punti, trattini o trattini bassi, e comincia con una lettera o una cifra.
tokens-name-taken = Hai già un token con questo nome, o tutti quelli che si possono avere.
tokens-scope-none = Scegli almeno una cosa che il token può fare.
tokens-scope-forbidden = Il tuo ruolo non permette quello che è stato scelto.
scope-see-status = vedere come vanno le reti
scope-see-stations = vedere i dispositivi, con gli indirizzi mascherati
scope-unmask-stations = vedere gli indirizzi dei dispositivi
scope-act-on-stations = disconnettere, prolungare, bloccare ed esentare dispositivi
scope-see-settings = vedere le impostazioni
scope-change-settings = cambiare le impostazioni
scope-edit-page = scrivere notizie e avvisi della pagina
scope-see-figures = vedere i lavori annunciati
scope-export = portare via le statistiche
scope-read-audit = leggere il registro
scope-manage-users = togliere diritti agli utenti: ruolo più basso, tenerli fuori, eliminarli, chiudere sessioni e token (non ne dà)
