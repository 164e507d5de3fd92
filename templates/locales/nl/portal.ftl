# The portal’s texts in Dutch. One sentence per key; key names say where it appears.

decimal-mark = ,
kilobytes = { $amount } kB
megabytes = { $amount } MB
gigabytes = { $amount } GB
date = { $day } { $month } { $year }
time = { $padded-hour }:{ $minute }
date-and-time = { $date }, { $time } uur

# The months as they stand in a date.
month-1 = januari
month-2 = februari
month-3 = maart
month-4 = april
month-5 = mei
month-6 = juni
month-7 = juli
month-8 = augustus
month-9 = september
month-10 = oktober
month-11 = november
month-12 = december

minutes = { $count ->
    [one] { $count } minuut
   *[other] { $count } minuten
}
hours = { $count ->
    [one] { $count } uur
   *[other] { $count } uur
}
hours-and-minutes = { $hours } en { $minutes }

skip = Naar de inhoud
languages = Taal van de pagina
banner-alt = WiFi4EU: gratis wifi voor Europeanen
crest-alt = Gemeentewapen: { $comune }
footer-links = Informatie
footer-free = Gratis dienst, zonder registratie en zonder reclame.
eu-funding = Medegefinancierd door de Europese Unie
eu-disclaimer = Alleen de gemeente is verantwoordelijk voor de inhoud van deze pagina’s; de Europese Unie is niet aansprakelijk voor het gebruik ervan.
selftest = WiFi4EU-zelftest bezig
link-terms = Gebruiksvoorwaarden
link-privacy = Privacy
link-accessibility = Toegankelijkheid
link-venue = De plek
link-news = Nieuws
link-back = Terug naar de toegangspagina

login-title = Gratis wifi
login-lead = Gratis internetten, zonder registratie.
login-button = Verbinden met internet
login-accept = Door op de knop te drukken aanvaardt u de regels van de dienst.
login-disclaimer-title = Openbaar, open netwerk
login-disclaimer = Het radioverkeer is niet versleuteld. Gebruik beveiligde websites en apps (https), houd uw apparaat bijgewerkt en deel geen mappen of printers.
login-expired = De pagina heeft te lang opengestaan. Druk nogmaals op de knop.

online-title = U bent online
online-lead = U kunt nu internetten en deze pagina sluiten.
online-left = Resterende tijd
online-until = Tot
online-used = Gebruikte gegevens
online-plan = Snelheid van dit apparaat
online-down = Downloaden
online-up = Uploaden
online-day = Data van vandaag op volle snelheid
online-slow = De data van vandaag op volle snelheid is op: tot middernacht is dit apparaat langzamer.
online-exempt = Dit apparaat heeft altijd toegang: u hoeft nergens op te drukken.
online-return = Om deze pagina terug te zien of de verbinding te verbreken, opent u
online-disconnect = Verbinding verbreken
online-disconnect-hint = Uw apparaat gaat offline; u kunt altijd opnieuw verbinding maken.

# While the municipality’s link to the Internet is interrupted.
down-title = Hier is nu even geen internet
down-lead = De wifi werkt, maar de verbinding met internet is onderbroken. Meestal is die snel terug: probeer het over enkele minuten opnieuw.
down-online = Uw apparaat blijft toegelaten: zodra internet terug is, kunt u verder zonder ergens op te drukken.
down-action = Opnieuw proberen

disconnected-title = Verbinding verbroken
disconnected-lead = Uw apparaat is niet langer met internet verbonden. Bedankt voor het gebruik van de wifi van de gemeente.
disconnected-action = Opnieuw verbinden

blocked-title = Geen toegang
blocked-lead = Dit apparaat mag dit netwerk niet gebruiken. Neem voor uitleg contact op met de gemeente.

again-title = Probeer het zo meteen opnieuw
again-lead = Het netwerk kan de verbinding nu niet tot stand brengen. Meestal duurt het maar enkele seconden.
again-action = Opnieuw proberen

stranger-title = Apparaat niet herkend
stranger-lead = Het netwerk herkent uw apparaat nog niet. Zet wifi uit en weer aan en probeer het opnieuw. Gebruikt u een VPN, onderbreek die dan even.
stranger-action = Opnieuw proberen

slow-title = Te veel pogingen
slow-lead = U hebt in korte tijd vaak op de knop gedrukt. Wacht een minuut en probeer het opnieuw.
slow-action = Opnieuw proberen

refused-title = Verzoek niet geaccepteerd
refused-lead = Het verzoek kwam niet van deze pagina. Ga terug naar de toegangspagina en probeer het opnieuw.
refused-action = Terug naar de toegangspagina

# Terms, privacy and accessibility: the texts are in legal.ftl, in Italian and English only.
legal-languages = Deze tekst bestaat alleen in het Italiaans en het Engels.
full-text = Zodra u verbonden bent, kunt u de volledige tekst van de gemeente lezen op dit adres:

venue-title = De plek
venue-lead = Dit wifinetwerk wordt aangeboden door: { $comune }.
venue-place = Plek
venue-comune = Bestuur
venue-portal = Pagina van het netwerk

# Urgent notices: the word beside the icon says how grave they are, for those who do not see the colour.
notices-title = Dringende berichten
notices-more = { $count ->
    [one] Nog één bericht
   *[other] Nog { $count } berichten
}
notice-red = Gevaar
notice-orange = Waarschuwing
notice-yellow = Let op
notice-green = Goed nieuws
notice-blue = Informatie
notice-purple = Belangrijk
notice-until = Tot: { $when }
notice-source = Bron: { $source }
notice-link = Meer informatie

# News of the municipality.
news-title = Nieuws
news-all = Al het nieuws
news-none = Er is op dit moment geen nieuws.
news-pinned = Uitgelicht
news-more = Verder lezen op de website
news-more-after = De rest staat op de website, die opent nadat u verbonden bent:
news-more-offline = De rest staat op de website, zodra internet terug is:

# Digital services: cards under the button. A title for each kind and a line of explanation.
services-title = Digitale diensten
service-now = Nu meteen te openen
service-after = Nadat u verbonden bent
service-offline = Als internet terug is
service-call = Bel { $number }
service-io = IO-app
service-io-hint = Berichten, herinneringen en betalingen van de overheid op uw telefoon.
service-municipium = Municipium-app
service-municipium-hint = Nieuws, meldingen en afvalinzameling.
service-certificates = Uittreksels
service-certificates-hint = Woonplaats, geboorte, gezinssamenstelling: gratis, met SPID of CIE.
service-fines = Boetes
service-fines-hint = Een boete bekijken en betalen.
service-payments = Betalingen (pagoPA)
service-payments-hint = Belastingen, schoolmaaltijden en andere betalingen aan de gemeente.
service-appointments = Afspraak maken
service-appointments-hint = Kies het loket, de dag en het uur.
service-sue = Bouwloket (SUE)
service-sue-hint = Procedures voor bouw en landschap.
service-suap = Ondernemersloket (SUAP)
service-suap-hint = Een onderneming starten, wijzigen of beëindigen.
service-youtube = YouTube-kanaal
service-youtube-hint = Gemeenteraad en evenementen op video.
service-help = Hulp bij digitale diensten
service-help-hint = Hulppunten: iemand helpt u, persoonlijk en gratis.
service-emergency = Alarmnummer 112
service-emergency-hint = Eén nummer voor ambulance, brandweer en politie. Gratis, op elk moment.
service-website = Website van de gemeente
service-website-hint = Loketten, openingstijden, bekendmakingen en documenten.
