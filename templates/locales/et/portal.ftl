# The portal’s texts in Estonian. One sentence per key; key names say where it appears.

decimal-mark = ,
kilobytes = { $amount } kB
megabytes = { $amount } MB
gigabytes = { $amount } GB
date = { $day }. { $month } { $year }
time = { $padded-hour }:{ $minute }
date-and-time = { $date } kell { $time }

# The months as they stand in a date.
month-1 = jaanuar
month-2 = veebruar
month-3 = märts
month-4 = aprill
month-5 = mai
month-6 = juuni
month-7 = juuli
month-8 = august
month-9 = september
month-10 = oktoober
month-11 = november
month-12 = detsember

minutes = { $count ->
    [one] { $count } minut
   *[other] { $count } minutit
}
hours = { $count ->
    [one] { $count } tund
   *[other] { $count } tundi
}
hours-and-minutes = { $hours } ja { $minutes }

skip = Liigu sisu juurde
languages = Lehe keel
banner-alt = WiFi4EU: tasuta WiFi eurooplastele
crest-alt = Vapp: { $comune }
footer-links = Teave
footer-free = Tasuta teenus, registreerimise ja reklaamita.
eu-funding = Kaasrahastanud Euroopa Liit
eu-disclaimer = Nende lehtede sisu eest vastutab ainult omavalitsus; Euroopa Liit ei vastuta selle kasutamise eest.
selftest = WiFi4EU enesetest käib
link-terms = Kasutustingimused
link-privacy = Privaatsus
link-accessibility = Ligipääsetavus
link-venue = Koht
link-news = Uudised
link-back = Tagasi sisselogimislehele

login-title = Tasuta WiFi
login-lead = Tasuta internet, registreerimiseta.
login-button = Ühendu internetiga
login-accept = Nuppu vajutades nõustute teenuse reeglitega.
login-disclaimer-title = Avalik ja avatud võrk
login-disclaimer = Raadioliiklus ei ole krüpteeritud. Kasutage turvalisi veebisaite ja rakendusi (https), hoidke seade ajakohasena ning ärge jagage kaustu ega printereid.
login-expired = Leht oli liiga kaua avatud. Palun vajutage nuppu uuesti.

online-title = Olete võrgus
online-lead = Võite nüüd internetti kasutada ja selle lehe sulgeda.
online-left = Aega jäänud
online-until = Kuni
online-used = Kasutatud andmed
online-plan = Selle seadme kiirus
online-down = Allalaadimine
online-up = Üleslaadimine
online-day = Tänane andmemaht täiskiirusel
online-slow = Tänane täiskiirusel andmemaht on otsas: kuni keskööni on see seade aeglasem.
online-exempt = Sellel seadmel on alati juurdepääs: midagi ei ole vaja vajutada.
online-return = Selle lehe uuesti nägemiseks või ühenduse katkestamiseks avage
online-disconnect = Katkesta ühendus
online-disconnect-hint = Seadme ühendus katkestatakse; soovi korral saate uuesti ühenduda.

# While the municipality’s link to the Internet is interrupted.
down-title = Siin ei ole praegu internetti
down-lead = WiFi töötab, kuid ühendus internetiga on katkenud. Tavaliselt taastub see peagi: proovige mõne minuti pärast uuesti.
down-online = Teie seadmel on endiselt juurdepääs: kui internet taastub, saate seda kasutada midagi vajutamata.
down-action = Proovi uuesti

disconnected-title = Ühendus katkestatud
disconnected-lead = Teie seade ei ole enam internetiga ühendatud. Aitäh, et kasutasite omavalitsuse WiFi-võrku.
disconnected-action = Ühendu uuesti

blocked-title = Juurdepääs ei ole lubatud
blocked-lead = Sellel seadmel ei ole lubatud seda võrku kasutada. Selgituste saamiseks pöörduge omavalitsuse poole.

