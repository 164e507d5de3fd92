# The portal’s texts in Slovak. One sentence per key; key names say where it appears.

decimal-mark = ,
kilobytes = { $amount } kB
megabytes = { $amount } MB
gigabytes = { $amount } GB
date = { $day }. { $month } { $year }
time = { $hour }:{ $minute }
date-and-time = { $date }, { $time }

# The months as they stand in a date.
month-1 = januára
month-2 = februára
month-3 = marca
month-4 = apríla
month-5 = mája
month-6 = júna
month-7 = júla
month-8 = augusta
month-9 = septembra
month-10 = októbra
month-11 = novembra
month-12 = decembra

minutes = { $count ->
    [one] { $count } minúta
    [few] { $count } minúty
   *[other] { $count } minút
}
hours = { $count ->
    [one] { $count } hodina
    [few] { $count } hodiny
   *[other] { $count } hodín
}
hours-and-minutes = { $hours } a { $minutes }

skip = Prejsť na obsah
languages = Jazyk stránky
banner-alt = WiFi4EU: bezplatná Wi-Fi pre Európanov
crest-alt = Erb: { $comune }
footer-links = Informácie
footer-free = Bezplatná služba bez registrácie a bez reklám.
eu-funding = Spolufinancovaný Európskou úniou
eu-disclaimer = Za obsah týchto stránok zodpovedá výlučne obec; Európska únia nezodpovedá za jeho použitie.
selftest = Prebieha autotest WiFi4EU
link-terms = Podmienky používania
link-privacy = Ochrana súkromia
link-accessibility = Prístupnosť
link-venue = Miesto
link-news = Aktuality
link-back = Späť na prihlasovaciu stránku

login-title = Bezplatná Wi-Fi
login-lead = Internet zadarmo, bez registrácie.
login-button = Pripojiť na internet
login-accept = Stlačením tlačidla prijímate pravidlá služby.
login-disclaimer-title = Verejná, otvorená sieť
login-disclaimer = Rádiová prevádzka nie je šifrovaná. Používajte zabezpečené stránky a aplikácie (https), udržiavajte zariadenie aktualizované a nezdieľajte priečinky ani tlačiarne.
login-expired = Stránka bola otvorená príliš dlho. Stlačte tlačidlo znova.

online-title = Ste online
online-lead = Teraz môžete používať internet a túto stránku zavrieť.
online-left = Zostávajúci čas
online-until = Do
online-used = Použité dáta
online-plan = Rýchlosť tohto zariadenia
online-down = Sťahovanie
online-up = Odosielanie
online-day = Dnešné dáta plnou rýchlosťou
online-slow = Dnešné dáta plnou rýchlosťou sú vyčerpané: do polnoci je toto zariadenie pomalšie.
online-exempt = Toto zariadenie má prístup vždy: nemusíte nič stláčať.
online-return = Ak chcete túto stránku znova zobraziť alebo sa odpojiť, otvorte
online-disconnect = Odpojiť
online-disconnect-hint = Zariadenie bude odpojené; kedykoľvek sa môžete pripojiť znova.

# While the municipality’s link to the Internet is interrupted.
down-title = Internet tu teraz nie je dostupný
down-lead = Wi-Fi funguje, ale spojenie s internetom je prerušené. Zvyčajne sa čoskoro obnoví: skúste to znova o niekoľko minút.
down-online = Vaše zariadenie má prístup aj naďalej: keď sa internet obnoví, môžete ho používať bez toho, aby ste niečo stláčali.
down-action = Skúsiť znova

disconnected-title = Odpojené
disconnected-lead = Vaše zariadenie už nie je pripojené na internet. Ďakujeme, že ste použili obecnú Wi-Fi.
disconnected-action = Pripojiť znova

blocked-title = Prístup nie je povolený
blocked-lead = Toto zariadenie nemá do tejto siete povolený prístup. Pre vysvetlenie sa obráťte na obec.

