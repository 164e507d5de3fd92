# The portal’s texts in Swedish. One sentence per key; key names say where it appears.

decimal-mark = ,
kilobytes = { $amount } kB
megabytes = { $amount } MB
gigabytes = { $amount } GB
date = { $day } { $month } { $year }
time = { $padded-hour }:{ $minute }
date-and-time = { $date } kl. { $time }

# The months as they stand in a date.
month-1 = januari
month-2 = februari
month-3 = mars
month-4 = april
month-5 = maj
month-6 = juni
month-7 = juli
month-8 = augusti
month-9 = september
month-10 = oktober
month-11 = november
month-12 = december

minutes = { $count ->
    [one] { $count } minut
   *[other] { $count } minuter
}
hours = { $count ->
    [one] { $count } timme
   *[other] { $count } timmar
}
hours-and-minutes = { $hours } och { $minutes }

skip = Gå till innehållet
languages = Sidans språk
banner-alt = WiFi4EU: gratis wifi för européer
crest-alt = Kommunvapen: { $comune }
footer-links = Information
footer-free = Gratis tjänst, utan registrering och utan reklam.
eu-funding = Medfinansieras av Europeiska unionen
eu-disclaimer = Kommunen ansvarar ensam för innehållet på dessa sidor; Europeiska unionen ansvarar inte för hur det används.
selftest = WiFi4EU-självtest pågår
link-terms = Användarvillkor
link-privacy = Integritet
link-accessibility = Tillgänglighet
link-venue = Platsen
link-news = Nyheter
link-back = Tillbaka till anslutningssidan

login-title = Gratis wifi
login-lead = Surfa gratis, utan registrering.
login-button = Anslut till internet
login-accept = När du trycker på knappen godkänner du tjänstens regler.
login-disclaimer-title = Offentligt, öppet nät
login-disclaimer = Radiotrafiken är inte krypterad. Använd säkra webbplatser och appar (https), håll enheten uppdaterad och dela inte mappar eller skrivare.
login-expired = Sidan har varit öppen för länge. Tryck på knappen igen.

online-title = Du är uppkopplad
online-lead = Du kan surfa nu och stänga den här sidan.
online-left = Tid kvar
online-until = Till kl.
online-used = Använda data
online-plan = Hastighet för den här enheten
online-down = Nedladdning
online-up = Uppladdning
online-day = Dagens data i full hastighet
online-slow = Dagens data i full hastighet är slut: till midnatt är den här enheten långsammare.
online-exempt = Den här enheten har alltid åtkomst: du behöver inte trycka på något.
online-return = För att se sidan igen eller koppla från, öppna
online-disconnect = Koppla från
online-disconnect-hint = Enheten kopplas från; du kan ansluta igen när du vill.

# While the municipality’s link to the Internet is interrupted.
down-title = Det finns inget internet här just nu
down-lead = Wifi fungerar, men förbindelsen med internet är bruten. Den brukar komma tillbaka snart: försök igen om några minuter.
down-online = Din enhet har fortfarande åtkomst: när internet är tillbaka kan du surfa utan att trycka på något.
down-action = Försök igen

disconnected-title = Frånkopplad
disconnected-lead = Din enhet är inte längre ansluten till internet. Tack för att du använde kommunens wifi.
disconnected-action = Anslut igen

blocked-title = Åtkomst tillåts inte
blocked-lead = Den här enheten får inte använda nätet. Kontakta kommunen om du har frågor.

again-title = Försök igen om en stund
again-lead = Nätet kan inte upprätta anslutningen just nu. Det brukar bara ta några sekunder.
again-action = Försök igen

stranger-title = Enheten känns inte igen
stranger-lead = Nätet känner inte igen din enhet ännu. Stäng av wifi och slå på det igen, och försök sedan på nytt. Om du använder VPN, pausa det en stund.
stranger-action = Försök igen

slow-title = För många försök
slow-lead = Du har tryckt på knappen många gånger på kort tid. Vänta en minut och försök igen.
slow-action = Försök igen

refused-title = Begäran godtogs inte
refused-lead = Begäran kom inte från den här sidan. Gå tillbaka till anslutningssidan och försök igen.
refused-action = Tillbaka till anslutningssidan

# Terms, privacy and accessibility: the texts are in legal.ftl, in Italian and English only.
legal-languages = Den här texten finns bara på italienska och engelska.
full-text = När du är ansluten kan du läsa kommunens fullständiga text på den här adressen:

venue-title = Platsen
venue-lead = Det här wifi-nätet erbjuds av: { $comune }.
venue-place = Plats
venue-comune = Myndighet
venue-portal = Nätets sida

# Urgent notices: the word beside the icon says how grave they are, for those who do not see the colour.
notices-title = Viktiga meddelanden
notices-more = { $count ->
    [one] Ett meddelande till
   *[other] { $count } meddelanden till
}
notice-red = Fara
notice-orange = Varning
notice-yellow = Var uppmärksam
notice-green = Goda nyheter
notice-blue = Information
notice-purple = Viktigt
notice-until = Till: { $when }
notice-source = Källa: { $source }
notice-link = Mer information

# News of the municipality.
news-title = Nyheter
news-all = Alla nyheter
news-none = Det finns inga nyheter just nu.
news-pinned = I fokus
news-more = Läs vidare på webbplatsen
news-more-after = Resten finns på webbplatsen, som öppnas när du är ansluten:
news-more-offline = Resten finns på webbplatsen, när internet är tillbaka:

# Digital services: cards under the button. A title for each kind and a line of explanation.
services-title = Digitala tjänster
service-now = Öppnas direkt
service-after = När du är ansluten
service-offline = När internet är tillbaka
service-call = Ring { $number }
service-io = Appen IO
service-io-hint = Meddelanden, påminnelser och betalningar från myndigheter i telefonen.
service-municipium = Appen Municipium
service-municipium-hint = Nyheter, felanmälan och sophämtning.
service-certificates = Intyg från folkbokföringen
service-certificates-hint = Bostadsort, födelse, familj: gratis, med SPID eller CIE.
service-fines = Böter
service-fines-hint = Se och betala en bot.
service-payments = Betalningar (pagoPA)
service-payments-hint = Skatter, skolmat och andra betalningar till kommunen.
service-appointments = Boka en tid
service-appointments-hint = Välj kontor, dag och klockslag.
service-sue = Bygglov (SUE)
service-sue-hint = Ärenden om byggande och landskap.
service-suap = Företagslots (SUAP)
service-suap-hint = Starta, ändra eller avsluta en verksamhet.
service-youtube = YouTube-kanal
service-youtube-hint = Kommunfullmäktige och evenemang på video.
service-help = Hjälp med digitala tjänster
service-help-hint = Hjälppunkter: någon hjälper dig, på plats och gratis.
service-emergency = Nödnummer 112
service-emergency-hint = Ett nummer till ambulans, brandkår och polis. Gratis, dygnet runt.
service-website = Kommunens webbplats
service-website-hint = Kontor, öppettider, anslagstavla och dokument.
