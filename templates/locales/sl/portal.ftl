# The portal’s texts in Slovenian. One sentence per key; key names say where it appears.

decimal-mark = ,
kilobytes = { $amount } kB
megabytes = { $amount } MB
gigabytes = { $amount } GB
date = { $day }. { $month } { $year }
time = { $padded-hour }:{ $minute }
date-and-time = { $date } ob { $time }

# The months as they stand in a date.
month-1 = januar
month-2 = februar
month-3 = marec
month-4 = april
month-5 = maj
month-6 = junij
month-7 = julij
month-8 = avgust
month-9 = september
month-10 = oktober
month-11 = november
month-12 = december

minutes = { $count ->
    [one] { $count } minuta
    [two] { $count } minuti
    [few] { $count } minute
   *[other] { $count } minut
}
hours = { $count ->
    [one] { $count } ura
    [two] { $count } uri
    [few] { $count } ure
   *[other] { $count } ur
}
hours-and-minutes = { $hours } in { $minutes }

skip = Skoči na vsebino
languages = Jezik strani
banner-alt = WiFi4EU: brezplačni Wi-Fi za Evropejce
crest-alt = Grb: { $comune }
footer-links = Informacije
footer-free = Brezplačna storitev brez registracije in brez oglasov.
eu-funding = Sofinancira Evropska unija
eu-disclaimer = Za vsebino teh strani je odgovorna izključno občina; Evropska unija ne odgovarja za njeno uporabo.
selftest = Poteka samopreizkus WiFi4EU
link-terms = Pogoji uporabe
link-privacy = Zasebnost
link-accessibility = Dostopnost
link-venue = Kraj
link-news = Novice
link-back = Nazaj na stran za dostop

login-title = Brezplačni Wi-Fi
login-lead = Brezplačen internet brez registracije.
login-button = Poveži z internetom
login-accept = S pritiskom na gumb sprejmete pravila storitve.
login-disclaimer-title = Javno, odprto omrežje
login-disclaimer = Radijski promet ni šifriran. Uporabljajte varna spletna mesta in aplikacije (https), skrbite za posodobitve naprave ter ne delite map ali tiskalnikov.
login-expired = Stran je bila odprta predolgo. Znova pritisnite gumb.

online-title = Povezani ste
online-lead = Zdaj lahko brskate in zaprete to stran.
online-left = Preostali čas
online-until = Do
online-used = Porabljeni podatki
online-plan = Hitrost te naprave
online-down = Prejemanje
online-up = Pošiljanje
online-day = Današnji podatki s polno hitrostjo
online-slow = Današnji podatki s polno hitrostjo so porabljeni: do polnoči je ta naprava počasnejša.
online-exempt = Ta naprava ima vedno dostop: ni treba ničesar pritisniti.
online-return = Če želite znova videti to stran ali prekiniti povezavo, odprite
online-disconnect = Prekini povezavo
online-disconnect-hint = Povezava naprave bo prekinjena; kadar koli se lahko znova povežete.

# While the municipality’s link to the Internet is interrupted.
down-title = Tukaj trenutno ni interneta
down-lead = Wi-Fi deluje, vendar je povezava z internetom prekinjena. Običajno se kmalu vrne: poskusite znova čez nekaj minut.
down-online = Vaša naprava ohrani dostop: ko se internet vrne, lahko brskate, ne da bi kar koli pritisnili.
down-action = Poskusi znova

disconnected-title = Povezava prekinjena
disconnected-lead = Vaša naprava ni več povezana z internetom. Hvala, ker ste uporabili občinski Wi-Fi.
disconnected-action = Poveži znova

blocked-title = Dostop ni dovoljen
blocked-lead = Tej napravi dostop do tega omrežja ni dovoljen. Za pojasnila se obrnite na občino.

again-title = Poskusite znova čez trenutek
again-lead = Omrežje trenutno ne more vzpostaviti povezave. Običajno zadostuje nekaj sekund.
again-action = Poskusi znova

stranger-title = Naprava ni prepoznana
stranger-lead = Omrežje vaše naprave še ne prepozna. Izklopite in vklopite Wi-Fi, nato poskusite znova. Če uporabljate VPN, ga za trenutek ustavite.
stranger-action = Poskusi znova

slow-title = Preveč poskusov
slow-lead = V kratkem času ste velikokrat pritisnili gumb. Počakajte minuto in poskusite znova.
slow-action = Poskusi znova

refused-title = Zahteva ni sprejeta
refused-lead = Zahteva ni prišla s te strani. Vrnite se na stran za dostop in poskusite znova.
refused-action = Nazaj na stran za dostop

# Terms, privacy and accessibility: the texts are in legal.ftl, in Italian and English only.
legal-languages = To besedilo je na voljo samo v italijanščini in angleščini.
full-text = Ko ste povezani, lahko celotno besedilo občine preberete na tem naslovu:

venue-title = Kraj
venue-lead = To omrežje Wi-Fi ponuja: { $comune }.
venue-place = Kraj
venue-comune = Uprava
venue-portal = Stran omrežja

# Urgent notices: the word beside the icon says how grave they are, for those who do not see the colour.
notices-title = Nujna obvestila
notices-more = { $count ->
    [one] Še { $count } obvestilo
    [two] Še { $count } obvestili
    [few] Še { $count } obvestila
   *[other] Še { $count } obvestil
}
notice-red = Nevarnost
notice-orange = Opozorilo
notice-yellow = Pozor
notice-green = Dobra novica
notice-blue = Informacija
notice-purple = Pomembno
notice-until = Do: { $when }
notice-source = Vir: { $source }
notice-link = Več informacij

# News of the municipality.
news-title = Novice
news-all = Vse novice
news-none = Trenutno ni novic.
news-pinned = Izpostavljeno
news-more = Nadaljuj branje na spletišču
news-more-after = Preostanek je na spletišču, ki se odpre po povezavi:
news-more-offline = Preostanek je na spletišču, ko se internet vrne:

# Digital services: cards under the button. A title for each kind and a line of explanation.
services-title = Digitalne storitve
service-now = Odpre se takoj
service-after = Po povezavi
service-offline = Ko se internet vrne
service-call = Pokličite { $number }
service-io = Aplikacija IO
service-io-hint = Sporočila, opomniki in plačila javnih organov na telefonu.
service-municipium = Aplikacija Municipium
service-municipium-hint = Novice, prijava težav in odvoz odpadkov.
service-certificates = Potrdila iz registra
service-certificates-hint = Prebivališče, rojstvo, družina: brezplačno, s SPID ali CIE.
service-fines = Globe
service-fines-hint = Preverite in plačajte globo.
service-payments = Plačila (pagoPA)
service-payments-hint = Dajatve, šolska prehrana in druga plačila občini.
service-appointments = Naročite se na termin
service-appointments-hint = Izberite okence, dan in uro.
service-sue = Gradbene zadeve (SUE)
service-sue-hint = Gradbeni in krajinski postopki.
service-suap = Točka za podjetja (SUAP)
service-suap-hint = Odprite, spremenite ali zaprite dejavnost.
service-youtube = Kanal YouTube
service-youtube-hint = Seje občinskega sveta in dogodki na videu.
service-help = Pomoč pri digitalnih storitvah
service-help-hint = Točke pomoči: nekdo vam pomaga osebno in brezplačno.
service-emergency = Klic v sili 112
service-emergency-hint = Ena številka: reševalci, gasilci in policija. Brezplačno in vedno.
service-website = Spletno mesto občine
service-website-hint = Uradi, uradne ure, oglasna deska in dokumenti.