again-title = Skúste to o chvíľu znova
again-lead = Sieť teraz nemôže nadviazať pripojenie. Zvyčajne stačí niekoľko sekúnd.
again-action = Skúsiť znova

stranger-title = Zariadenie nebolo rozpoznané
stranger-lead = Sieť vaše zariadenie zatiaľ nerozpoznala. Vypnite a zapnite Wi-Fi a skúste to znova. Ak používate VPN, na chvíľu ju pozastavte.
stranger-action = Skúsiť znova

slow-title = Príliš veľa pokusov
slow-lead = Tlačidlo ste za krátky čas stlačili mnohokrát. Počkajte minútu a skúste to znova.
slow-action = Skúsiť znova

refused-title = Požiadavka nebola prijatá
refused-lead = Požiadavka neprišla z tejto stránky. Vráťte sa na prihlasovaciu stránku a skúste to znova.
refused-action = Späť na prihlasovaciu stránku

# Terms, privacy and accessibility: the texts are in legal.ftl, in Italian and English only.
legal-languages = Tento text je dostupný iba v taliančine a angličtine.
full-text = Po pripojení si môžete úplný text obce prečítať na tejto adrese:

venue-title = Miesto
venue-lead = Túto sieť Wi-Fi ponúka: { $comune }.
venue-place = Miesto
venue-comune = Správa
venue-portal = Stránka siete

# Urgent notices: the word beside the icon says how grave they are, for those who do not see the colour.
notices-title = Naliehavé oznámenia
notices-more = { $count ->
    [one] Ešte jedno oznámenie
    [few] Ešte { $count } oznámenia
   *[other] Ešte { $count } oznámení
}
notice-red = Nebezpečenstvo
notice-orange = Výstraha
notice-yellow = Pozor
notice-green = Dobrá správa
notice-blue = Informácia
notice-purple = Dôležité
notice-until = Do: { $when }
notice-source = Zdroj: { $source }
notice-link = Ďalšie informácie

# News of the municipality.
news-title = Aktuality
news-all = Všetky aktuality
news-none = Zatiaľ nie sú žiadne aktuality.
news-pinned = Odporúčame
news-more = Pokračovať v čítaní na webe
news-more-after = Zvyšok nájdete na webe, ktorý sa otvorí po pripojení:
news-more-offline = Zvyšok nájdete na webe, keď sa internet obnoví:

# Digital services: cards under the button. A title for each kind and a line of explanation.
services-title = Digitálne služby
service-now = Otvorí sa hneď
service-after = Po pripojení
service-offline = Keď sa internet obnoví
service-call = Zavolať { $number }
service-io = Aplikácia IO
service-io-hint = Správy, upozornenia a platby úradov v telefóne.
service-municipium = Aplikácia Municipium
service-municipium-hint = Správy, hlásenie porúch a zber odpadu.
service-certificates = Výpisy z evidencie obyvateľov
service-certificates-hint = Bydlisko, narodenie, rodina: zadarmo, so SPID alebo CIE.
service-fines = Pokuty
service-fines-hint = Zobraziť a zaplatiť pokutu.
service-payments = Platby (pagoPA)
service-payments-hint = Poplatky, školské stravovanie a iné platby obci.
service-appointments = Objednať sa
service-appointments-hint = Vyberte priehradku, deň a hodinu.
service-sue = Stavebné konanie (SUE)
service-sue-hint = Stavebné a krajinné záležitosti.
service-suap = Podnikanie (SUAP)
service-suap-hint = Začať, zmeniť alebo ukončiť podnikanie.
service-youtube = Kanál YouTube
service-youtube-hint = Zasadnutia zastupiteľstva a podujatia na videu.
service-help = Pomoc s digitálnymi službami
service-help-hint = Miesta pomoci: niekto vám poradí osobne a bezplatne.
service-emergency = Tiesňové volanie 112
service-emergency-hint = Jedno číslo: záchranka, hasiči, polícia. Bezplatne a nepretržite.
service-website = Web obce
service-website-hint = Úrady, úradné hodiny, úradná tabuľa a dokumenty.
