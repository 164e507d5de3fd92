# The portal’s texts in Croatian. One sentence per key; key names say where it appears.

decimal-mark = ,
kilobytes = { $amount } kB
megabytes = { $amount } MB
gigabytes = { $amount } GB
date = { $day }. { $month } { $year }.
time = { $padded-hour }:{ $minute }
date-and-time = { $date } u { $time }

# The months as they stand in a date.
month-1 = siječnja
month-2 = veljače
month-3 = ožujka
month-4 = travnja
month-5 = svibnja
month-6 = lipnja
month-7 = srpnja
month-8 = kolovoza
month-9 = rujna
month-10 = listopada
month-11 = studenoga
month-12 = prosinca

minutes = { $count ->
    [one] { $count } minuta
    [few] { $count } minute
   *[other] { $count } minuta
}
hours = { $count ->
    [one] { $count } sat
    [few] { $count } sata
   *[other] { $count } sati
}
hours-and-minutes = { $hours } i { $minutes }

skip = Prijeđi na sadržaj
languages = Jezik stranice
banner-alt = WiFi4EU: besplatni Wi-Fi za Europljane
crest-alt = Grb: { $comune }
footer-links = Informacije
footer-free = Besplatna usluga bez registracije i bez oglasa.
eu-funding = Sufinancira Europska unija
eu-disclaimer = Za sadržaj ovih stranica odgovorna je isključivo općina; Europska unija ne odgovara za način na koji se on koristi.
selftest = Samoprovjera WiFi4EU u tijeku
link-terms = Uvjeti uporabe
link-privacy = Privatnost
link-accessibility = Pristupačnost
link-venue = Mjesto
link-news = Novosti
link-back = Natrag na pristupnu stranicu

login-title = Besplatni Wi-Fi
login-lead = Besplatan internet, bez registracije.
login-button = Poveži se s internetom
login-accept = Pritiskom na gumb prihvaćate pravila usluge.
login-disclaimer-title = Javna, otvorena mreža
login-disclaimer = Radijski promet nije šifriran. Koristite se sigurnim stranicama i aplikacijama (https), redovito ažurirajte uređaj i ne dijelite mape ni pisače.
login-expired = Stranica je predugo bila otvorena. Ponovno pritisnite gumb.

online-title = Povezani ste
online-lead = Sada možete pregledavati internet i zatvoriti ovu stranicu.
online-left = Preostalo vrijeme
online-until = Do
online-used = Potrošeni podaci
online-plan = Brzina ovog uređaja
online-down = Primanje
online-up = Slanje
online-day = Današnji podaci punom brzinom
online-slow = Današnji podaci punom brzinom su potrošeni: do ponoći je ovaj uređaj sporiji.
online-exempt = Ovaj uređaj uvijek ima pristup: ne trebate ništa pritisnuti.
online-return = Da biste ponovno vidjeli ovu stranicu ili prekinuli vezu, otvorite
online-disconnect = Prekini vezu
online-disconnect-hint = Veza uređaja bit će prekinuta; možete se ponovno povezati kad god želite.

# While the municipality’s link to the Internet is interrupted.
down-title = Ovdje trenutačno nema interneta
down-lead = Wi-Fi radi, ali je veza s internetom prekinuta. Obično se brzo vrati: pokušajte ponovno za nekoliko minuta.
down-online = Vaš uređaj zadržava pristup: kada se internet vrati, možete pregledavati bez pritiskanja ičega.
down-action = Pokušaj ponovno

disconnected-title = Veza prekinuta
disconnected-lead = Vaš uređaj više nije povezan s internetom. Hvala što ste se koristili općinskim Wi-Fi-jem.
disconnected-action = Poveži se ponovno

blocked-title = Pristup nije dopušten
blocked-lead = Ovom uređaju nije dopušten pristup ovoj mreži. Za objašnjenje se obratite općini.

