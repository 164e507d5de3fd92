# The portal’s texts in Finnish. One sentence per key; key names say where it appears.

decimal-mark = ,
kilobytes = { $amount } kt
megabytes = { $amount } Mt
gigabytes = { $amount } Gt
date = { $day }. { $month } { $year }
time = { $hour }.{ $minute }
date-and-time = { $date } klo { $time }

# The months as they stand in a date.
month-1 = tammikuuta
month-2 = helmikuuta
month-3 = maaliskuuta
month-4 = huhtikuuta
month-5 = toukokuuta
month-6 = kesäkuuta
month-7 = heinäkuuta
month-8 = elokuuta
month-9 = syyskuuta
month-10 = lokakuuta
month-11 = marraskuuta
month-12 = joulukuuta

minutes = { $count ->
    [one] { $count } minuutti
   *[other] { $count } minuuttia
}
hours = { $count ->
    [one] { $count } tunti
   *[other] { $count } tuntia
}
hours-and-minutes = { $hours } ja { $minutes }

skip = Siirry sisältöön
languages = Sivun kieli
banner-alt = WiFi4EU: ilmainen Wi-Fi eurooppalaisille
crest-alt = Vaakuna: { $comune }
footer-links = Tietoa
footer-free = Ilmainen palvelu, ei rekisteröitymistä eikä mainoksia.
eu-funding = Euroopan unionin osarahoittama
eu-disclaimer = Näiden sivujen sisällöstä vastaa yksin kunta; Euroopan unioni ei vastaa sen käytöstä.
selftest = WiFi4EU-itsetesti käynnissä
link-terms = Käyttöehdot
link-privacy = Tietosuoja
link-accessibility = Saavutettavuus
link-venue = Paikka
link-news = Uutiset
link-back = Takaisin kirjautumissivulle

login-title = Ilmainen Wi-Fi
login-lead = Käytä nettiä ilmaiseksi, ilman rekisteröitymistä.
login-button = Yhdistä internetiin
login-accept = Painamalla painiketta hyväksyt palvelun säännöt.
login-disclaimer-title = Julkinen, avoin verkko
login-disclaimer = Radioliikennettä ei ole salattu. Käytä suojattuja sivustoja ja sovelluksia (https), pidä laitteesi ajan tasalla äläkä jaa kansioita tai tulostimia.
login-expired = Sivu oli auki liian pitkään. Paina painiketta uudelleen.

online-title = Olet verkossa
online-lead = Voit nyt käyttää nettiä ja sulkea tämän sivun.
online-left = Aikaa jäljellä
online-until = Päättyy klo
online-used = Käytetty data
online-plan = Tämän laitteen nopeus
online-down = Lataus
online-up = Lähetys
online-day = Tämän päivän data täydellä nopeudella
online-slow = Tämän päivän data täydellä nopeudella on käytetty: laite on hitaampi keskiyöhön asti.
online-exempt = Tällä laitteella on aina pääsy verkkoon: mitään ei tarvitse painaa.
online-return = Jos haluat nähdä tämän sivun uudelleen tai katkaista yhteyden, avaa
online-disconnect = Katkaise yhteys
online-disconnect-hint = Laitteesi yhteys katkeaa; voit yhdistää uudelleen milloin haluat.

# While the municipality’s link to the Internet is interrupted.
down-title = Täällä ei ole juuri nyt internetyhteyttä
down-lead = Wi-Fi toimii, mutta yhteys internetiin on poikki. Se palaa yleensä pian: yritä uudelleen muutaman minuutin kuluttua.
down-online = Laitteesi pysyy hyväksyttynä: kun internet palaa, voit käyttää sitä painamatta mitään.
down-action = Yritä uudelleen

disconnected-title = Yhteys katkaistu
disconnected-lead = Laitteesi ei ole enää yhteydessä internetiin. Kiitos, että käytit kunnan Wi-Fi-verkkoa.
disconnected-action = Yhdistä uudelleen

blocked-title = Pääsy estetty
blocked-lead = Tämä laite ei saa käyttää tätä verkkoa. Lisätietoja saat kunnalta.

