# The portal’s texts in German. One sentence per key; key names say where it appears.

decimal-mark = ,
kilobytes = { $amount } kB
megabytes = { $amount } MB
gigabytes = { $amount } GB
date = { $day }. { $month } { $year }
time = { $padded-hour }:{ $minute } Uhr
date-and-time = { $date }, { $time }

# The months as they stand in a date.
month-1 = Januar
month-2 = Februar
month-3 = März
month-4 = April
month-5 = Mai
month-6 = Juni
month-7 = Juli
month-8 = August
month-9 = September
month-10 = Oktober
month-11 = November
month-12 = Dezember

minutes = { $count ->
    [one] { $count } Minute
   *[other] { $count } Minuten
}
hours = { $count ->
    [one] { $count } Stunde
   *[other] { $count } Stunden
}
hours-and-minutes = { $hours } und { $minutes }

skip = Zum Inhalt springen
languages = Sprache der Seite
banner-alt = WiFi4EU: kostenloses WLAN für alle in Europa
crest-alt = Wappen: { $comune }
footer-links = Informationen
footer-free = Kostenloser Dienst ohne Anmeldung und ohne Werbung.
eu-funding = Kofinanziert von der Europäischen Union
eu-disclaimer = Für die Inhalte dieser Seiten ist allein die Gemeinde verantwortlich; die Europäische Union haftet nicht für ihre Verwendung.
selftest = WiFi4EU-Selbsttest läuft
link-terms = Nutzungsbedingungen
link-privacy = Datenschutz
link-accessibility = Barrierefreiheit
link-venue = Der Ort
link-news = Aktuelles
link-back = Zurück zur Zugangsseite

login-title = Kostenloses WLAN
login-lead = Kostenlos surfen, ohne Anmeldung.
login-button = Mit Internet verbinden
login-accept = Mit dem Drücken der Schaltfläche nehmen Sie die Regeln des Dienstes an.
login-disclaimer-title = Öffentliches, offenes Netz
login-disclaimer = Der Funkverkehr ist nicht verschlüsselt. Nutzen Sie sichere Websites und Apps (https), halten Sie Ihr Gerät aktuell und geben Sie keine Ordner oder Drucker frei.
login-expired = Die Seite war zu lange geöffnet. Bitte drücken Sie die Schaltfläche noch einmal.

online-title = Sie sind online
online-lead = Sie können jetzt surfen und diese Seite schließen.
online-left = Verbleibende Zeit
online-until = Bis
online-used = Verbrauchte Daten
online-plan = Geschwindigkeit für dieses Gerät
online-down = Herunterladen
online-up = Hochladen
online-day = Heutige Daten mit voller Geschwindigkeit
online-slow = Die heutigen Daten mit voller Geschwindigkeit sind verbraucht: Bis Mitternacht ist dieses Gerät langsamer.
online-exempt = Dieses Gerät hat immer Zugang: Sie müssen nichts drücken.
online-return = Um diese Seite wieder aufzurufen oder die Verbindung zu trennen, öffnen Sie
online-disconnect = Verbindung trennen
online-disconnect-hint = Ihr Gerät geht offline; Sie können sich jederzeit wieder verbinden.

# While the municipality’s link to the Internet is interrupted.
down-title = Hier gibt es gerade kein Internet
down-lead = Das WLAN funktioniert, aber die Verbindung zum Internet ist unterbrochen. Meist kommt sie bald wieder: Versuchen Sie es in einigen Minuten noch einmal.
down-online = Ihr Gerät bleibt freigeschaltet: Sobald das Internet wieder da ist, können Sie surfen, ohne etwas zu drücken.
down-action = Erneut versuchen

disconnected-title = Verbindung getrennt
disconnected-lead = Ihr Gerät ist nicht mehr mit dem Internet verbunden. Vielen Dank, dass Sie das WLAN der Gemeinde genutzt haben.
disconnected-action = Wieder verbinden

blocked-title = Zugang nicht erlaubt
blocked-lead = Dieses Gerät darf dieses Netz nicht nutzen. Bei Fragen wenden Sie sich bitte an die Gemeinde.

again-title = Versuchen Sie es gleich noch einmal
again-lead = Das Netz kann Ihre Verbindung gerade nicht herstellen. Meist dauert es nur wenige Sekunden.
again-action = Erneut versuchen

