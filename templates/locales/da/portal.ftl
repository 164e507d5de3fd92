# The portal’s texts in Danish. One sentence per key; key names say where it appears.

decimal-mark = ,
kilobytes = { $amount } kB
megabytes = { $amount } MB
gigabytes = { $amount } GB
date = { $day }. { $month } { $year }
time = { $padded-hour }.{ $minute }
date-and-time = { $date } kl. { $time }

# The months as they stand in a date.
month-1 = januar
month-2 = februar
month-3 = marts
month-4 = april
month-5 = maj
month-6 = juni
month-7 = juli
month-8 = august
month-9 = september
month-10 = oktober
month-11 = november
month-12 = december

minutes = { $count ->
    [one] { $count } minut
   *[other] { $count } minutter
}
hours = { $count ->
    [one] { $count } time
   *[other] { $count } timer
}
hours-and-minutes = { $hours } og { $minutes }

skip = Gå til indholdet
languages = Sidens sprog
banner-alt = WiFi4EU: gratis wi-fi til europæerne
crest-alt = Byvåben: { $comune }
footer-links = Oplysninger
footer-free = Gratis tjeneste uden registrering og uden reklamer.
eu-funding = Medfinansieret af Den Europæiske Union
eu-disclaimer = Kommunen er alene ansvarlig for indholdet af disse sider; Den Europæiske Union er ikke ansvarlig for, hvordan det bruges.
selftest = WiFi4EU-selvtest i gang
link-terms = Brugsvilkår
link-privacy = Privatliv
link-accessibility = Tilgængelighed
link-venue = Stedet
link-news = Nyheder
link-back = Tilbage til adgangssiden

login-title = Gratis wi-fi
login-lead = Gå gratis på nettet uden registrering.
login-button = Forbind til internettet
login-accept = Når du trykker på knappen, accepterer du tjenestens regler.
login-disclaimer-title = Offentligt, åbent netværk
login-disclaimer = Radiotrafikken er ikke krypteret. Brug sikre websteder og apps (https), hold din enhed opdateret, og del ikke mapper eller printere.
login-expired = Siden har været åben for længe. Tryk på knappen igen.

online-title = Du er online
online-lead = Du kan nu gå på nettet og lukke denne side.
online-left = Resterende tid
online-until = Indtil kl.
online-used = Brugte data
online-plan = Hastighed for denne enhed
online-down = Download
online-up = Upload
online-day = Dagens data i fuld hastighed
online-slow = Dagens data i fuld hastighed er brugt: indtil midnat er denne enhed langsommere.
online-exempt = Denne enhed har altid adgang: du behøver ikke trykke på noget.
online-return = Åbn denne adresse for at se siden igen eller afbryde forbindelsen:
online-disconnect = Afbryd forbindelsen
online-disconnect-hint = Din enhed går offline; du kan oprette forbindelse igen, når du vil.

# While the municipality’s link to the Internet is interrupted.
down-title = Der er ikke noget internet her lige nu
down-lead = Wi-fi virker, men forbindelsen til internettet er afbrudt. Den vender som regel hurtigt tilbage: prøv igen om nogle minutter.
down-online = Din enhed har stadig adgang: når internettet er tilbage, kan du gå på nettet uden at trykke på noget.
down-action = Prøv igen

disconnected-title = Forbindelsen er afbrudt
disconnected-lead = Din enhed er ikke længere forbundet til internettet. Tak, fordi du brugte kommunens wi-fi.
disconnected-action = Forbind igen

blocked-title = Adgang ikke tilladt
blocked-lead = Denne enhed må ikke bruge dette netværk. Kontakt kommunen, hvis du har spørgsmål.

again-title = Prøv igen om et øjeblik
again-lead = Netværket kan ikke oprette forbindelsen lige nu. Det tager som regel kun få sekunder.
again-action = Prøv igen

stranger-title = Enheden blev ikke genkendt
stranger-lead = Netværket genkender endnu ikke din enhed. Slå wi-fi fra og til, og prøv igen. Hvis du bruger VPN, så sæt den på pause et øjeblik.
stranger-action = Prøv igen

slow-title = For mange forsøg
slow-lead = Du har trykket på knappen mange gange på kort tid. Vent et minut, og prøv igen.
slow-action = Prøv igen

refused-title = Anmodningen blev ikke accepteret
refused-lead = Anmodningen kom ikke fra denne side. Gå tilbage til adgangssiden, og prøv igen.
refused-action = Tilbage til adgangssiden

# Terms, privacy and accessibility: the texts are in legal.ftl, in Italian and English only.
legal-languages = Denne tekst findes kun på italiensk og engelsk.
full-text = Når du er forbundet, kan du læse kommunens fulde tekst på denne adresse:

venue-title = Stedet
venue-lead = Dette wi-fi-netværk tilbydes af: { $comune }.
venue-place = Sted
venue-comune = Myndighed
venue-portal = Netværkets side

# Urgent notices: the word beside the icon says how grave they are, for those who do not see the colour.
notices-title = Vigtige meddelelser
notices-more = { $count ->
    [one] Endnu en meddelelse
   *[other] { $count } meddelelser mere
}
notice-red = Fare
notice-orange = Varsel
notice-yellow = Pas på
notice-green = Gode nyheder
notice-blue = Information
notice-purple = Vigtigt
notice-until = Indtil: { $when }
notice-source = Kilde: { $source }
notice-link = Flere oplysninger

# News of the municipality.
news-title = Nyheder
news-all = Alle nyheder
news-none = Der er ingen nyheder lige nu.
news-pinned = Fremhævet
news-more = Læs videre på webstedet
news-more-after = Resten kan læses på webstedet, som åbner, når du er forbundet:
news-more-offline = Resten kan læses på webstedet, når internettet er tilbage:

# Digital services: cards under the button. A title for each kind and a line of explanation.
services-title = Digitale tjenester
service-now = Åbner med det samme
service-after = Når du er forbundet
service-offline = Når internettet er tilbage
service-call = Ring { $number }
service-io = Appen IO
service-io-hint = Beskeder, påmindelser og betalinger fra myndighederne på din telefon.
service-municipium = Appen Municipium
service-municipium-hint = Nyheder, indberetning af problemer og affaldsindsamling.
service-certificates = Attester fra folkeregistret
service-certificates-hint = Bopæl, fødsel, familieforhold: gratis, med SPID eller CIE.
service-fines = Bøder
service-fines-hint = Se og betal en bøde.
service-payments = Betalinger (pagoPA)
service-payments-hint = Skatter, skolemad og andre betalinger til kommunen.
service-appointments = Bestil en tid
service-appointments-hint = Vælg kontor, dag og klokkeslæt.
service-sue = Byggesager (SUE)
service-sue-hint = Sager om byggeri og landskab.
service-suap = Erhvervsservice (SUAP)
service-suap-hint = Start, ændr eller luk en virksomhed.
service-youtube = YouTube-kanal
service-youtube-hint = Kommunalbestyrelsens møder og arrangementer på video.
service-help = Hjælp til digitale tjenester
service-help-hint = Hjælpesteder, hvor nogen hjælper dig personligt og gratis.
service-emergency = Alarm 112
service-emergency-hint = Ét nummer til ambulance, brandvæsen og politi. Gratis, døgnet rundt.
service-website = Kommunens websted
service-website-hint = Kontorer, åbningstider, opslag og dokumenter.