again-title = Yritä hetken kuluttua uudelleen
again-lead = Verkko ei pysty juuri nyt avaamaan yhteyttä. Yleensä se kestää vain muutaman sekunnin.
again-action = Yritä uudelleen

stranger-title = Laitetta ei tunnistettu
stranger-lead = Verkko ei vielä tunnista laitettasi. Kytke Wi-Fi pois päältä ja takaisin päälle ja yritä uudelleen. Jos käytät VPN-yhteyttä, keskeytä se hetkeksi.
stranger-action = Yritä uudelleen

slow-title = Liian monta yritystä
slow-lead = Olet painanut painiketta monta kertaa lyhyessä ajassa. Odota minuutti ja yritä uudelleen.
slow-action = Yritä uudelleen

refused-title = Pyyntöä ei hyväksytty
refused-lead = Pyyntö ei tullut tältä sivulta. Palaa kirjautumissivulle ja yritä uudelleen.
refused-action = Takaisin kirjautumissivulle

# Terms, privacy and accessibility: the texts are in legal.ftl, in Italian and English only.
legal-languages = Tämä teksti on saatavilla vain italiaksi ja englanniksi.
full-text = Kun olet yhdistänyt, voit lukea kunnan koko tekstin tästä osoitteesta:

venue-title = Paikka
venue-lead = Tämän Wi-Fi-verkon tarjoaa: { $comune }.
venue-place = Paikka
venue-comune = Hallinto
venue-portal = Verkon sivu

# Urgent notices: the word beside the icon says how grave they are, for those who do not see the colour.
notices-title = Kiireelliset tiedotteet
notices-more = { $count ->
    [one] Vielä yksi tiedote
   *[other] Vielä { $count } tiedotetta
}
notice-red = Vaara
notice-orange = Varoitus
notice-yellow = Huomio
notice-green = Hyviä uutisia
notice-blue = Tiedoksi
notice-purple = Tärkeää
notice-until = Voimassa: { $when } asti
notice-source = Lähde: { $source }
notice-link = Lisätietoja

# News of the municipality.
news-title = Uutiset
news-all = Kaikki uutiset
news-none = Uutisia ei ole juuri nyt.
news-pinned = Nostot
news-more = Jatka lukemista sivustolla
news-more-after = Loput voi lukea sivustolta, joka aukeaa yhdistämisen jälkeen:
news-more-offline = Loput voi lukea sivustolta, kun internet palaa:

# Digital services: cards under the button. A title for each kind and a line of explanation.
services-title = Digitaaliset palvelut
service-now = Avautuu heti
service-after = Yhdistämisen jälkeen
service-offline = Kun internet palaa
service-call = Soita { $number }
service-io = IO-sovellus
service-io-hint = Viranomaisten viestit, muistutukset ja maksut puhelimeesi.
service-municipium = Municipium-sovellus
service-municipium-hint = Uutiset, vikailmoitukset ja jätehuolto.
service-certificates = Väestörekisterin todistukset
service-certificates-hint = Asuinpaikka, syntymä, perhe: ilmaiseksi, SPID- tai CIE-tunnuksella.
service-fines = Sakot
service-fines-hint = Tarkista ja maksa sakko.
service-payments = Maksut (pagoPA)
service-payments-hint = Verot, kouluruoka ja muut maksut kunnalle.
service-appointments = Varaa aika
service-appointments-hint = Valitse toimipiste, päivä ja kellonaika.
service-sue = Rakennusasiat (SUE)
service-sue-hint = Rakentamista ja maisemaa koskevat asiat.
service-suap = Yrityspalvelut (SUAP)
service-suap-hint = Aloita, muuta tai lopeta yritystoiminta.
service-youtube = YouTube-kanava
service-youtube-hint = Valtuuston kokoukset ja tapahtumat videoina.
service-help = Apua digipalveluihin
service-help-hint = Neuvontapisteissä joku auttaa sinua henkilökohtaisesti ja ilmaiseksi.
service-emergency = Hätänumero 112
service-emergency-hint = Yksi numero: ambulanssi, palokunta ja poliisi. Ilmainen, aina auki.
service-website = Kunnan verkkosivusto
service-website-hint = Toimipisteet, aukioloajat, ilmoitustaulu ja asiakirjat.
