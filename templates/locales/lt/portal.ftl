# The portal’s texts in Lithuanian. One sentence per key; key names say where it appears.

decimal-mark = ,
kilobytes = { $amount } kB
megabytes = { $amount } MB
gigabytes = { $amount } GB
date = { $year } m. { $month } { $day } d.
time = { $padded-hour }:{ $minute }
date-and-time = { $date }, { $time } val.

# The months as they stand in a date.
month-1 = sausio
month-2 = vasario
month-3 = kovo
month-4 = balandžio
month-5 = gegužės
month-6 = birželio
month-7 = liepos
month-8 = rugpjūčio
month-9 = rugsėjo
month-10 = spalio
month-11 = lapkričio
month-12 = gruodžio

minutes = { $count ->
    [one] { $count } minutė
    [few] { $count } minutės
   *[other] { $count } minučių
}
hours = { $count ->
    [one] { $count } valanda
    [few] { $count } valandos
   *[other] { $count } valandų
}
hours-and-minutes = { $hours } ir { $minutes }

skip = Pereiti prie turinio
languages = Puslapio kalba
banner-alt = WiFi4EU: nemokamas Wi-Fi europiečiams
crest-alt = Herbas: { $comune }
footer-links = Informacija
footer-free = Nemokama paslauga be registracijos ir be reklamos.
eu-funding = Bendrai finansuoja Europos Sąjunga
eu-disclaimer = Už šių puslapių turinį atsako tik savivaldybė; Europos Sąjunga neatsako už jo naudojimą.
selftest = Vyksta WiFi4EU savitikra
link-terms = Naudojimo sąlygos
link-privacy = Privatumas
link-accessibility = Prieinamumas
link-venue = Vieta
link-news = Naujienos
link-back = Atgal į prisijungimo puslapį

login-title = Nemokamas Wi-Fi
login-lead = Nemokamas internetas be registracijos.
login-button = Prisijungti prie interneto
login-accept = Paspausdami mygtuką sutinkate su paslaugos taisyklėmis.
login-disclaimer-title = Viešas, atviras tinklas
login-disclaimer = Radijo ryšys nešifruojamas. Naudokitės saugiomis svetainėmis ir programėlėmis (https), atnaujinkite įrenginį ir nesidalykite aplankais ar spausdintuvais.
login-expired = Puslapis buvo atvertas per ilgai. Paspauskite mygtuką dar kartą.

online-title = Esate prisijungę
online-lead = Dabar galite naršyti ir užverti šį puslapį.
online-left = Liko laiko
online-until = Iki
online-used = Panaudota duomenų
online-plan = Šio įrenginio sparta
online-down = Parsiuntimas
online-up = Išsiuntimas
online-day = Šiandienos duomenys visa sparta
online-slow = Šiandienos duomenys visa sparta išnaudoti: iki vidurnakčio šis įrenginys lėtesnis.
online-exempt = Šis įrenginys visada turi prieigą: nieko spausti nereikia.
online-return = Norėdami vėl matyti šį puslapį arba atsijungti, atverkite
online-disconnect = Atsijungti
online-disconnect-hint = Įrenginys bus atjungtas; galėsite vėl prisijungti, kada norėsite.

# While the municipality’s link to the Internet is interrupted.
down-title = Šiuo metu čia nėra interneto
down-lead = Wi-Fi veikia, bet ryšys su internetu nutrūkęs. Paprastai jis greitai atsinaujina: bandykite dar kartą po kelių minučių.
down-online = Jūsų įrenginiui prieiga išlieka: kai internetas grįš, galėsite naršyti nieko nespausdami.
down-action = Bandyti dar kartą

disconnected-title = Atsijungta
disconnected-lead = Jūsų įrenginys nebėra prijungtas prie interneto. Dėkojame, kad naudojotės savivaldybės Wi-Fi.
disconnected-action = Prisijungti vėl

blocked-title = Prieiga neleidžiama
blocked-lead = Šiam įrenginiui neleidžiama naudotis šiuo tinklu. Dėl paaiškinimo kreipkitės į savivaldybę.

