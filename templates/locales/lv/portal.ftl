# The portal’s texts in Latvian. One sentence per key; key names say where it appears.

decimal-mark = ,
kilobytes = { $amount } kB
megabytes = { $amount } MB
gigabytes = { $amount } GB
date = { $year }. gada { $day }. { $month }
time = { $padded-hour }:{ $minute }
date-and-time = { $date } plkst. { $time }

# The months as they stand in a date.
month-1 = janvāris
month-2 = februāris
month-3 = marts
month-4 = aprīlis
month-5 = maijs
month-6 = jūnijs
month-7 = jūlijs
month-8 = augusts
month-9 = septembris
month-10 = oktobris
month-11 = novembris
month-12 = decembris

minutes = { $count ->
    [zero] { $count } minūšu
    [one] { $count } minūte
   *[other] { $count } minūtes
}
hours = { $count ->
    [zero] { $count } stundu
    [one] { $count } stunda
   *[other] { $count } stundas
}
hours-and-minutes = { $hours } un { $minutes }

skip = Pāriet uz saturu
languages = Lapas valoda
banner-alt = WiFi4EU: bezmaksas Wi-Fi eiropiešiem
crest-alt = Ģerbonis: { $comune }
footer-links = Informācija
footer-free = Bezmaksas pakalpojums bez reģistrācijas un bez reklāmas.
eu-funding = Līdzfinansē Eiropas Savienība
eu-disclaimer = Par šo lapu saturu atbild tikai pašvaldība; Eiropas Savienība neatbild par tā izmantošanu.
selftest = Notiek WiFi4EU paštests
link-terms = Lietošanas noteikumi
link-privacy = Privātums
link-accessibility = Piekļūstamība
link-venue = Vieta
link-news = Jaunumi
link-back = Atpakaļ uz piekļuves lapu

login-title = Bezmaksas Wi-Fi
login-lead = Bezmaksas internets bez reģistrācijas.
login-button = Pieslēgties internetam
login-accept = Nospiežot pogu, jūs pieņemat pakalpojuma noteikumus.
login-disclaimer-title = Publisks, atvērts tīkls
login-disclaimer = Radio datplūsma nav šifrēta. Izmantojiet drošas vietnes un lietotnes (https), regulāri atjauniniet ierīci un nekopīgojiet mapes vai printerus.
login-expired = Lapa bija atvērta pārāk ilgi. Lūdzu, nospiediet pogu vēlreiz.

online-title = Jūs esat tiešsaistē
online-lead = Tagad varat lietot internetu un aizvērt šo lapu.
online-left = Atlikušais laiks
online-until = Līdz plkst.
online-used = Izmantotie dati
online-plan = Šīs ierīces ātrums
online-down = Lejupielāde
online-up = Augšupielāde
online-day = Šodienas dati pilnā ātrumā
online-slow = Šodienas dati pilnā ātrumā ir izlietoti: līdz pusnaktij šī ierīce ir lēnāka.
online-exempt = Šai ierīcei vienmēr ir piekļuve: nekas nav jāspiež.
online-return = Lai vēlreiz redzētu šo lapu vai atvienotos, atveriet
online-disconnect = Atvienoties
online-disconnect-hint = Ierīce tiks atvienota; varēsiet pieslēgties atkal, kad vēlēsieties.

# While the municipality’s link to the Internet is interrupted.
down-title = Šeit pašlaik nav interneta
down-lead = Wi-Fi darbojas, bet savienojums ar internetu ir pārtraukts. Parasti tas drīz atjaunojas: mēģiniet vēlreiz pēc dažām minūtēm.
down-online = Jūsu ierīcei piekļuve saglabājas: kad internets atjaunosies, varēsiet to lietot, neko nespiežot.
down-action = Mēģināt vēlreiz

disconnected-title = Savienojums pārtraukts
disconnected-lead = Jūsu ierīce vairs nav savienota ar internetu. Paldies, ka izmantojāt pašvaldības Wi-Fi.
disconnected-action = Pieslēgties vēlreiz

blocked-title = Piekļuve nav atļauta
blocked-lead = Šai ierīcei nav atļauts izmantot šo tīklu. Lai saņemtu skaidrojumu, vērsieties pašvaldībā.