again-title = Pokušajte ponovno za koji trenutak
again-lead = Mreža trenutačno ne može uspostaviti vezu. Obično je dovoljno nekoliko sekundi.
again-action = Pokušaj ponovno

stranger-title = Uređaj nije prepoznat
stranger-lead = Mreža još ne prepoznaje vaš uređaj. Isključite i uključite Wi-Fi pa pokušajte ponovno. Ako upotrebljavate VPN, nakratko ga zaustavite.
stranger-action = Pokušaj ponovno

slow-title = Previše pokušaja
slow-lead = U kratkom ste vremenu mnogo puta pritisnuli gumb. Pričekajte minutu i pokušajte ponovno.
slow-action = Pokušaj ponovno

refused-title = Zahtjev nije prihvaćen
refused-lead = Zahtjev nije došao s ove stranice. Vratite se na pristupnu stranicu i pokušajte ponovno.
refused-action = Natrag na pristupnu stranicu

# Terms, privacy and accessibility: the texts are in legal.ftl, in Italian and English only.
legal-languages = Ovaj tekst postoji samo na talijanskom i engleskom jeziku.
full-text = Kada se povežete, cjelovit tekst općine možete pročitati na ovoj adresi:

venue-title = Mjesto
venue-lead = Ovu Wi-Fi mrežu nudi: { $comune }.
venue-place = Mjesto
venue-comune = Uprava
venue-portal = Stranica mreže

# Urgent notices: the word beside the icon says how grave they are, for those who do not see the colour.
notices-title = Hitne obavijesti
notices-more = { $count ->
    [one] Još { $count } obavijest
    [few] Još { $count } obavijesti
   *[other] Još { $count } obavijesti
}
notice-red = Opasnost
notice-orange = Upozorenje
notice-yellow = Pozor
notice-green = Dobra vijest
notice-blue = Informacija
notice-purple = Važno
notice-until = Do: { $when }
notice-source = Izvor: { $source }
notice-link = Više informacija

# News of the municipality.
news-title = Novosti
news-all = Sve novosti
news-none = Zasad nema novosti.
news-pinned = Izdvojeno
news-more = Nastavi čitati na web-mjestu
news-more-after = Ostatak je na web-mjestu, koje se otvara nakon povezivanja:
news-more-offline = Ostatak je na web-mjestu, kada se internet vrati:

# Digital services: cards under the button. A title for each kind and a line of explanation.
services-title = Digitalne usluge
service-now = Otvara se odmah
service-after = Nakon povezivanja
service-offline = Kada se internet vrati
service-call = Nazovite { $number }
service-io = Aplikacija IO
service-io-hint = Poruke, podsjetnici i plaćanja javnih tijela na telefonu.
service-municipium = Aplikacija Municipium
service-municipium-hint = Vijesti, prijava problema i odvoz otpada.
service-certificates = Potvrde iz registra
service-certificates-hint = Prebivalište, rođenje, obitelj: besplatno, uz SPID ili CIE.
service-fines = Kazne
service-fines-hint = Pregledajte i platite kaznu.
service-payments = Plaćanja (pagoPA)
service-payments-hint = Porezi, školska prehrana i druga plaćanja općini.
service-appointments = Rezervirajte termin
service-appointments-hint = Odaberite šalter, dan i sat.
service-sue = Građevinski poslovi (SUE)
service-sue-hint = Građevinski i krajobrazni postupci.
service-suap = Poslovanje (SUAP)
service-suap-hint = Otvorite, promijenite ili zatvorite djelatnost.
service-youtube = YouTube kanal
service-youtube-hint = Sjednice vijeća i događanja na videu.
service-help = Pomoć s digitalnim uslugama
service-help-hint = Mjesta za pomoć: netko vam pomaže osobno i besplatno.
service-emergency = Hitne službe 112
service-emergency-hint = Jedan broj: hitna pomoć, vatrogasci i policija. Besplatno i uvijek dostupno.
service-website = Web-mjesto općine
service-website-hint = Uredi, radno vrijeme, oglasna ploča i dokumenti.