again-title = Proovige hetke pärast uuesti
again-lead = Võrk ei saa praegu ühendust luua. Tavaliselt piisab mõnest sekundist.
again-action = Proovi uuesti

stranger-title = Seadet ei tuvastatud
stranger-lead = Võrk ei tunne teie seadet veel ära. Lülitage WiFi välja ja uuesti sisse ning proovige uuesti. Kui kasutate VPN-i, peatage see hetkeks.
stranger-action = Proovi uuesti

slow-title = Liiga palju katseid
slow-lead = Olete lühikese aja jooksul nuppu mitu korda vajutanud. Oodake minut ja proovige uuesti.
slow-action = Proovi uuesti

refused-title = Päringut ei võetud vastu
refused-lead = Päring ei tulnud sellelt lehelt. Minge tagasi sisselogimislehele ja proovige uuesti.
refused-action = Tagasi sisselogimislehele

# Terms, privacy and accessibility: the texts are in legal.ftl, in Italian and English only.
legal-languages = See tekst on olemas ainult itaalia ja inglise keeles.
full-text = Pärast ühendumist saate omavalitsuse täisteksti lugeda sellel aadressil:

venue-title = Koht
venue-lead = Seda WiFi-võrku pakub: { $comune }.
venue-place = Koht
venue-comune = Haldusasutus
venue-portal = Võrgu leht

# Urgent notices: the word beside the icon says how grave they are, for those who do not see the colour.
notices-title = Kiireloomulised teated
notices-more = { $count ->
    [one] Veel üks teade
   *[other] Veel { $count } teadet
}
notice-red = Oht
notice-orange = Hoiatus
notice-yellow = Tähelepanu
notice-green = Hea uudis
notice-blue = Teave
notice-purple = Oluline
notice-until = Kuni: { $when }
notice-source = Allikas: { $source }
notice-link = Lisateave

# News of the municipality.
news-title = Uudised
news-all = Kõik uudised
news-none = Praegu uudiseid ei ole.
news-pinned = Esile tõstetud
news-more = Loe edasi veebisaidil
news-more-after = Ülejäänut saab lugeda veebisaidil, mis avaneb pärast ühendumist:
news-more-offline = Ülejäänut saab lugeda veebisaidil, kui internet taastub:

# Digital services: cards under the button. A title for each kind and a line of explanation.
services-title = Digiteenused
service-now = Avaneb kohe
service-after = Pärast ühendumist
service-offline = Kui internet taastub
service-call = Helistage { $number }
service-io = Rakendus IO
service-io-hint = Ametiasutuste sõnumid, meeldetuletused ja maksed telefonis.
service-municipium = Rakendus Municipium
service-municipium-hint = Uudised, rikketeated ja jäätmevedu.
service-certificates = Rahvastikuregistri tõendid
service-certificates-hint = Elukoht, sünd, perekond: tasuta, SPID-i või CIE-ga.
service-fines = Trahvid
service-fines-hint = Vaata ja maksa trahvi.
service-payments = Maksed (pagoPA)
service-payments-hint = Maksud, koolitoit ja muud maksed omavalitsusele.
service-appointments = Broneeri aeg
service-appointments-hint = Valige asutus, päev ja kellaaeg.
service-sue = Ehitusasjad (SUE)
service-sue-hint = Ehitus- ja maastikumenetlused.
service-suap = Ettevõtlus (SUAP)
service-suap-hint = Ettevõtte alustamine, muutmine või lõpetamine.
service-youtube = YouTube’i kanal
service-youtube-hint = Volikogu istungid ja üritused videos.
service-help = Abi digiteenustega
service-help-hint = Abipunktid: keegi aitab teid kohapeal ja tasuta.
service-emergency = Hädaabi 112
service-emergency-hint = Üks number: kiirabi, päästeamet ja politsei. Tasuta, igal ajal.
service-website = Omavalitsuse veebisait
service-website-hint = Asutused, lahtiolekuajad, teadetetahvel ja dokumendid.