again-title = Bandykite dar kartą po akimirkos
again-lead = Tinklas šiuo metu negali užmegzti ryšio. Paprastai pakanka kelių sekundžių.
again-action = Bandyti dar kartą

stranger-title = Įrenginys neatpažintas
stranger-lead = Tinklas dar neatpažįsta jūsų įrenginio. Išjunkite ir vėl įjunkite Wi-Fi, tada bandykite dar kartą. Jei naudojate VPN, trumpam jį pristabdykite.
stranger-action = Bandyti dar kartą

slow-title = Per daug bandymų
slow-lead = Per trumpą laiką daug kartų paspaudėte mygtuką. Palaukite minutę ir bandykite dar kartą.
slow-action = Bandyti dar kartą

refused-title = Užklausa nepriimta
refused-lead = Užklausa atėjo ne iš šio puslapio. Grįžkite į prisijungimo puslapį ir bandykite dar kartą.
refused-action = Atgal į prisijungimo puslapį

# Terms, privacy and accessibility: the texts are in legal.ftl, in Italian and English only.
legal-languages = Šis tekstas yra tik italų ir anglų kalbomis.
full-text = Prisijungę visą savivaldybės tekstą galite perskaityti šiuo adresu:

venue-title = Vieta
venue-lead = Šį Wi-Fi tinklą teikia: { $comune }.
venue-place = Vieta
venue-comune = Administracija
venue-portal = Tinklo puslapis

# Urgent notices: the word beside the icon says how grave they are, for those who do not see the colour.
notices-title = Skubūs pranešimai
notices-more = { $count ->
    [one] Dar { $count } pranešimas
    [few] Dar { $count } pranešimai
   *[other] Dar { $count } pranešimų
}
notice-red = Pavojus
notice-orange = Įspėjimas
notice-yellow = Dėmesio
notice-green = Gera žinia
notice-blue = Informacija
notice-purple = Svarbu
notice-until = Iki: { $when }
notice-source = Šaltinis: { $source }
notice-link = Daugiau informacijos

# News of the municipality.
news-title = Naujienos
news-all = Visos naujienos
news-none = Šiuo metu naujienų nėra.
news-pinned = Svarbiausia
news-more = Skaityti toliau svetainėje
news-more-after = Kita dalis – svetainėje, kuri atsivers prisijungus:
news-more-offline = Kita dalis – svetainėje, kai grįš internetas:

# Digital services: cards under the button. A title for each kind and a line of explanation.
services-title = Skaitmeninės paslaugos
service-now = Atsiveria iškart
service-after = Prisijungus
service-offline = Kai grįš internetas
service-call = Skambinti { $number }
service-io = Programėlė IO
service-io-hint = Įstaigų žinutės, priminimai ir mokėjimai telefone.
service-municipium = Programėlė Municipium
service-municipium-hint = Naujienos, pranešimai apie problemas ir atliekų surinkimas.
service-certificates = Registro pažymos
service-certificates-hint = Gyvenamoji vieta, gimimas, šeima: nemokamai, su SPID arba CIE.
service-fines = Baudos
service-fines-hint = Peržiūrėti ir sumokėti baudą.
service-payments = Mokėjimai (pagoPA)
service-payments-hint = Mokesčiai, mokyklinis maitinimas ir kiti mokėjimai savivaldybei.
service-appointments = Registruotis vizitui
service-appointments-hint = Pasirinkite skyrių, dieną ir valandą.
service-sue = Statybos reikalai (SUE)
service-sue-hint = Statybos ir kraštovaizdžio procedūros.
service-suap = Verslo reikalai (SUAP)
service-suap-hint = Pradėti, pakeisti ar nutraukti veiklą.
service-youtube = YouTube kanalas
service-youtube-hint = Tarybos posėdžiai ir renginiai vaizdo įrašuose.
service-help = Pagalba dėl skaitmeninių paslaugų
service-help-hint = Pagalbos punktai: jums padės asmeniškai ir nemokamai.
service-emergency = Pagalbos telefonas 112
service-emergency-hint = Vienas numeris: greitoji, gaisrininkai, policija. Nemokamai, bet kuriuo metu.
service-website = Savivaldybės svetainė
service-website-hint = Skyriai, darbo laikas, skelbimai ir dokumentai.