again-title = Mēģiniet vēlreiz pēc brīža
again-lead = Tīkls pašlaik nevar izveidot savienojumu. Parasti pietiek ar dažām sekundēm.
again-action = Mēģināt vēlreiz

stranger-title = Ierīce nav atpazīta
stranger-lead = Tīkls jūsu ierīci vēl neatpazīst. Izslēdziet un ieslēdziet Wi-Fi, tad mēģiniet vēlreiz. Ja lietojat VPN, uz brīdi to apturiet.
stranger-action = Mēģināt vēlreiz

slow-title = Pārāk daudz mēģinājumu
slow-lead = Īsā laikā daudzas reizes nospiedāt pogu. Uzgaidiet minūti un mēģiniet vēlreiz.
slow-action = Mēģināt vēlreiz

refused-title = Pieprasījums nav pieņemts
refused-lead = Pieprasījums nenāca no šīs lapas. Atgriezieties piekļuves lapā un mēģiniet vēlreiz.
refused-action = Atpakaļ uz piekļuves lapu

# Terms, privacy and accessibility: the texts are in legal.ftl, in Italian and English only.
legal-languages = Šis teksts ir pieejams tikai itāļu un angļu valodā.
full-text = Pēc pieslēgšanās pašvaldības pilno tekstu varat lasīt šajā adresē:

venue-title = Vieta
venue-lead = Šo Wi-Fi tīklu piedāvā: { $comune }.
venue-place = Vieta
venue-comune = Pārvalde
venue-portal = Tīkla lapa

# Urgent notices: the word beside the icon says how grave they are, for those who do not see the colour.
notices-title = Steidzami paziņojumi
notices-more = { $count ->
    [zero] Vēl { $count } paziņojumu
    [one] Vēl { $count } paziņojums
   *[other] Vēl { $count } paziņojumi
}
notice-red = Bīstami
notice-orange = Brīdinājums
notice-yellow = Uzmanību
notice-green = Laba ziņa
notice-blue = Informācija
notice-purple = Svarīgi
notice-until = Līdz: { $when }
notice-source = Avots: { $source }
notice-link = Vairāk informācijas

# News of the municipality.
news-title = Jaunumi
news-all = Visi jaunumi
news-none = Pašlaik jaunumu nav.
news-pinned = Izcelts
news-more = Lasīt tālāk vietnē
news-more-after = Pārējais lasāms vietnē, kas atveras pēc pieslēgšanās:
news-more-offline = Pārējais lasāms vietnē, kad internets atjaunosies:

# Digital services: cards under the button. A title for each kind and a line of explanation.
services-title = Digitālie pakalpojumi
service-now = Atveras uzreiz
service-after = Pēc pieslēgšanās
service-offline = Kad internets atjaunosies
service-call = Zvanīt { $number }
service-io = Lietotne IO
service-io-hint = Iestāžu ziņas, atgādinājumi un maksājumi tālrunī.
service-municipium = Lietotne Municipium
service-municipium-hint = Jaunumi, ziņojumi par problēmām un atkritumu savākšana.
service-certificates = Reģistra izziņas
service-certificates-hint = Dzīvesvieta, dzimšana, ģimene: bez maksas, ar SPID vai CIE.
service-fines = Sodi
service-fines-hint = Apskatīt un samaksāt sodu.
service-payments = Maksājumi (pagoPA)
service-payments-hint = Nodokļi, skolas ēdināšana un citi maksājumi pašvaldībai.
service-appointments = Pieteikt vizīti
service-appointments-hint = Izvēlieties iestādi, dienu un laiku.
service-sue = Būvniecības lietas (SUE)
service-sue-hint = Būvniecības un ainavas procedūras.
service-suap = Uzņēmējdarbība (SUAP)
service-suap-hint = Sākt, mainīt vai izbeigt darbību.
service-youtube = YouTube kanāls
service-youtube-hint = Domes sēdes un pasākumi video.
service-help = Palīdzība ar digitālajiem pakalpojumiem
service-help-hint = Palīdzības punkti: kāds jums palīdzēs klātienē un bez maksas.
service-emergency = Ārkārtas tālrunis 112
service-emergency-hint = Viens numurs: ātrā palīdzība, ugunsdzēsēji, policija. Bez maksas, jebkurā laikā.
service-website = Pašvaldības vietne
service-website-hint = Iestādes, darba laiks, ziņojumu dēlis un dokumenti.