stranger-title = Gerät nicht erkannt
stranger-lead = Das Netz erkennt Ihr Gerät noch nicht. Schalten Sie das WLAN aus und wieder ein und versuchen Sie es noch einmal. Falls Sie ein VPN nutzen, unterbrechen Sie es kurz.
stranger-action = Erneut versuchen

slow-title = Zu viele Versuche
slow-lead = Sie haben die Schaltfläche in kurzer Zeit sehr oft gedrückt. Bitte warten Sie eine Minute und versuchen Sie es dann noch einmal.
slow-action = Erneut versuchen

refused-title = Anfrage nicht angenommen
refused-lead = Die Anfrage kam nicht von dieser Seite. Gehen Sie zurück zur Zugangsseite und versuchen Sie es noch einmal.
refused-action = Zurück zur Zugangsseite

# Terms, privacy and accessibility: the texts are in legal.ftl, in Italian and English only.
legal-languages = Diesen Text gibt es nur auf Italienisch und Englisch.
full-text = Den vollständigen Text der Gemeinde können Sie nach dem Verbinden unter dieser Adresse lesen:

venue-title = Der Ort
venue-lead = Dieses WLAN wird angeboten von: { $comune }.
venue-place = Ort
venue-comune = Verwaltung
venue-portal = Seite des Netzes

# Urgent notices: the word beside the icon says how grave they are, for those who do not see the colour.
notices-title = Dringende Hinweise
notices-more = { $count ->
    [one] Ein weiterer Hinweis
   *[other] { $count } weitere Hinweise
}
notice-red = Gefahr
notice-orange = Warnung
notice-yellow = Achtung
notice-green = Gute Nachricht
notice-blue = Information
notice-purple = Wichtig
notice-until = Bis: { $when }
notice-source = Quelle: { $source }
notice-link = Weitere Informationen

# News of the municipality.
news-title = Aktuelles
news-all = Alle Meldungen
news-none = Zurzeit gibt es keine Meldungen.
news-pinned = Hervorgehoben
news-more = Auf der Website weiterlesen
news-more-after = Den Rest lesen Sie auf der Website, die sich nach dem Verbinden öffnet:
news-more-offline = Den Rest lesen Sie auf der Website, sobald das Internet wieder da ist:

# Digital services: cards under the button. A title for each kind and a line of explanation.
services-title = Digitale Dienste
service-now = Sofort verfügbar
service-after = Nach dem Verbinden
service-offline = Wenn das Internet wieder da ist
service-call = { $number } anrufen
service-io = App IO
service-io-hint = Mitteilungen, Erinnerungen und Zahlungen der Behörden auf dem Telefon.
service-municipium = App Municipium
service-municipium-hint = Nachrichten, Meldung von Schäden und Müllabfuhr.
service-certificates = Meldebescheinigungen
service-certificates-hint = Wohnsitz, Geburt, Familienstand: kostenlos, mit SPID oder CIE.
service-fines = Bußgelder
service-fines-hint = Ein Bußgeld einsehen und bezahlen.
service-payments = Zahlungen (pagoPA)
service-payments-hint = Abgaben, Schulessen und andere Zahlungen an die Gemeinde.
service-appointments = Termin vereinbaren
service-appointments-hint = Wählen Sie Amt, Tag und Uhrzeit.
service-sue = Bauamt online (SUE)
service-sue-hint = Bau- und Landschaftsverfahren.
service-suap = Gewerbeamt online (SUAP)
service-suap-hint = Ein Gewerbe anmelden, ändern oder abmelden.
service-youtube = YouTube-Kanal
service-youtube-hint = Gemeinderatssitzungen und Veranstaltungen im Video.
service-help = Hilfe bei digitalen Diensten
service-help-hint = Anlaufstellen, an denen Ihnen jemand persönlich und kostenlos hilft.
service-emergency = Notruf 112
service-emergency-hint = Eine Nummer für Rettungsdienst, Feuerwehr und Polizei. Kostenlos, rund um die Uhr.
service-website = Website der Gemeinde
service-website-hint = Ämter, Öffnungszeiten, Amtstafel und Dokumente.
